"""Two archives become one and two again, exactly (AR-05)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from random import Random
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import inspect, select

from dougong.core.database import Database
from dougong.core.entities.address import Address
from dougong.core.entities.attachment import Attachment
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.interaction import Interaction, InteractionKind
from dougong.core.entities.sales import SalesOrder
from dougong.core.errors import Blocked, NotFound, Refusal
from dougong.core.i18n import speaking
from dougong.core.orm import Base, BranchOwned
from dougong.core.scope import Scope
from dougong.core.services.archive import api
from dougong.core.services.archive.api import MergePlan, MergeState
from dougong.core.services.archive.links import links
from dougong.core.services.audit.api import AuditEntry
from dougong.core.services.sales import api as sales
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.switches import enable
from dougong.core.testing import World, make_branches
from dougong.core.values import Money, Percentage
from dougong.core.values.documents import OrderState
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import Limit, LimitKind
from dougong.plugins.credit.service import set_limit
from tests.core.services.archive.conftest import add_customer, add_firm


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared with their source texts."""
    with speaking("en"):
        yield


DERIVED = {
    "core_audit_entry", "core_audit_seal", "core_customer_merge", "core_merge_step", "core_event",
    "core_event_record", "core_outbox_delivery", "core_archive_quality", "core_archive_finding",
    "core_search_token", "core_job_run", "core_duplicate_pair",
}  # fmt: skip
"""Records of what happened, and what is computed: not the business rows themselves."""
UNSEEN = {"updated_at", "version"}


def order(session: Session, customer: Customer, yuan: int = 100) -> SalesOrder:
    """A draft order of one line."""
    line = sales.LineDraft("水", Decimal(1), Money(yuan * 100, "CNY"), Percentage.of(13))
    return sales.create_order(session, sales.OrderDraft(customer.id, "CNY", (line,)))


def papers(session: Session, customer: Customer, rng: Random) -> None:
    """Random records of every kind."""
    branch = customer.branch_id
    for number in range(rng.randrange(3)):
        contact = Contact(
            branch_id=branch, customer_id=customer.id, name=f"联系人{number}",
            is_primary=rng.random() < 0.5,
        )  # fmt: skip
        session.add(contact)
        session.flush()
        session.add(
            Interaction(
                branch_id=branch,
                customer_id=customer.id,
                contact_id=contact.id,
                at=session.now,
                kind=InteractionKind.CALL,
            )
        )
    for _ in range(rng.randrange(2)):
        session.add(Address(branch_id=branch, customer_id=customer.id, line="街", is_default=True))
        session.add(
            Attachment(
                branch_id=branch,
                subject_kind="core.customer",
                subject_id=customer.id,
                name="a",
                size=1,
                sha256="0" * 64,
                content=b"1",
            )
        )
    for _ in range(rng.randrange(4)):
        draft = order(session, customer, rng.randrange(10, 500))
        if rng.random() < 0.7:
            sales.confirm_order(session, draft.id)
            if rng.random() < 0.6:
                sales.issue_invoice(session, draft.id, session.now.date())
    if rng.random() < 0.7:
        sales.register_receipt(session, customer.id, sales.Payment(Money(5000, "CNY")))
    session.flush()


def dump(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Every business row, but for when it was last written."""
    found: dict[str, list[dict[str, Any]]] = {}
    session.flush()
    for mapper in Base.registry.mappers:
        entity, table = mapper.class_, str(mapper.local_table.name)  # type: ignore[attr-defined]
        if not issubclass(entity, BranchOwned) or table in DERIVED:
            continue
        names = [a.key for a in inspect(entity).column_attrs if a.key not in UNSEEN]
        columns = [getattr(entity, name) for name in names]
        keys = list(inspect(entity).primary_key)
        rows = session.execute(select(*columns).order_by(*keys)).all()
        found[table] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def findings(world: World) -> list[str]:
    """What ``dougong doctor`` says."""
    with world.session(Scope.kernel("doctor"), writable=False) as session:
        checks = session.info[REGISTRY].contributions("register_checks")
        return [str(f.text) for check in checks for f in check.item.run(session)]


def two(session: Session) -> tuple[Customer, Customer]:
    """Two firms with credit."""
    pair = add_firm(session), add_firm(session, name="北京清泉饮品公司")
    for customer in pair:
        set_limit(session, customer.id, Limit(LimitKind.UNLIMITED, Money.zero("CNY")), "年度")
    return pair


@pytest.fixture
def plugins(world: World) -> None:
    """Every plugin is on at 东区."""
    with world.session(Scope.kernel("test")) as session:
        for plugin in world.registry.ordered():
            enable(session, world.east, plugin.manifest.name)
        session.commit()


@pytest.mark.parametrize("seed", range(6))
def test_merged_and_undone_is_as_it_was(world: World, plugins: None, seed: int) -> None:
    """And ``dougong doctor`` is content before, between and after."""
    rng = Random(seed)
    with world.at(world.east) as session:
        survivor, merged = two(session)
        papers(session, survivor, rng)
        papers(session, merged, rng)
        session.commit()
        keys = survivor.id, merged.id
    with world.at(world.east) as session:
        before = dump(session)
    said = findings(world)
    world.clock.advance(timedelta(minutes=1))
    with world.at(world.east) as session:
        done = api.merge(session, MergePlan(survivor_id=keys[0], merged_id=keys[1]))
        session.commit()
        number = done.id
    assert findings(world) == said
    with world.at(world.east) as session:
        between = dump(session)
        assert between != before
        assert not [r for r in between["core_sales_order"] if r["customer_id"] == keys[1]]
        ours, theirs = (session.get_one(CreditAccount, key) for key in keys)
        assert theirs.used_minor == 0
        assert ours.used_minor == sum(
            r["reserved_minor"] + r["invoiced_minor"] - r["unapplied_minor"]
            for r in before["credit_account"]
        )
    world.clock.advance(timedelta(minutes=1))
    with world.at(world.east) as session:
        api.undo_merge(session, number)
        session.commit()
    with world.at(world.east) as session:
        after = dump(session)
        for table, rows in before.items():
            assert after[table] == rows, table
    assert findings(world) == said


def test_merged_customer_is_a_closed_pointer(session: Session) -> None:
    first, second, third = (add_customer(session, name=f"清泉{n}") for n in range(3))
    api.merge(session, MergePlan(survivor_id=second.id, merged_id=first.id))
    api.merge(session, MergePlan(survivor_id=third.id, merged_id=second.id))
    assert api.leads_to(session, first.id) == third.id
    assert api.leads_to(session, third.id) is None
    assert session.get_one(Customer, first.id).status is CustomerStatus.CLOSED
    assert session.get_one(Customer, first.id).code == first.code, "the old code finds it still"


def test_chosen_values_are_taken_over_and_given_back(session: Session) -> None:
    survivor = add_customer(session, phone="", name="清泉")
    merged = add_customer(session, phone="13800138000", name="清泉公司", since=session.now.date())
    plan = MergePlan(
        survivor_id=survivor.id, merged_id=merged.id, taken=frozenset({"phone", "since"})
    )
    done = api.merge(session, plan)
    assert (survivor.phone, survivor.name) == ("13800138000", "清泉")
    assert survivor.since == session.now.date()
    api.undo_merge(session, done.id)
    assert survivor.phone == ""
    assert session.get_one(Customer, survivor.id).since is None
    assert merged.status is CustomerStatus.ACTIVE


def test_preview_tells_what_the_merge_then_does(session: Session) -> None:
    survivor, merged = add_firm(session), add_firm(session)
    seen = api.preview(session, survivor, merged)
    assert seen.moving == {"core_contact": 1, "core_address": 1}
    assert seen.staying == {"core_enterprise_profile": 1}, "the survivor has a profile of his own"
    done = api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))
    assert done.moved == seen.moving


def test_one_primary_contact_remains(session: Session) -> None:
    pair = add_customer(session), add_customer(session)
    for customer in pair:
        session.add(
            Contact(
                branch_id=customer.branch_id, customer_id=customer.id, name="赵", is_primary=True
            )
        )
    session.flush()
    done = api.merge(session, MergePlan(survivor_id=pair[0].id, merged_id=pair[1].id))
    primary = select(Contact.id).where(Contact.is_primary)
    assert len(session.scalars(primary).all()) == 1
    api.undo_merge(session, done.id)
    assert len(session.scalars(primary).all()) == 2


def test_log_tells_of_the_merge(session: Session) -> None:
    """AR-04"""
    survivor, merged = add_firm(session), add_firm(session)
    api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))
    told = select(AuditEntry.entity, AuditEntry.action).where(AuditEntry.entity_id.is_(None))
    assert ("core_contact", "bulk") in session.execute(told).all()
    mine = select(AuditEntry.entity).where(AuditEntry.customer_id == survivor.id)
    assert "core_customer_merge" in session.scalars(mine).all()


def test_every_table_that_refers_to_customers_is_known() -> None:
    tables = {link.table for link in links()}
    assert {"core_contact", "core_sales_order", "core_receipt", "core_invoice", "core_delivery",
            "core_interaction", "core_attachment", "core_deadline", "credit_entry",
            "aftersales_call", "aftersales_contract", "core_activity"} <= tables  # fmt: skip


def test_new_records_do_not_land_on_a_merged_customer(session: Session) -> None:
    survivor, merged = add_customer(session), add_customer(session)
    api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))
    session.add(Contact(branch_id=merged.branch_id, customer_id=merged.id, name="赵"))
    with pytest.raises(Refusal, match=r"merged into|已并入"):
        session.flush()


def test_merged_customer_is_not_made_active_again(session: Session) -> None:
    survivor, merged = add_customer(session), add_customer(session)
    api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))
    session.get_one(Customer, merged.id).status = CustomerStatus.ACTIVE
    with pytest.raises(Refusal, match=r"merged into|已并入"):
        session.flush()


@pytest.mark.parametrize("other", ["himself", "kind", "merged"])
def test_pair_that_makes_no_sense_is_refused(session: Session, other: str) -> None:
    survivor = add_customer(session)
    merged = survivor
    if other == "kind":
        merged = add_customer(session, kind=CustomerKind.GROUP)
    if other == "merged":
        merged = add_customer(session)
        api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))
    with pytest.raises(Refusal):
        api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))


def test_customer_of_another_branch_is_not_merged(world: World) -> None:
    """XX-05"""
    with world.at(world.west) as session:
        there = add_customer(session).id
        session.commit()
    with world.at(world.east) as session:
        here = add_customer(session).id
        with pytest.raises(NotFound):
            api.merge(session, MergePlan(survivor_id=here, merged_id=there))


def test_credit_refuses_two_currencies(world: World, plugins: None) -> None:
    """The hook ``merge_blockers``."""
    with world.at(world.east) as session:
        survivor, merged = two(session)
        set_limit(session, merged.id, Limit(LimitKind.AMOUNT, Money.of(Decimal(9), "USD")), "美元")
        assert [b.code for b in api.preview(session, survivor, merged).blockers] == [
            "credit.two_currencies"
        ]
        with pytest.raises(Blocked):
            api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))


def test_limit_that_only_the_other_had_is_kept(world: World, plugins: None) -> None:
    with world.at(world.east) as session:
        survivor, merged = add_firm(session), add_firm(session)
        sales.register_receipt(session, survivor.id, sales.Payment(Money(100, "CNY")))
        agreed = Limit(LimitKind.AMOUNT, Money(9900, "CNY"), 30)
        set_limit(session, merged.id, agreed, "年度")
        done = api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))
        assert session.get_one(CreditAccount, survivor.id).limit == agreed
        api.undo_merge(session, done.id)
        assert session.get_one(CreditAccount, survivor.id).kind is LimitKind.NONE
        assert session.get_one(CreditAccount, merged.id).limit == agreed


def test_undo_is_refused_when_a_field_was_changed_since(session: Session) -> None:
    survivor, merged = add_customer(session, phone=""), add_customer(session, phone="13800138000")
    plan = MergePlan(survivor_id=survivor.id, merged_id=merged.id, taken=frozenset({"phone"}))
    done = api.merge(session, plan)
    survivor.phone = "13900139000"
    session.flush()
    with pytest.raises(Refusal, match=r"changed since|已被修改"):
        api.undo_merge(session, done.id)


def test_undo_is_refused_when_it_would_tear_papers_apart(world: World) -> None:
    with world.at(world.east) as session:
        survivor, merged = add_customer(session), add_customer(session)
        moved = order(session, merged)
        sales.confirm_order(session, moved.id)
        done = api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))
        session.commit()
        keys = moved.id, done.id
    world.clock.advance(timedelta(minutes=1))
    with world.at(world.east) as session:
        sales.issue_invoice(session, keys[0], session.now.date())
        with pytest.raises(Refusal, match=r"records of both|双方的记录"):
            api.undo_merge(session, keys[1])


def test_what_was_booked_since_stays_with_the_survivor(world: World, plugins: None) -> None:
    with world.at(world.east) as session:
        survivor, merged = two(session)
        sales.confirm_order(session, order(session, merged).id)
        done = api.merge(session, MergePlan(survivor_id=survivor.id, merged_id=merged.id))
        session.commit()
        keys = survivor.id, merged.id, done.id
    said = findings(world)
    world.clock.advance(timedelta(minutes=1))
    with world.at(world.east) as session:
        fresh = order(session, session.get_one(Customer, keys[0]))
        sales.confirm_order(session, fresh.id)
        api.undo_merge(session, keys[2])
        session.commit()
        assert fresh.customer_id == keys[0]
    assert findings(world) == said


def test_merge_that_was_merged_on_is_undone_last(session: Session) -> None:
    first, second, third = (add_customer(session) for _ in range(3))
    done = api.merge(session, MergePlan(survivor_id=second.id, merged_id=first.id))
    later = api.merge(session, MergePlan(survivor_id=third.id, merged_id=second.id))
    with pytest.raises(Refusal, match=r"undo that merge first|先撤销那次合并"):
        api.undo_merge(session, done.id)
    api.undo_merge(session, later.id)
    assert api.undo_merge(session, done.id).state is MergeState.UNDONE
    with pytest.raises(Refusal, match=r"already|已撤销"):
        api.undo_merge(session, done.id)


def at_once(database: Database, scope: Scope, acts: list[Callable[[Session], object]]) -> None:
    """Do them at the same moment; who is refused is refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[Session], object]) -> None:
        start.wait()
        with suppress(Refusal):
            database.write(scope, act)

    with ThreadPoolExecutor(len(acts)) as hands:
        list(hands.map(run, acts))


@pytest.mark.parametrize("turn", range(3))
def test_merging_while_orders_are_made_and_confirmed_loses_nothing(
    database: Database, turn: int
) -> None:
    """Whoever comes first: nothing stays with the closed one, and the account adds up (CR-04)."""

    def found(session: Session) -> int:
        _, east, _ = make_branches(session)
        return east

    east = database.write(Scope.kernel("test"), found)
    database.write(Scope.kernel("test"), lambda session: enable(session, east, "credit"))
    scope = Scope.at(east, "test")

    def prepared(session: Session) -> tuple[int, int, int]:
        survivor, merged = two(session)
        return survivor.id, merged.id, order(session, merged).id

    ours, theirs, draft = database.write(scope, prepared)
    acts: list[Callable[[Session], object]] = [
        lambda s: api.merge(s, MergePlan(survivor_id=ours, merged_id=theirs)),
        lambda s: sales.confirm_order(s, draft),
        lambda s: order(s, s.get_one(Customer, theirs)),
    ]
    at_once(database, scope, acts[turn:] + acts[:turn])
    with database.reading(scope) as session:
        assert api.leads_to(session, theirs) == ours
        owners = session.scalars(select(SalesOrder.customer_id)).all()
        assert set(owners) == {ours}
        assert session.get_one(SalesOrder, draft).state is OrderState.CONFIRMED
        account = session.get_one(CreditAccount, ours)
        assert account.reserved_minor == session.get_one(SalesOrder, draft).total_minor
        other = session.get(CreditAccount, theirs)
        assert other is None or other.reserved_minor == 0
        told = select(EventRecord.name).where(EventRecord.name == "core.customers_merged")
        assert len(session.scalars(told).all()) == 1


def test_two_who_merge_the_same_pair_merge_it_once(database: Database) -> None:
    _, east, _ = database.write(Scope.kernel("test"), make_branches)
    scope = Scope.at(east, "test")
    pair = database.write(scope, lambda s: (add_customer(s).id, add_customer(s).id))
    acts: list[Callable[[Session], object]] = [
        lambda s: api.merge(s, MergePlan(survivor_id=pair[0], merged_id=pair[1])),
        lambda s: api.merge(s, MergePlan(survivor_id=pair[1], merged_id=pair[0])),
    ]
    at_once(database, scope, acts)
    with database.reading(scope) as session:
        rows = session.scalars(select(api.CustomerMerge)).all()
        assert len(rows) == 1
        closed = select(Customer.id).where(Customer.status == CustomerStatus.CLOSED)
        assert session.scalars(closed).all() == [rows[0].merged_id]
