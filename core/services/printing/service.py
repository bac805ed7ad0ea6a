"""The verbs of printing: which papers a record has, print some, and read what was printed."""

from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from dougong.core.branches import zone_of
from dougong.core.entities.branch import Branch
from dougong.core.entities.numbering import take_number
from dougong.core.entities.people import User
from dougong.core.errors import Forbidden, NotFound, Refusal
from dougong.core.i18n import lazy
from dougong.core.orm import Base
from dougong.core.plugins import Contribution, Registry
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.core.services.printing.models import Letterhead, PrintedPaper, PrintEntry
from dougong.core.services.printing.papers import Paper, Sheet
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard

AT_ONCE: Final = 100
"""Records printed together: more keep a browser and a printer busy for too long."""
FRESH: Final = timedelta(hours=12)
"""So long a print is shown again; afterwards the records may say something else: print anew."""
PRINTING: Final = "core.paper"
"""The permission to print at all; what may be printed is each record's own."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a branch's papers."""

    company: str
    address: str = ""
    phone: str = ""
    tax_number: str = ""
    bank: str = ""
    account: str = ""
    note: str = ""
    logo: str = ""
    """The picture as a ``data:`` address: a paper fetches nothing."""


@dataclass(frozen=True, slots=True)
class Printout:
    """One record's paper as it was printed: everything its template needs."""

    paper: Paper
    sheet: Sheet
    head: Head
    number: str
    turn: int
    printed_at: datetime
    """In the branch's own zone (XX-02)."""
    printed_by: str


def papers_of(session: Session, model: type[Base], branch_id: int) -> list[Paper]:
    """The papers of these records that the person may print at the branch, by title."""
    found = [
        brought.item
        for brought in _brought(session)
        if brought.item.model is model and _may_print(session, brought, branch_id)
    ]
    return sorted(found, key=lambda paper: str(paper.title))


def has_papers(session: Session, model: type[Base]) -> bool:
    """Whether anything that is loaded brings a paper of these records."""
    return any(brought.item.model is model for brought in _brought(session))


def paper_named(session: Session, code: str) -> Paper | None:
    """The paper with that code, None where nothing that is loaded brings it."""
    return next((b.item for b in _brought(session) if b.item.code == code), None)


def print_papers(session: Session, code: str, keys: Sequence[int]) -> str:
    """Print a paper of these records: count and log each, give numbers; the run's name.

    ``NotFound`` for a record that is not there, ``Forbidden`` without the record's permission.
    """
    brought = next((b for b in _brought(session) if b.item.code == code), None)
    if brought is None:
        raise NotFound
    wanted = sorted(set(keys))
    _refuse_number(wanted)
    sheets = _filled(session, brought.item, wanted)
    for sheet in sheets:
        if not _may_print(session, brought, sheet.branch_id):
            raise Forbidden
    return _logged(session, brought.item, sheets)


def printed(session: Session, run: str) -> list[Printout]:
    """What this person printed lately in that run; empty where he no longer may."""
    entries = session.scalars(
        select(PrintEntry)
        .where(
            PrintEntry.run == run,
            PrintEntry.at > session.now - FRESH,
            PrintEntry.user_id == session.scope.user_id,
        )
        .order_by(PrintEntry.id)
    ).all()
    brought = next((b for b in _brought(session) if entries and _is_of(b, entries[0])), None)
    if brought is None or not all(_may_print(session, brought, e.branch_id) for e in entries):
        return []
    filled = _filled(session, brought.item, [entry.subject_id for entry in entries])
    heads = {branch_id: head_of(session, branch_id) for branch_id in {e.branch_id for e in entries}}
    return [
        _printout(session, heads[entry.branch_id], sheet, entry)
        for sheet, entry in zip(filled, entries, strict=True)
    ]


def preview(session: Session, paper: Paper, keys: Sequence[int]) -> list[Printout]:
    """The papers as they would print now, neither counted nor numbered: to be sent by a message."""
    return [
        Printout(paper, sheet, head_of(session, sheet.branch_id), sheet.number, 1,
                 session.now.astimezone(zone_of(session, sheet.branch_id)), session.scope.actor)
        for sheet in _filled(session, paper, keys)
    ]  # fmt: skip


def prints_of(session: Session, subject_kind: str, subject_id: int) -> Sequence[PrintEntry]:
    """Every print of a record's papers, newest first."""
    return session.scalars(
        select(PrintEntry)
        .where(PrintEntry.subject_kind == subject_kind, PrintEntry.subject_id == subject_id)
        .order_by(PrintEntry.id.desc())
        .limit(AT_ONCE)
    ).all()


def head_of(session: Session, branch_id: int) -> Head:
    """The branch's letterhead, its name where nobody wrote one."""
    row = session.scalars(select(Letterhead).where(Letterhead.branch_id == branch_id)).one_or_none()
    branch = session.get_one(Branch, branch_id)
    if row is None:
        return Head(branch.name)
    picture = f"data:{row.logo_type};base64,{b64encode(row.logo).decode()}" if row.logo else ""
    return Head(
        row.company or branch.name, row.address, row.phone, row.tax_number, row.bank, row.account,
        row.note, picture,
    )  # fmt: skip


def _brought(session: Session) -> list[Contribution]:
    registry: Registry = session.info[REGISTRY]
    return registry.contributions("register_papers")


def _may_print(session: Session, brought: Contribution, branch_id: int) -> bool:
    paper: Paper = brought.item
    scope = session.scope
    return (
        switchboard(session).speaks(brought, branch_id)
        and scope.allows(Operation.CREATE, PRINTING, branch_id)
        and scope.allows(paper.operation, paper.entity, branch_id)
        and all(scope.allows(Operation.READ, entity, branch_id) for entity in paper.asks)
    )


def _refuse_number(keys: Collection[int]) -> None:
    if not keys:
        raise Refusal(lazy("Choose what is to be printed."), code="printing.nothing")
    if len(keys) > AT_ONCE:
        raise Refusal(
            lazy("At most %(count)s records are printed at once.", count=AT_ONCE),
            code="printing.too_many",
            next_step=lazy("Choose fewer, or print page by page."),
        )


def _filled(session: Session, paper: Paper, keys: Sequence[int]) -> list[Sheet]:
    """The records' contents in the order asked for; ``NotFound`` where one is missing."""
    found = {sheet.subject_id: sheet for sheet in paper.load(Reader(session), keys)}
    if set(keys) - set(found):
        raise NotFound
    return [found[key] for key in keys]


def _logged(session: Session, paper: Paper, sheets: Sequence[Sheet]) -> str:
    """Count every paper and enter it into the log; numbers are taken last of all."""
    run = uuid4().hex
    counted = [(sheet, _counted(session, paper, sheet)) for sheet in sheets]
    for sheet, (key, turn, number) in counted:
        if paper.series and not sheet.number and not number:
            number = take_number(session, sheet.branch_id, paper.series)
            _keep_number(session, key, number)
        session.add(_entry(session, run, paper, sheet, (key, turn, sheet.number or number)))
    session.flush()
    return run


def _entry(
    session: Session, run: str, paper: Paper, sheet: Sheet, counted: tuple[int, int, str]
) -> PrintEntry:
    key, turn, number = counted
    return PrintEntry(
        branch_id=sheet.branch_id, run=run, printed_id=key, paper=paper.code,
        subject_kind=paper.entity, subject_id=sheet.subject_id, subject=sheet.subject[:200],
        number=number, turn=turn, customer_id=sheet.customer_id, at=session.now,
        actor=session.scope.actor, user_id=session.scope.user_id,
    )  # fmt: skip


def _counted(session: Session, paper: Paper, sheet: Sheet) -> tuple[int, int, str]:
    """The paper's row, how often it was printed with this time, and its number so far."""
    found = _advance(session, paper, sheet)
    if found is None:
        _open(session, paper, sheet)
        found = _advance(session, paper, sheet)
    assert found is not None
    return found


def _advance(session: Session, paper: Paper, sheet: Sheet) -> tuple[int, int, str] | None:
    session.flush()
    row = session.execute(
        update(PrintedPaper)
        .where(
            PrintedPaper.branch_id == sheet.branch_id,
            PrintedPaper.paper == paper.code,
            PrintedPaper.subject_id == sheet.subject_id,
            PrintedPaper.edition == sheet.edition,
        )
        .values(times=PrintedPaper.times + 1)
        .returning(PrintedPaper.id, PrintedPaper.times, PrintedPaper.number)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else (row.id, row.times, row.number)


def _open(session: Session, paper: Paper, sheet: Sheet) -> None:
    try:
        with session.begin_nested():
            session.add(
                PrintedPaper(
                    branch_id=sheet.branch_id, paper=paper.code, subject_id=sheet.subject_id,
                    edition=sheet.edition, number=sheet.number, times=0,
                )
            )  # fmt: skip
    except IntegrityError:
        pass  # somebody else prints it for the first time too; the row is there now


def _keep_number(session: Session, key: int, number: str) -> None:
    session.execute(
        update(PrintedPaper)
        .where(PrintedPaper.id == key)
        .values(number=number)
        .execution_options(synchronize_session=False)
    )


def _is_of(brought: Contribution, entry: PrintEntry) -> bool:
    return bool(brought.item.code == entry.paper)


def _printout(session: Session, head: Head, sheet: Sheet, entry: PrintEntry) -> Printout:
    paper = paper_named(session, entry.paper)
    assert paper is not None
    person = session.get(User, entry.user_id) if entry.user_id else None
    return Printout(
        paper, sheet, head, entry.number, entry.turn,
        entry.at.astimezone(zone_of(session, entry.branch_id)),
        person.name if person else entry.actor,
    )  # fmt: skip
