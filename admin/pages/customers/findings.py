"""What is to be mended, in staff's words, and the address where it is mended (AR-05)."""

from typing import Final

from flask import url_for

from dougong.admin.contributions import Text
from dougong.admin.pages.customers.profiles import PROFILES, profile_for
from dougong.admin.sessions import desk
from dougong.admin.words import LABELS
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.archive.api import CONTACT, ArchiveFinding, Facet, FindingKind

KINDS: Final[dict[FindingKind, LazyText]] = {
    FindingKind.MISSING: lazy("Missing"),
    FindingKind.INVALID: lazy("Invalid"),
    FindingKind.STALE: lazy("Verified long ago"),
    FindingKind.DOUBLE: lazy("Possible duplicate"),
}
URGENCY: Final = (FindingKind.INVALID, FindingKind.DOUBLE, FindingKind.STALE, FindingKind.MISSING)
"""What is wrong comes before what is not there."""
TONES: Final = {
    FindingKind.MISSING: "neutral", FindingKind.INVALID: "danger",
    FindingKind.STALE: "warning", FindingKind.DOUBLE: "info",
}  # fmt: skip
_OWN: Final[dict[str, Text]] = {
    "phone": LABELS["phone"],
    "email": LABELS["email"],
    "manager": lazy("Account manager"),
    "address": lazy("Address"),
    "contacts": lazy("Contacts"),
}
FIELDS: Final = _OWN | {name: label for p in PROFILES for name, label in p.fields.items()}


def field_word(name: str) -> str:
    """A field's name as the form has it."""
    return str(FIELDS.get(name, name))


def finding_text(kind: FindingKind, field: str, *, of_contact: bool = False) -> str:
    """One thing to mend, in a few words."""
    name = field_word(field)
    if of_contact:
        name = gettext("%(field)s of the contact", field=name)
    if kind is FindingKind.MISSING:
        return gettext("%(field)s is missing", field=name)
    if kind is FindingKind.DOUBLE:
        return gettext("There may be a second archive of this customer")
    if kind is FindingKind.INVALID:
        return gettext("%(field)s is not valid", field=name)
    return gettext("%(field)s was not verified for long", field=name)


def mending_url(finding: ArchiveFinding) -> str:
    """Where it is mended: the form, at the field; empty for who may not."""
    scope, branch_id = desk().scope, finding.branch_id
    if finding.kind is FindingKind.DOUBLE:
        may = scope.allows(Operation.CREATE, "core.customer_merge", branch_id)
        both = url_for("merging.index", survivor=finding.customer_id, merged=finding.other_id)
        return both if may else ""
    if finding.subject_kind == CONTACT:
        may = scope.allows(Operation.UPDATE, CONTACT, branch_id)
        edit = url_for("contacts.edit_view", id=finding.subject_id)
        return f"{edit}#{finding.field}" if may else ""
    if finding.field in _BELONGINGS:
        entity, endpoint = _BELONGINGS[finding.field]
        may = scope.home == branch_id and scope.allows(Operation.CREATE, entity, branch_id)
        return url_for(f"{endpoint}.create_view", customer=finding.customer_id) if may else ""
    if not scope.allows(Operation.UPDATE, "core.customer", branch_id):
        return ""
    names = {name: full for full, name in profile_for(finding.customer.kind).names().items()}
    anchor = names.get(finding.field, finding.field)
    return f"{url_for('customers.edit_view', id=finding.customer_id)}#{anchor}"


_BELONGINGS: Final = {
    Facet.CONTACTS.value: (CONTACT, "contacts"),
    Facet.ADDRESS.value: ("core.address", "addresses"),
}
