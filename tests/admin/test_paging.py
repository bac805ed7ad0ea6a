"""Lists are walked by keys: every row once, whatever the data, forward and back (XX-05)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong.admin.views.keyset import Key, Order, read, written
from dougong.admin.views.opening import opened
from dougong.admin.views.paging import Page, Rows, Turn, page_of, turn_of
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.testing import World

NAMES = ("张三", "张伟", "李娜", "王芳", "阿里", "zhang", "Zhang", "", " ", "%", "é")
DAYS = (None, date(2026, 1, 1), date(2026, 1, 2), date(2025, 12, 31))


@dataclass(frozen=True)
class Made:
    """What one customer of a made-up list is."""

    name: str
    since: date | None
    status: CustomerStatus
    west: bool = False


MADE = st.builds(
    Made, st.sampled_from(NAMES), st.sampled_from(DAYS), st.sampled_from(list(CustomerStatus)),
    st.booleans(),
)  # fmt: skip
COLUMNS = st.sampled_from((Customer.name, Customer.since, Customer.status, Customer.group_code))
ORDERS = st.lists(
    st.tuples(COLUMNS, st.booleans()), min_size=1, max_size=3, unique_by=lambda pair: pair[0].key
)
PROPERTY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def both(world: World) -> Iterator[Session]:
    """Headquarters' look at both branches."""
    scope = Scope(actor="test", branches=frozenset({world.east, world.west}))
    session = world.session(scope)
    yield session
    session.close()


def order_of(asked: list[tuple[Any, bool]]) -> Order:
    """A total order by those columns."""
    keys = [Key(column, down, bool(column.property.columns[0].nullable)) for column, down in asked]
    return (*keys, Key(Customer.id, keys[-1].descending, False))


def rows(session: Session, order: Order, branches: tuple[int, ...] = ()) -> Rows:
    """All customers in that order."""
    return Rows(session.query(Customer), Customer, order, branches=branches)


def fill(session: Session, world: World, made: list[Made]) -> None:
    """Customers as described, and no others."""
    for customer in session.query(Customer):
        session.delete(customer)
    session.flush()
    session.add_all(
        Customer(
            branch_id=world.west if one.west else world.east, code=uuid4().hex, name=one.name,
            kind=CustomerKind.ENTERPRISE, since=one.since, status=one.status,
        )
        for one in made
    )  # fmt: skip
    session.flush()


def keys(page: Page) -> list[int]:
    """The ids on a page."""
    return [row.id for row in page.rows]


def forward(listed: Rows, size: int) -> list[Page]:
    """Every page from the first to the last."""
    pages = [page_of(listed, Turn(), size)]
    while pages[-1].more_after:
        pages.append(page_of(listed, turn_of(listed.order, after=pages[-1].last), size))
    return pages


def backward(listed: Rows, start: Page, size: int) -> list[Page]:
    """Every page before that one, the nearest first."""
    pages = [start]
    while pages[-1].more_before:
        pages.append(page_of(listed, turn_of(listed.order, before=pages[-1].first), size))
    return pages[1:]


@PROPERTY
@given(made=st.lists(MADE, max_size=14), asked=ORDERS, size=st.integers(1, 5), apart=st.booleans())
def test_walk_forward_and_back_meets_every_row_once_and_in_order(
    both: Session, world: World, made: list[Made], asked: list[tuple[Any, bool]], size: int,
    apart: bool,
) -> None:  # fmt: skip
    fill(both, world, made)
    order = order_of(asked)
    listed = rows(both, order, (world.east, world.west) if apart else ())
    whole = [r.id for r in both.query(Customer).order_by(*(key.ordered for key in order))]
    pages = forward(listed, size)
    assert [key for page in pages for key in keys(page)] == whole
    back = backward(listed, pages[-1], size)
    there = [key for page in reversed(back) for key in keys(page)]
    assert there + keys(pages[-1]) == whole


@PROPERTY
@given(made=st.lists(MADE, min_size=1, max_size=9), asked=ORDERS, size=st.integers(1, 4))
def test_last_page_is_reached_at_once(
    both: Session, world: World, made: list[Made], asked: list[tuple[Any, bool]], size: int
) -> None:
    fill(both, world, made)
    listed = rows(both, order_of(asked))
    last = page_of(listed, Turn(back=True), size)
    whole = [key for page in forward(listed, size) for key in keys(page)]
    assert keys(last) == whole[-size:]
    assert not last.more_after


@PROPERTY
@given(made=st.lists(MADE, min_size=5, max_size=9), asked=ORDERS, data=st.data())
def test_rows_that_come_and_go_neither_repeat_nor_skip_others(
    both: Session,
    world: World,
    made: list[Made],
    asked: list[tuple[Any, bool]],
    data: st.DataObject,
) -> None:
    fill(both, world, made)
    listed = rows(both, order_of(asked))
    before = [key for page in forward(listed, 2) for key in keys(page)]
    first = page_of(listed, Turn(), 2)
    gone = data.draw(st.sampled_from(before))
    both.delete(both.get(Customer, gone))
    name = data.draw(st.sampled_from(NAMES))
    both.add(
        Customer(
            branch_id=world.east, code=uuid4().hex, name=name, kind=CustomerKind.ENTERPRISE
        )
    )  # fmt: skip
    both.flush()
    seen, page = keys(first), first
    while page.more_after:
        page = page_of(listed, turn_of(listed.order, after=page.last), 2)
        seen += keys(page)
    assert len(seen) == len(set(seen))
    assert [key for key in seen if key in before] == [k for k in before if k != gone or k in seen]


def test_page_far_behind_reads_no_more_rows_than_the_first(session: Session, world: World) -> None:
    fill(session, world, [Made(f"客户{n:03}", None, CustomerStatus.ACTIVE) for n in range(60)])
    listed = rows(session, order_of([(Customer.name, False)]))
    page = forward(listed, 20)[-1]
    assert [row.name for row in page.rows] == [f"客户{n:03}" for n in range(40, 60)]


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "W10", written([1]), written(["x", "y", "z"]), written(["x", "y"]),
     written(["x", 2**63]), written(["\x00", 1]), "W" * 9000],
)  # fmt: skip
def test_place_that_nobody_wrote_leads_to_the_beginning(text: str) -> None:
    order = order_of([(Customer.name, False)])
    assert turn_of(order, after=text) == Turn()


def test_half_a_character_is_no_place() -> None:
    assert read(order_of([(Customer.name, False)]), "WyJcdWQ4MDAiLCAxXQ") is None


@PROPERTY
@given(made=MADE, key=st.integers(1, 2**62))
def test_place_comes_back_from_an_address_as_it_went(made: Made, key: int) -> None:
    order = order_of([(Customer.name, False), (Customer.since, True), (Customer.status, False)])
    values = (made.name, made.since, made.status, key)
    assert read(order, written(values)) == values


@pytest.mark.parametrize(
    ("down", "typed", "first"),
    [(False, "zh", "张三"), (False, "张", "张三"), (False, "li", "李娜"), (True, "li", "李娜"),
     (True, "z", "张三")],
)  # fmt: skip
def test_list_opens_at_a_name_by_sound(
    session: Session, world: World, down: bool, typed: str, first: str
) -> None:
    fill(session, world, [Made(n, None, CustomerStatus.ACTIVE) for n in ("阿里", "李娜", "张三")])
    listed = rows(session, order_of([(Customer.search_key, down)]))
    turn = opened(listed.order, typed)
    assert turn is not None
    page = page_of(listed, turn, 5)
    assert page.rows[0].name == first
    earlier = page_of(listed, turn_of(listed.order, before=page.first), 5)
    assert len(page.rows) + len(earlier.rows) == 3


@pytest.mark.parametrize(
    ("down", "typed", "shown"),
    [(False, "2026-03", 2), (True, "2026-03", 3), (False, "2026", 4), (True, "2026年4月", 4),
     (False, "2026-04-02", 1)],
)  # fmt: skip
def test_list_opens_at_a_month_or_a_day(
    session: Session, world: World, down: bool, typed: str, shown: int
) -> None:
    days = [date(2026, 1, 5) + timedelta(days=29 * n) for n in range(4)]  # Jan, Feb, March, April
    fill(session, world, [Made("x", day, CustomerStatus.ACTIVE) for day in days])
    listed = rows(session, order_of([(Customer.since, down)]))
    turn = opened(listed.order, typed)
    assert turn is not None
    assert len(page_of(listed, turn, 9).rows) == shown


def test_what_is_no_day_opens_nothing() -> None:
    order = order_of([(Customer.since, False)])
    assert opened(order, "2026-13") is None
    assert opened(order, "tomorrow") is None
    assert opened(order_of([(Customer.status, False)]), "active") is None
