"""The verbs of ownership: look at a hand-over beforehand, hand customers or a request over."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, insert, select, update

from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.interaction import Interaction, InteractionState
from dougong.core.entities.people import User
from dougong.core.errors import Forbidden, NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import LazyText, lazy
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.core.services.audit.api import record_bulk
from dougong.core.services.deadlines.api import Deadline, assign, assign_all, deadlines_of
from dougong.core.services.ownership.events import CustomersHandedOver, RequestHandedOver
from dougong.core.services.ownership.models import HandOver, OwnerChange
from dougong.core.services.ownership.moving import Moving, OwnedWork
from dougong.core.services.ownership.people import ENTITY, OWN, may
from dougong.core.services.ownership.rules import MOST_CHOSEN, Objection, objection
from dougong.core.session import Session
from dougong.core.switchboard import hooks_at

HAND_OVER: Final = "hand_over"
REQUEST: Final = "core.interaction"
_TITLES: Final = {
    ENTITY: lazy("Customers"),
    "core.deadline": lazy("Running deadlines"),
    REQUEST: lazy("Contacts that wait for an answer"),
}
_OBJECTIONS: Final[dict[Objection, tuple[LazyText, str]]] = {
    Objection.NO_REASON: (lazy("Write down why it is handed over."), "reason"),
    Objection.TO_HIMSELF: (lazy("Giver and receiver are the same person."), "to_id"),
    Objection.NOTHING_CHOSEN: (lazy("Choose what is to be handed over."), "from_id"),
    Objection.TOO_MANY: (
        lazy("At most %(most)s customers are chosen at once; hand over all of a person's instead.",
             most=MOST_CHOSEN), "from_id",
    ),
}  # fmt: skip


def preview(session: Session, moving: Moving) -> list[OwnedWork]:
    """How much of each kind would go along, now."""
    found = [
        _work(ENTITY, session.scalar(_counting(Customer, _customers(moving)))),
        _work("core.deadline", session.scalar(_counting(Deadline, _clocks(moving)))),
        _work(REQUEST, session.scalar(_counting(Interaction, _requests(moving)))),
    ]
    return [*found, *_plugin_works(session, moving)]


def hand_over(session: Session, moving: Moving, reason: str) -> HandOver:
    """Give customers, or everything of a person, to another: all of it in this transaction (AR-07).

    What is open and the giver's goes along: deadlines, contacts that wait for an answer, and what
    plugins keep. Refused without a reason, or where the receiver may not own customers here.
    """
    _refuse(session, moving, reason)
    others = {work.source: work.count for work in _plugin_works(session, moving)}
    customers = _move_customers(session, moving)
    clocks = assign_all(session, _clocks(moving), moving.to_id, reason)
    requests = _move_requests(session, moving)
    moved = {ENTITY: len(customers), "core.deadline": clocks, REQUEST: requests, **others}
    if not any(moved.values()):
        raise StateRefused(lazy("There is nothing left to hand over."))
    kept = _keep(session, moving, reason, moved)
    _note_owners(session, kept, customers)
    _log(session, kept)
    told = CustomersHandedOver(
        branch_id=moving.branch_id, hand_over_id=kept.id, moving=moving, reason=kept.reason
    )
    record(session, told)
    return kept


def movings(
    session: Session, branch_id: int, customer_ids: Sequence[int], to_id: int
) -> list[Moving]:
    """Chosen customers as hand-overs, one for each of their present owners; not the receiver's."""
    chosen = select(Customer.id, Customer.manager_id).where(
        Customer.branch_id == branch_id, Customer.id.in_(customer_ids[: MOST_CHOSEN + 1])
    )
    by_owner: defaultdict[int | None, list[int]] = defaultdict(list)
    for customer_id, owner_id in session.execute(chosen.order_by(Customer.id)).all():
        if owner_id != to_id:
            by_owner[owner_id].append(customer_id)
    return [
        Moving(branch_id=branch_id, from_id=owner, to_id=to_id, customer_ids=tuple(ids))
        for owner, ids in sorted(by_owner.items(), key=lambda item: item[0] or 0)
    ]


def hand_over_request(
    session: Session, interaction_id: int, to_id: int, reason: str
) -> Interaction:
    """Give a contact that waits for an answer to another; taking it over is giving it oneself.

    Whoever was asked first answers for it until then (首问责任制, AR-07).
    """
    row = session.get(Interaction, interaction_id, with_for_update=True)
    if row is None:
        raise NotFound
    if not session.scope.allows(Operation.UPDATE, REQUEST, row.branch_id):
        raise Forbidden
    if row.state is not InteractionState.OPEN:
        raise StateRefused(lazy("This contact is handled already."))
    if (found := objection(row.user_id, to_id, reason, (row.customer_id,))) is not None:
        raise _refusal(found)
    if not may(session, row.branch_id, to_id, REQUEST, Operation.UPDATE):
        raise _not_here(session.get(User, to_id))
    from_id, row.user_id = row.user_id, to_id
    for clock in deadlines_of(session, row.branch_id, REQUEST, [row.id]):
        if clock.ended_at is None:
            assign(session, clock.id, to_id, reason.strip())
    moving = Moving(branch_id=row.branch_id, from_id=from_id, to_id=to_id, customer_ids=())
    kept = _keep(session, moving, reason, {REQUEST: 1}, interaction_id=row.id)
    told = RequestHandedOver(
        branch_id=row.branch_id, hand_over_id=kept.id, interaction_id=row.id,
        customer_id=row.customer_id, from_id=from_id, to_id=to_id,
    )  # fmt: skip
    record(session, told)
    return row


def owners_of(session: Session, customer: Customer) -> Sequence[OwnerChange]:
    """Through whose hands the customer went, the latest first."""
    mine = select(OwnerChange).where(
        OwnerChange.branch_id == customer.branch_id, OwnerChange.customer_id == customer.id
    )
    return session.scalars(mine.order_by(OwnerChange.id.desc()).limit(50)).all()


def note_owner(session: Session, customer: Customer, from_id: int | None) -> None:
    """Keep that the archive now names another account manager."""
    change = _change(session, customer.branch_id, customer.id, from_id)
    session.execute(insert(OwnerChange), [change | {"to_id": customer.manager_id}])


def _customers(moving: Moving) -> list[ColumnElement[bool]]:
    his = [
        Customer.branch_id == moving.branch_id,
        Customer.manager_id == moving.from_id,
        Customer.status != CustomerStatus.CLOSED,
    ]
    if moving.customer_ids is not None:
        his.append(Customer.id.in_(moving.customer_ids))
    return his


def _clocks(moving: Moving) -> list[ColumnElement[bool]]:
    covered = moving.covers(Deadline.branch_id, Deadline.customer_id, Deadline.owner_id)
    return [covered, Deadline.ended_at.is_(None)]


def _requests(moving: Moving) -> list[ColumnElement[bool]]:
    whose = (Interaction.branch_id, Interaction.customer_id, Interaction.user_id)
    return [moving.covers(*whose), Interaction.state == InteractionState.OPEN]


def _counting(entity: Any, criteria: Iterable[ColumnElement[bool]]) -> Select[int]:
    return select(func.count(entity.id)).where(*criteria)


def _work(source: str, count: int | None) -> OwnedWork:
    return OwnedWork(source, _TITLES[source], count or 0)


def _plugin_works(session: Session, moving: Moving) -> list[OwnedWork]:
    found = hooks_at(session, moving.branch_id).owned_works(moving=moving, reader=Reader(session))
    return sorted((work for part in found for work in part), key=lambda work: work.source)


def _refuse(session: Session, moving: Moving, reason: str) -> None:
    if not session.scope.allows(HAND_OVER, ENTITY, moving.branch_id):
        raise Forbidden
    found = objection(moving.from_id, moving.to_id, reason, moving.customer_ids)
    if found is not None:
        raise _refusal(found)
    if not may(session, moving.branch_id, moving.to_id, ENTITY, OWN):
        raise _not_here(session.get(User, moving.to_id))


def _refusal(found: Objection) -> Refusal:
    text, field = _OBJECTIONS[found]
    return Refusal(text, code=f"core.{found}", field=field)


def _not_here(receiver: User | None) -> Refusal:
    return Refusal(
        lazy("%(name)s cannot answer for customers of this branch.",
             name=receiver.name if receiver else "—"),
        code="core.no_owner",
        next_step=lazy("Choose somebody who works here, as account manager or as manager."),
        field="to_id",
    )  # fmt: skip


def _move_customers(session: Session, moving: Moving) -> Sequence[int]:
    """One conditional UPDATE: of two hand-overs at once only one gets the customer."""
    statement = (
        update(Customer)
        .where(*_customers(moving))
        .values(manager_id=moving.to_id, version=Customer.version + 1, updated_at=session.now)
        .returning(Customer.id)
        .execution_options(synchronize_session=False)
    )
    moved = sorted(session.scalars(statement))
    session.expire_all()
    return moved


def _move_requests(session: Session, moving: Moving) -> int:
    statement = (
        update(Interaction)
        .where(*_requests(moving))
        .values(user_id=moving.to_id, updated_at=session.now)
        .returning(Interaction.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def _keep(
    session: Session, moving: Moving, reason: str, moved: dict[str, int],
    interaction_id: int | None = None,
) -> HandOver:  # fmt: skip
    row = HandOver(
        branch_id=moving.branch_id, at=session.now, from_id=moving.from_id, to_id=moving.to_id,
        everything=moving.customer_ids is None, interaction_id=interaction_id,
        reason=reason.strip(), moved=moved, actor=session.scope.actor,
        user_id=session.scope.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _note_owners(session: Session, kept: HandOver, customer_ids: Sequence[int]) -> None:
    changes = [
        _change(session, kept.branch_id, customer_id, kept.from_id)
        | {"to_id": kept.to_id, "hand_over_id": kept.id}
        for customer_id in customer_ids
    ]
    if changes:
        session.execute(insert(OwnerChange), changes)


def _change(
    session: Session, branch_id: int, customer_id: int, from_id: int | None
) -> dict[str, Any]:
    return {
        "branch_id": branch_id, "customer_id": customer_id, "from_id": from_id,
        "at": session.now, "actor": session.scope.actor,
    }  # fmt: skip


def _log(session: Session, kept: HandOver) -> None:
    """Rows written past the flush are told of in the log, one entry a table (AR-04)."""
    facts = {"from_id": kept.from_id, "to_id": kept.to_id, "hand_over_id": kept.id}
    for entity, source in ((Customer, ENTITY), (Interaction, REQUEST)):
        if kept.moved[source]:
            told = facts | {"rows": kept.moved[source]}
            record_bulk(session, entity, kept.branch_id, told, kept.reason)
