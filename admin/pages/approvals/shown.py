"""A request as people read it: content as labels and values, where it stands, who is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from babel.dates import format_timedelta
from flask import url_for
from markupsafe import Markup

from dougong.admin.contributions import Text, Tone
from dougong.admin.formats import (
    moment_text,
    money_text,
    number_cell,
    state_text,
)
from dougong.admin.sessions import current_session, desk
from dougong.admin.words import add_words, word_for
from dougong.core.entities.people import User
from dougong.core.i18n import current_locale, gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.approvals.api import (
    Approval,
    ApprovalEntry,
    ApprovalKind,
    ApprovalState,
    Case,
    EntryKind,
    authority,
    cases_of,
    deciders,
    histories_of,
    kinds_at,
    names_of,
)
from dougong.core.values import Money

add_words(
    (
        (ApprovalState.WAITING, lazy("Waiting for approval"), Tone.INFO),
        (ApprovalState.APPROVED, lazy("Approved"), Tone.SUCCESS),
        (ApprovalState.USED, lazy("Approved and used"), Tone.NEUTRAL),
        (ApprovalState.REFUSED, lazy("Refused"), Tone.DANGER),
        (ApprovalState.WITHDRAWN, lazy("Withdrawn"), Tone.NEUTRAL),
        (ApprovalState.EXPIRED, lazy("Ran out"), Tone.NEUTRAL),
        (ApprovalState.VOIDED, lazy("Void"), Tone.WARNING),
        (EntryKind.ASKED, lazy("Asked"), None),
        (EntryKind.APPROVED, lazy("Said yes"), None),
        (EntryKind.REFUSED, lazy("Said no"), None),
        (EntryKind.PASSED, lazy("Step passed"), None),
        (EntryKind.WITHDRAWN, lazy("Withdrawn"), None),
        (EntryKind.EXPIRED, lazy("Ran out"), None),
        (EntryKind.VOIDED, lazy("Void"), None),
        (EntryKind.USED, lazy("Was used"), None),
        (EntryKind.REMINDED, lazy("Reminded"), None),
        (EntryKind.ESCALATED, lazy("Went up"), None),
    )
)
_LOOKS: Final = {
    EntryKind.ASKED: ("mail", "info"), EntryKind.APPROVED: ("check", "success"),
    EntryKind.REFUSED: ("x", "danger"), EntryKind.PASSED: ("check-circle", "success"),
    EntryKind.USED: ("lock", "neutral"), EntryKind.REMINDED: ("bell", "neutral"),
    EntryKind.ESCALATED: ("alert", "warning"), EntryKind.VOIDED: ("alert", "warning"),
}  # fmt: skip
_RECORDS: Final = {
    "core.order": "orders.details_view", "core.customer": "customers.details_view",
    "core.user": "users.details_view",
}  # fmt: skip
"""Where a subject's own page is."""
Cells = list[tuple[str, tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Table:
    """A list within the content: the lines of an order."""

    title: Text
    heads: tuple[Text, ...]
    rows: Cells


@dataclass(frozen=True, slots=True)
class Shown:
    """One request, ready for the page."""

    row: Approval
    title: Text
    state: Markup | str
    amount: str
    facts: list[tuple[Text, object]]
    content: list[tuple[Text, object]]
    tables: list[Table]
    timeline: list[dict[str, object]]
    next: str
    """Who may decide now, by name."""
    place: str
    """Which branch, where several are looked at."""
    may: bool
    whom: str
    """For whom he would decide, where he stands in for somebody."""
    mine: bool


def shown(rows: Sequence[Approval]) -> list[Shown]:
    """The requests of one branch or several, in as many queries as there are branches."""
    branches = dict.fromkeys(row.branch_id for row in rows)
    found: dict[int, Shown] = {}
    for branch_id in branches:
        here = [row for row in rows if row.branch_id == branch_id]
        found |= _shown_at(branch_id, here)
    return [found[row.id] for row in rows]


def waits(row: Approval) -> str:
    """How long it has waited: ``3 days``."""
    return span_text(current_session().now - row.asked_at)


def span_text(span: timedelta) -> str:
    """A stretch of time in the reader's words."""
    return str(format_timedelta(span, locale=current_locale()))


def _shown_at(branch_id: int, rows: Sequence[Approval]) -> dict[int, Shown]:
    session = current_session()
    waiting = [row for row in rows if row.state is ApprovalState.WAITING]
    cases = cases_of(session, branch_id, waiting)
    able = {row.id: deciders(cases[row.id]) for row in waiting}
    names = names_of(session, {person for people in able.values() for person in people})
    histories = histories_of(session, rows)
    kinds = kinds_at(session, branch_id)
    return {
        row.id: _shown(
            row, kinds.get(row.kind), cases.get(row.id), histories[row.id],
            ", ".join(names[person] for person in sorted(able.get(row.id, ()))),
        )
        for row in rows
    }  # fmt: skip


def _shown(
    row: Approval, kind: ApprovalKind | None, case: Case | None,
    entries: Sequence[ApprovalEntry], following: str,
) -> Shown:  # fmt: skip
    me = desk().scope.user_id
    found = authority(case, me) if case is not None and me is not None else None
    over = row.expires_at <= current_session().now
    fields = kind.fields if kind is not None else {}
    return Shown(
        row=row, title=kind.title if kind is not None else row.kind,
        state=state_text(ApprovalState.EXPIRED if over and case is not None else row.state),
        amount="" if row.amount is None else money_text(row.amount),
        facts=_facts(row), content=_content(row.content, fields),
        tables=_tables(row.content, fields), timeline=[_told(entry) for entry in entries],
        next=following, place=_place(row), may=found is not None and not over,
        whom=_whom(found.whom) if found is not None and found.whom != me else "",
        mine=me == row.asked_by_id,
    )  # fmt: skip


def _whom(person: int) -> str:
    user = current_session().get(User, person)
    return user.name if user is not None else ""


def _place(row: Approval) -> str:
    identity, home = desk().identity, desk().scope.home
    place = identity.place(row.branch_id) if identity is not None and home is None else None
    return place.name if place is not None else ""


def _facts(row: Approval) -> list[tuple[Text, object]]:
    """About what, how much, who and why."""
    facts: list[tuple[Text, object]] = [(lazy("About"), _subject(row))]
    if row.amount is not None:
        facts.append((lazy("Amount"), number_cell(money_text(row.amount))))
    facts.append((lazy("Asked by"), row.asked_by.name))
    if row.asked_for_id != row.asked_by_id:
        facts.append((lazy("Asked for whom"), row.asked_for.name))
    facts.append((lazy("Reason"), row.reason))
    facts.append((lazy("Holds until"), moment_text(row.expires_at, row.branch_id)))
    return facts


def _subject(row: Approval) -> object:
    """What it is about; it leads to the record where the person may read it."""
    endpoint = _RECORDS.get(row.subject_kind)
    if endpoint is None or not desk().scope.allows(Operation.READ, row.subject_kind, row.branch_id):
        return str(row)
    return Markup('<a href="{}">{}</a>').format(url_for(endpoint, id=row.subject_id), str(row))


def _content(content: Mapping[str, Any], fields: Mapping[str, Text]) -> list[tuple[Text, object]]:
    """The content's single values, in the kind's order."""
    return [
        (label, _value(content[name]))
        for name, label in fields.items()
        if name in content and not _is_table(content[name])
    ]


def _tables(content: Mapping[str, Any], fields: Mapping[str, Text]) -> list[Table]:
    return [
        _table(label, content[name], fields)
        for name, label in fields.items()
        if _is_table(content.get(name))
    ]


def _table(title: Text, rows: Sequence[Mapping[str, Any]], fields: Mapping[str, Text]) -> Table:
    names = [name for name in fields if name in rows[0]]
    cells: Cells = [("", tuple(_value(row.get(name)) for name in names)) for row in rows]
    return Table(title, tuple(fields[name] for name in names), cells)


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _value(value: Any) -> object:
    if isinstance(value, Mapping) and set(value) == {"minor", "currency"}:
        return number_cell(money_text(Money(value["minor"], value["currency"])))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(str(_value(part)) for part in value)
    return value


def _told(entry: ApprovalEntry) -> dict[str, object]:
    """An entry of the history as the timeline shows it."""
    icon, kind = _LOOKS.get(entry.kind, ("dot", "neutral"))
    who = entry.user.name if entry.user is not None else gettext("The system")
    if entry.whom is not None and entry.for_id != entry.user_id:
        who = gettext("%(by)s for %(whom)s", by=who, whom=entry.whom.name)
    return {
        "time": moment_text(entry.at, entry.branch_id), "title": word_for(entry.kind),
        "actor": who, "text": entry.note, "icon": icon, "kind": kind, "url": "",
    }  # fmt: skip
