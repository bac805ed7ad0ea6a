"""The part of the customer form that differs by kind: the profile's fields (AR-01, AR-02)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask_admin.contrib.sqla.form import get_form
from sqlalchemy import inspect

from dougong.admin.contributions import Text
from dougong.admin.sessions import desk
from dougong.admin.views.fields import RecordConverter
from dougong.admin.views.reveal import is_kept, keep_unseen
from dougong.admin.views.sections import Section
from dougong.admin.views.validity import CreditCode, IdentityNumber, OrganisationCode
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.i18n import lazy
from dougong.core.orm import grade_of
from dougong.core.services.audit.api import asks_why

BETWEEN: Final = "__"
VALIDATORS: Final = {
    "id_number": IdentityNumber,
    "credit_code": CreditCode,
    "organisation_code": OrganisationCode,
}
"""What is looked at when it is written (XX-07)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile of one kind of customer: the relationship that holds it, and its fields."""

    kind: CustomerKind
    relation: str
    title: Text
    fields: dict[str, Text]

    @property
    def model(self) -> type[Any]:
        """The entity behind the relationship."""
        found: type[Any] = inspect(Customer).relationships[self.relation].mapper.class_
        return found

    def names(self) -> dict[str, str]:
        """Field of the form → field of the profile."""
        return {f"{self.relation}{BETWEEN}{name}": name for name in self.fields}


PROFILES: Final = (
    Profile(
        CustomerKind.INDIVIDUAL, "individual", lazy("Person"),
        {
            "sex": lazy("Sex"),
            "id_number": lazy("ID number"),
            "birth_date": lazy("Date of birth"),
            "employer": lazy("Employer"),
            "department": lazy("Department"),
            "title": lazy("Position"),
            "device_number": lazy("Device number"),
            "card_number": lazy("Card number"),
        },
    ),
    Profile(
        CustomerKind.ENTERPRISE, "enterprise", lazy("Enterprise"),
        {
            "credit_code": lazy("Unified social credit code"),
            "legal_representative": lazy("Legal representative"),
            "business_scope": lazy("Business scope"),
            "headcount": lazy("Headcount"),
            "registered_capital_minor": lazy("Registered capital"),
            "industry": lazy("Industry"),
            "size": lazy("Size"),
            "cooperation_since": lazy("Cooperation since"),
            "settlement_name": lazy("Settlement name"),
        },
    ),
    Profile(
        CustomerKind.INSTITUTION, "institution", lazy("Public institution"),
        {
            "organisation_code": lazy("Organisation code"),
            "legal_representative": lazy("Legal representative"),
            "headcount": lazy("Headcount"),
            "authority": lazy("Authority above"),
            "funding": lazy("Funding"),
            "cooperation_since": lazy("Cooperation since"),
        },
    ),
    Profile(
        CustomerKind.SPECIAL, "special", lazy("Special subscriber"),
        {
            "partner_role": lazy("Leader or partner"),
            "agreement": lazy("Agreement"),
            "agreed_from": lazy("Agreed from"),
            "agreed_until": lazy("Agreed until"),
        },
    ),
    Profile(
        CustomerKind.GROUP, "group", lazy("Group"),
        {
            "headquarters": lazy("Headquarters of the group"),
            "industry": lazy("Industry"),
            "remark": lazy("Remark on the group"),
        },
    ),
)  # fmt: skip


def profile_for(kind: CustomerKind | str) -> Profile:
    """The profile that customers of this kind carry."""
    return next(profile for profile in PROFILES if profile.kind == kind)


def sections() -> tuple[Section, ...]:
    """One section per kind; the form keeps the one it needs."""
    return tuple(Section(profile.title, tuple(profile.names())) for profile in PROFILES)


def with_profiles(form: type[Any], session: Any, view: Any) -> type[Any]:
    """The form with the fields of every profile."""
    added: dict[str, Any] = {}
    for profile in PROFILES:
        arguments = {name: _arguments(name, label) for name, label in profile.fields.items()}
        part = get_form(
            profile.model, RecordConverter(session, view), only=tuple(profile.fields),
            field_args=arguments,
        )  # fmt: skip
        added |= {full: getattr(part, name) for full, name in profile.names().items()}
    return type(form.__name__, (form,), added)


def _arguments(name: str, label: Text) -> dict[str, Any]:
    given: dict[str, Any] = {"label": label}
    if name in VALIDATORS:
        given["validators"] = [VALIDATORS[name]()]
    return given


def keep_only(form: Any, kind: CustomerKind) -> None:
    """Take the other kinds' fields off the form, and what the person may not read (AR-06)."""
    for profile in PROFILES:
        for full, name in profile.names().items():
            readable = desk().scope.clears(grade_of(profile.model, name))
            if profile.kind is not kind or not readable:
                del form[full]


def fill(form: Any, customer: Customer) -> None:
    """Show the values the profile has, but for those that ask for a reason (AR-06)."""
    for field, holder, name in _bound(form, customer):
        if holder is None:
            continue
        field.object_data = getattr(holder, name)
        if field.raw_data is None:
            field.process_data(field.object_data)
        if asks_why(type(holder), name) and field.object_data:
            keep_unseen(field)


def store(form: Any, customer: Customer) -> None:
    """Write the profile's fields; a profile is made where there was none."""
    profile = profile_for(customer.kind)
    if getattr(customer, profile.relation) is None:
        made = profile.model(branch_id=customer.branch_id)
        setattr(customer, profile.relation, made)
    for field, holder, name in _bound(form, customer):
        if is_kept(field):
            continue
        value = field.data
        if value is None and _is_text(profile, name):
            value = ""
        setattr(holder, name, value)


def _is_text(profile: Profile, name: str) -> bool:
    return not inspect(profile.model).columns[name].nullable


def _bound(form: Any, customer: Customer) -> Iterator[tuple[Any, Any, str]]:
    profile = profile_for(customer.kind)
    holder = getattr(customer, profile.relation)
    for full, name in profile.names().items():
        if full in form._fields:
            yield form._fields[full], holder, name
