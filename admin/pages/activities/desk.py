"""My desk: all that a person has to do, from every plugin, by deadline (XX-01)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import abort, flash, request, url_for
from markupsafe import Markup
from sqlalchemy import func, select
from werkzeug.utils import redirect

from dougong.admin.formats import customer_url, moment_text, today_here
from dougong.admin.pages.activities.words import due_text, marks, name_of, record_url
from dougong.admin.pages.deadlines import TARGETS
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.lookup import whole_number
from dougong.core.entities.customer import Customer
from dougong.core.entities.interaction import Interaction, InteractionState
from dougong.core.entities.people import User
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.services.activities.api import (
    CHECK,
    Activity,
    ActivityState,
    CheckedCustomer,
    Matter,
    OnDesk,
    customers_to_check,
    kind_of,
    kinds_on_desk,
    known_kinds,
    load_of,
    may_settle,
    on_desk,
    pass_up,
    people_under,
    stands_in_for,
    tick,
)
from dougong.core.services.deadlines.api import Deadline, DeadlineAlarm, DeadlineState

AHEAD: Final = timedelta(days=14)
SHOWN: Final = 100
CLOCKS: Final = 20
ON_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One activity as the desk shows it."""

    row: Activity
    what: str
    kind: str
    icon: str
    due: str
    marks: list[Markup]
    url: str
    customer_url: str
    about: str
    about_url: str
    results: tuple[tuple[str, str], ...]
    note_wanted: bool
    for_whom: str
    check_url: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline that runs."""

    what: str
    promise: object
    due: Any
    warn: Any
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Load:
    """How much one of his people has to do."""

    person: User
    waiting: int
    late: int


class DeskPage(PageView):
    """What a person has to do now, and what comes."""

    path = "mydesk"
    title = lazy("My desk")
    entity = "core.activity"

    @expose("/")
    def index(self) -> Any:
        """His own desk and those he stands in for; of his people, each one's on demand."""
        me = desk().scope.user_id or 0
        who = self._whose(me)
        session, today = current_session(), today_here()
        owners = {who.id} | (stands_in_for(session, who.id, today) if who.id == me else set())
        kind = request.args.get("kind", "")
        rows = on_desk(
            session, OnDesk(owner_ids=owners, until=today + AHEAD, kind=kind, limit=SHOWN)
        )
        return self.render(
            "dougong/activities/desk.html",
            who=who, mine=who.id == me, sections=_sections(rows, today, who.id),
            clocks=[] if kind else _clocks(owners), kinds=_kinds(owners), kind=kind,
            team=self._team(me) if who.id == me else [], cut=len(rows) == SHOWN,
            page_title=None if who.id == me else gettext("%(name)s's desk", name=who.name),
        )  # fmt: skip

    def _whose(self, me: int) -> User:
        key = whole_number(request.args.get("who")) or me
        if key != me and key not in people_under(current_session(), me):
            abort(404)
        return current_session().get(User, key) or abort(404)

    def _team(self, me: int) -> list[Load]:
        """His people with what they have to do, the most overdue first."""
        session = current_session()
        theirs = people_under(session, me)
        if not theirs:
            return []
        loads = load_of(session, theirs, today_here())
        people = session.scalars(select(User).where(User.id.in_(theirs), User.active))
        made = [Load(person, *loads.get(person.id, (0, 0))) for person in people]
        return sorted(made, key=lambda load: (-load.late, -load.waiting, load.person.name))

    # --- going through one's customers (AR-08) --------------------------------------------------

    @expose("/check/")
    def check(self) -> Any:
        """The customers of a check with what is open for each; those not ticked first."""
        row = self._check_of()
        session = current_session()
        ticked = _ticked(row)
        ids = customers_to_check(row)
        total = session.scalars(select(func.count()).select_from(ids.subquery())).one()
        customers = session.scalars(
            select(Customer)
            .where(Customer.id.in_(ids))
            .order_by(Customer.id.in_(ticked.keys()), Customer.search_key, Customer.id)
            .limit(ON_A_PAGE)
        ).all()
        return self.render(
            "dougong/activities/check.html",
            row=row, customers=customers, ticked=ticked, total=total,
            open=_open_for([customer.id for customer in customers]),
            may=row.state is ActivityState.PLANNED and may_settle(session, row),
            page_title=row.title, customer_url=customer_url,
        )  # fmt: skip

    @expose("/check/", methods=("POST",))
    @operation("update")
    def check_some(self) -> Any:
        """Tick the chosen customers, or pass one up."""
        row, session = self._check_of(), current_session()
        customer_id = whole_number(request.form.get("pass_up"))
        what = request.form.get(f"what-{customer_id}", "")
        if customer_id is not None:
            pass_up(session, row.id, Matter(what=what, customer_id=customer_id))
            flash(gettext("The supervisor has it on his desk."), "success")
        else:
            chosen = [whole_number(key) for key in request.form.getlist("customer")]
            new = tick(session, row.id, [key for key in chosen if key is not None])
            flash(gettext("%(count)s customers are checked.", count=new), "success")
        return redirect(url_for("mydesk.check", id=row.id), 303)

    def _check_of(self) -> Activity:
        key = whole_number(request.args.get("id"))
        row = current_session().get(Activity, key) if key is not None else None
        if row is None or row.kind != CHECK or not may_settle(current_session(), row):
            abort(404)
        return row


def _sections(
    rows: Sequence[Activity], today: date, owner_id: int
) -> list[tuple[LazyText, list[Line]]]:
    parts = (
        (lazy("Overdue"), [row for row in rows if row.due_on < today]),
        (lazy("Today"), [row for row in rows if row.due_on == today]),
        (lazy("Coming"), [row for row in rows if row.due_on > today]),
    )
    return [
        (title, [_line(row, today, owner_id) for row in chosen])
        for title, chosen in parts
        if chosen
    ]


def _line(row: Activity, today: date, owner_id: int) -> Line:
    kind = kind_of(current_session(), row.kind)
    return Line(
        row=row, what=name_of(row), kind=str(kind.title), icon=kind.icon, due=due_text(row),
        marks=marks(row, today), url=url_for("activities.details_view", id=row.id),
        customer_url=customer_url(row.customer_id) if row.customer_id else "",
        about=row.subject, about_url=record_url(row.subject_kind, row.subject_id),
        results=tuple((result.code, str(result.title)) for result in kind.results),
        note_wanted=kind.needs_note,
        for_whom=row.owner.name if row.owner and row.owner_id != owner_id else "",
        check_url=url_for("mydesk.check", id=row.id) if row.kind == CHECK else "",
    )  # fmt: skip


def _kinds(owners: Collection[int]) -> list[tuple[str, str, int]]:
    known = known_kinds(current_session())
    return [
        (code, str(known[code].title) if code in known else code, count)
        for code, count in kinds_on_desk(current_session(), owners)
    ]


def _clocks(owners: Collection[int]) -> list[Clock]:
    """Promises of theirs on a clock that runs or was missed (XX-02)."""
    if not desk().scope.allows("read", "core.deadline"):
        return []
    statement = (
        select(Deadline)
        .where(Deadline.owner_id.in_(owners), Deadline.state == DeadlineState.RUNNING)
        .order_by(Deadline.due_at, Deadline.id)
        .limit(CLOCKS)
    )
    return [
        Clock(
            what=str(row), promise=TARGETS.get(row.target, row.target), due=row.due_at,
            warn=row.warn_at if row.alarm is DeadlineAlarm.NONE else row.started_at,
            text=moment_text(row.due_at, row.branch_id),
            url=record_url(row.subject_kind, row.subject_id)
            or url_for("deadlines.details_view", id=row.id),
        )
        for row in current_session().scalars(statement)
    ]  # fmt: skip


def _ticked(row: Activity) -> Mapping[int, CheckedCustomer]:
    found = select(CheckedCustomer).where(CheckedCustomer.activity_id == row.id)
    return {ticked.customer_id: ticked for ticked in current_session().scalars(found)}


def _open_for(customer_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """What is open for each customer, in words; one query a kind of record."""
    asked: tuple[tuple[Any, Any, LazyText], ...] = (
        (Activity, Activity.state == ActivityState.PLANNED, lazy("%(count)s to do")),
        (Interaction, Interaction.state == InteractionState.OPEN, lazy("%(count)s requests")),
        (SalesOrder, SalesOrder.state == OrderState.DRAFT, lazy("%(count)s orders to confirm")),
    )
    said: dict[int, list[str]] = {key: [] for key in customer_ids}
    for entity, waiting, words in asked:
        statement = (
            select(entity.customer_id, func.count(entity.id))
            .where(entity.customer_id.in_(customer_ids), waiting)
            .group_by(entity.customer_id)
        )
        for key, count in current_session().execute(statement).all():
            said[key].append(str(words) % {"count": count})
    return said
