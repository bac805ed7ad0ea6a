"""The lists whose rows need no page of their own: what belongs to a customer, products."""

from typing import Any, ClassVar

from wtforms import Form, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from dougong.admin.pages.messages.letter import WRITE, offer_media
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import Act, RecordView, Section
from dougong.admin.views.validity import EmailAddress, PhoneNumber
from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.interaction import Interaction, InteractionState
from dougong.core.entities.product import Product
from dougong.core.i18n import form_text as _
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.ownership.api import answerers, hand_over_request


class ContactView(RecordView):
    """The people at customers, their birthdays and quiet hours (AR-02)."""

    model = Contact
    entity = "core.contact"
    path = "contacts"
    title = lazy("Contacts")
    one = lazy("Contact")
    offers = frozenset({Operation.CREATE, Operation.UPDATE, Operation.DELETE})
    column_list = (
        "name", "customer.name", "title", "phone", "email", "birth_month", "birth_day",
        "birth_lunar", "consent",
    )  # fmt: skip
    column_details_list = (
        "name", "customer.name", "sex", "title", "department", "phone", "email", "birth_month",
        "birth_day", "birth_year", "birth_lunar", "birth_leap", "is_primary", "consent",
        "quiet_from", "quiet_to", "best_time", "relation",
    )  # fmt: skip
    column_searchable_list = ("name", "phone")
    column_filters = ("birth_month", "consent")
    column_sortable_list = ("name", "birth_month", "birth_day")
    sections = (
        Section(
            lazy("Person"),
            ("customer", "name", "sex", "title", "department", "relation", "is_primary"),
        ),
        Section(lazy("How to reach"), ("phone", "email", "best_time")),
        Section(
            lazy("Birthday"),
            ("birth_month", "birth_day", "birth_year", "birth_lunar", "birth_leap"),
        ),
        Section(lazy("News and greetings"), ("consent", "quiet_from", "quiet_to")),
    )
    acts = (WRITE,)
    labels: ClassVar[dict[str, Any]] = {"name": lazy("Full name")}
    form_args: ClassVar[dict[str, Any]] = {
        "phone": {"validators": [PhoneNumber()]},
        "email": {"validators": [EmailAddress()]},
        "birth_month": {"validators": [NumberRange(1, 12)]},
        "birth_day": {"validators": [NumberRange(1, 31)]},
        "birth_year": {"validators": [NumberRange(1900, 2100)]},
    }

    def offer_choices(self, act: Act, form: Any, row: Any) -> None:
        """By what a contact can be written to from here."""
        offer_media(form, row)


class AddressView(RecordView):
    """Where customers are; urban or suburban decides the dispatch clock (AF-04)."""

    model = Address
    entity = "core.address"
    path = "addresses"
    title = lazy("Addresses")
    one = lazy("Address")
    offers = frozenset({Operation.CREATE, Operation.UPDATE, Operation.DELETE})
    column_list = ("customer.name", "kind", "city", "district", "line", "area", "is_default")
    column_searchable_list = ("line", "district")
    column_filters = ("area", "kind", "district")
    column_sortable_list = ("city", "district", "area")
    form_columns = (
        "customer", "kind", "line", "district", "city", "postcode", "area", "latitude",
        "longitude", "is_default",
    )  # fmt: skip
    form_args: ClassVar[dict[str, Any]] = {
        "latitude": {"validators": [NumberRange(-90, 90)]},
        "longitude": {"validators": [NumberRange(-180, 180)]},
    }


class TakeOverAct(Form):
    """Why somebody takes a contact over from who was asked first."""

    reason = TextAreaField(_("Why"), [InputRequired(), Length(max=2000)])


class HandOverAct(TakeOverAct):
    """To whom it goes, and why."""

    to_id = SelectField(_("Taken over by"), coerce=int)


def _waits(row: Interaction) -> bool:
    return row.state is InteractionState.OPEN


class InteractionView(RecordView):
    """Every contact with a customer: means, time, content, need, what was done (AR-03)."""

    model = Interaction
    entity = "core.interaction"
    path = "interactions"
    with_files = True
    title = lazy("Contact records")
    one = lazy("Contact record")
    offers = frozenset({Operation.CREATE, Operation.UPDATE})
    column_list = (
        "at", "customer.name", "kind", "direction", "content", "state", "respond_by", "user.name",
    )  # fmt: skip
    column_details_list = (
        "at", "customer.name", "contact.name", "kind", "direction", "number", "place", "content",
        "need", "state", "outcome", "respond_by", "user.name",
    )  # fmt: skip
    column_default_sort = ("at", True)
    column_searchable_list = ("content", "number")
    column_filters = ("kind", "direction", "state", "at", "respond_by")
    column_sortable_list = ("at", "kind", "state", "respond_by")
    form_columns = (
        "customer", "contact", "kind", "direction", "at", "number", "place", "content", "need",
        "state", "outcome", "respond_by", "user",
    )  # fmt: skip
    labels: ClassVar[dict[str, Any]] = {
        "contact.name": lazy("Contact"),
        "number": lazy("Number called"),
    }
    acts = (
        Act(
            name="take_over", title=lazy("Take over"), icon="user", form=TakeOverAct,
            offered=lambda row: _waits(row) and row.user_id != desk().scope.user_id,
            run=lambda session, row, form: hand_over_request(
                session, row.id, desk().scope.user_id or 0, form.reason.data),
            done=lazy("You answer for this contact now."),
        ),
        Act(
            name="hand_over", title=lazy("Hand over"), icon="users", form=HandOverAct,
            offered=lambda row: _waits(row),
            run=lambda session, row, form: hand_over_request(
                session, row.id, form.to_id.data, form.reason.data),
            done=lazy("The contact is handed over."),
        ),
    )  # fmt: skip

    def create_form(self, obj: Any = None) -> Any:
        """Now, and by the person who writes it down, unless said otherwise."""
        form = super().create_form(obj)
        if form.at.data is None and not form.at.raw_data:
            form.at.process_data(current_session().now)
        return form

    def create_row(self, form: Any) -> Any:
        """Whoever wrote it down stays responsible until it is handed over (AR-07)."""
        row = super().create_row(form)
        if row.user is None and row.user_id is None:
            row.user_id = desk().scope.user_id
        return row

    def edit_form(self, obj: Any = None) -> Any:
        """Who answers for it changes by a hand-over only."""
        form = super().edit_form(obj)
        if obj.user_id is not None:
            del form.user
        return form

    def offer_choices(self, act: Act, form: Any, row: Any) -> None:
        """Who can answer at the branch."""
        if act.name == "hand_over":
            able = answerers(current_session(), row.branch_id)
            form.to_id.choices = [(user.id, user.name) for user in able if user.id != row.user_id]


class ProductView(RecordView):
    """What the branch sells."""

    model = Product
    entity = "core.product"
    path = "products"
    title = lazy("Products")
    one = lazy("Product")
    column_list = (
        "code", "name", "unit", "price_minor", "tax_percent", "serial_tracked",
        "warranty_months", "active",
    )  # fmt: skip
    column_default_sort = "code"
    column_searchable_list = ("code", "name")
    column_filters = ("active", "serial_tracked")
    column_sortable_list = ("code", "name", "price_minor")
    form_columns = (
        "code", "name", "unit", "price_minor", "currency", "tax_percent", "serial_tracked",
        "warranty_months", "active",
    )  # fmt: skip
    form_args: ClassVar[dict[str, Any]] = {
        "price_minor": {"validators": [NumberRange(0, message=_("Not below zero."))]},
        "tax_percent": {"validators": [NumberRange(0, 100)]},
        "warranty_months": {"validators": [NumberRange(0, 600)]},
    }

    def create_form(self, obj: Any = None) -> Any:
        """Prices are in the branch's currency unless said otherwise."""
        form = super().create_form(obj)
        identity = desk().identity
        place = identity.place(desk().scope.home) if identity else None
        if place is not None and not form.currency.raw_data:
            form.currency.data = place.currency
        return form
