"""Maintenance contracts 保养合同 and the pipeline of their renewal (AF-10, AF-11)."""

from datetime import date
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import case
from werkzeug.wrappers import Response
from wtforms.validators import NumberRange, Optional

from dougong.admin.sessions import current_session, desk
from dougong.admin.views import RecordView
from dougong.admin.views.guard import operation
from dougong.core.errors import Refusal
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.values import Money
from dougong.plugins.aftersales import service
from dougong.plugins.aftersales.models import ContractRenewal, ServiceContract
from dougong.plugins.aftersales.rules import RenewalState, may_renew, next_term
from dougong.plugins.aftersales.service import NewContract


class ContractView(RecordView):
    """Contracts, those that end first on top."""

    model = ServiceContract
    entity = "aftersales.contract"
    path = "aftersales/contracts"
    title = lazy("Maintenance contracts")
    offers = frozenset({Operation.CREATE, Operation.UPDATE, Operation.EXPORT})
    column_list = (
        "number", "customer.name", "kind", "starts_on", "ends_on", "price_minor", "owner.name",
        "state",
    )  # fmt: skip
    column_details_list = (*column_list, "machines")
    column_default_sort = "ends_on"
    column_searchable_list = ("number", "customer.name", "customer.search_key")
    column_filters = ("kind", "state", "starts_on", "ends_on")
    column_sortable_list = ("number", "starts_on", "ends_on", "price_minor")
    form_columns = (
        "customer", "number", "kind", "machines", "starts_on", "ends_on", "price_minor", "owner",
    )  # fmt: skip
    labels: ClassVar[dict[str, Any]] = {
        "customer.search_key": lazy("Pinyin"),
        "ends_on": lazy("Ends on"),
        "machines": lazy("Machines covered"),
        "number": lazy("Contract number"),
        "owner": lazy("Responsible for renewal"),
        "owner.name": lazy("Responsible for renewal"),
        "starts_on": lazy("Starts on"),
    }
    form_args: ClassVar[dict[str, Any]] = {
        "number": {
            "validators": [Optional()],
            "description": lazy("Empty takes the next number of the branch."),
        },
        "owner": {"description": lazy("Empty means the customer's account manager.")},
        "price_minor": {"validators": [NumberRange(0, message=lazy("Not below zero."))]},
    }

    def create_form(self, obj: Any = None) -> Any:
        """A form whose number may stay empty."""
        form = super().create_form(obj)
        form.number.flags.required = False
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """A contract stays with its customer and keeps its number."""
        form = super().edit_form(obj)
        for name in ("customer", "number"):
            if name in form._fields:
                del form[name]
        return form

    def create_row(self, form: Any) -> ServiceContract:
        """Enter the contract, priced in the branch's currency."""
        identity = desk().identity
        place = identity.place(desk().scope.home) if identity else None
        asked = NewContract(
            customer_id=form.customer.data.id,
            number=(form.number.data or "").strip(),
            kind=form.kind.data,
            machines=form.machines.data or "",
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            price=Money(form.price_minor.data or 0, place.currency if place else "CNY"),
            owner_id=form.owner.data.id if form.owner.data else None,
        )
        return service.register_contract(current_session(), asked)

    def update_row(self, form: Any, row: ServiceContract) -> None:
        """Change it; corrected dates withdraw and arm notices (AF-11)."""
        service.change_term(current_session(), row.id, form.starts_on.data, form.ends_on.data)
        super().update_row(form, row)


class RenewalView(RecordView):
    """Renewal notices 保养到期通知书, those to be won first."""

    model = ContractRenewal
    entity = "aftersales.renewal"
    path = "aftersales/renewals"
    title = lazy("Renewals")
    offers = frozenset({Operation.EXPORT})
    list_template = "aftersales/renewals.html"
    details_template = "aftersales/renewal.html"
    column_list = (
        "contract.number", "contract.customer.name", "contract.kind", "term_end", "noticed_on",
        "owner.name", "state", "lost_reason",
    )  # fmt: skip
    column_details_list = (*column_list, "contract.machines", "contract.price_minor", "settled_at")
    column_searchable_list = ("contract.number",)
    column_filters = ("state", "term_end", "noticed_on")
    column_sortable_list = ("term_end", "noticed_on", "state")
    labels: ClassVar[dict[str, Any]] = {
        "contract.customer.name": lazy("Customer"),
        "contract.kind": lazy("Kind"),
        "contract.machines": lazy("Machines covered"),
        "contract.number": lazy("Contract number"),
        "contract.price_minor": lazy("Price"),
        "lost_reason": lazy("Reason of the loss"),
        "noticed_on": lazy("Notice issued on"),
        "owner.name": lazy("Responsible for renewal"),
        "settled_at": lazy("Settled at"),
        "term_end": lazy("Term ends on"),
    }

    def _apply_sorting(self, query: Any, joins: Any, sort_column: Any, sort_desc: Any) -> Any:
        if sort_column is not None:
            return super()._apply_sorting(query, joins, sort_column, sort_desc)
        waiting = case((ContractRenewal.state == RenewalState.NOTICED, 0), else_=1)
        return query.order_by(waiting, ContractRenewal.term_end, ContractRenewal.id), joins

    def may(self, name: str, renewal: ContractRenewal) -> bool:
        """Whether the person may do this, and the renewal is where it can be done."""
        to = RenewalState.RENEWED if name == "renew" else RenewalState.LOST
        return may_renew(renewal.state, to) and self.allows(name, renewal)

    def next_end(self, renewal: ContractRenewal) -> str:
        """The end of the following term, as long as this one."""
        _, ends = next_term(renewal.contract.starts_on, renewal.term_end)
        return ends.isoformat()

    @expose("/renew/", methods=("POST",))  # type: ignore[untyped-decorator]
    @operation("renew")
    def renew(self) -> Response:
        """The customer renews."""
        renewal = self._renewal()
        contract = service.renew(current_session(), renewal.id, _day(request.form.get("ends_on")))
        text = gettext("Contract %(number)s now runs until %(end)s.", number=contract,
                       end=contract.ends_on)  # fmt: skip
        return self._page(renewal, text)

    @expose("/lose/", methods=("POST",))  # type: ignore[untyped-decorator]
    @operation("lose")
    def lose(self) -> Response:
        """The customer does not renew."""
        renewal = self._renewal()
        service.lose(current_session(), renewal.id, request.form.get("reason", ""))
        return self._page(renewal, gettext("The loss is noted with its reason."))

    def _renewal(self) -> ContractRenewal:
        renewal: ContractRenewal = self.get_one(request.form.get("id"))
        return renewal

    @staticmethod
    def _page(renewal: ContractRenewal, said: str) -> Response:
        flash(said, "success")
        return redirect(url_for(".details_view", id=renewal.id), 303)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            lazy("Write the day as 2026-12-31."), code="aftersales.bad_day", field="ends_on"
        ) from error
