"""Recurring duties, and how many were done in time: by person, level and branch (AR-08)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from flask import request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import SelectField

from dougong.admin.formats import badge, day_text, number_text, today_here
from dougong.admin.pages.activities.words import name_of
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, RecordView, expose
from dougong.admin.views.lookup import whole_number
from dougong.admin.words import tone_of, word_for
from dougong.core.entities.people import User
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.activities.api import (
    Activity,
    Asked,
    Duty,
    Tally,
    audiences_at,
    owed_activities,
    people_under,
    share,
    tallies,
)

BACK: Final = timedelta(days=89)
LISTED: Final = 200
MANAGERS: Final = lazy("Each account manager: all his own customers")


def _audiences() -> list[tuple[str, str]]:
    known = audiences_at(current_session(), desk().scope.home or 0)
    return [("", str(MANAGERS)), *((code, str(one.title)) for code, one in known.items())]


class DutyView(RecordView):
    """What comes round at the branch."""

    model = Duty
    entity = "core.duty"
    path = "duties"
    title = lazy("Recurring duties")
    one = lazy("Duty")
    offers = frozenset({Operation.CREATE, Operation.UPDATE})
    column_list = ("title", "rhythm", "audience", "within_days", "starts_on", "active")
    column_details_list = (
        "title", "instructions", "rhythm", "audience", "within_days", "starts_on", "active",
    )  # fmt: skip
    column_default_sort = "title"
    column_sortable_list = ("title", "starts_on")
    column_formatters: ClassVar[dict[str, Any]] = {
        "audience": lambda view, context, row, name: audience_of(row),
    }
    form_columns = (
        "title", "instructions", "rhythm", "audience", "within_days", "starts_on", "active",
    )  # fmt: skip
    form_overrides: ClassVar[dict[str, Any]] = {"audience": SelectField}
    form_args: ClassVar[dict[str, Any]] = {
        "audience": {"choices": _audiences, "label": _("For whom")},
        "within_days": {"description": _("Empty means the last day of the period.")},
        "instructions": {"description": _("Stands in the history of each activity.")},
    }
    labels: ClassVar[dict[str, Any]] = {
        "title": lazy("Duty"), "instructions": lazy("What to look after"),
        "rhythm": lazy("How often"), "audience": lazy("For whom"),
        "within_days": lazy("Within so many days"), "starts_on": lazy("From day"),
    }  # fmt: skip


def audience_of(duty: Duty) -> str:
    """For whom the duty is, in words."""
    known = audiences_at(current_session(), duty.branch_id).get(duty.audience)
    return str(known.title if known else MANAGERS) if known or not duty.audience else duty.audience


@dataclass(frozen=True, slots=True)
class Figure:
    """Owed and done in time, and where the list behind it is."""

    name: str
    owed: str
    in_time: str
    percent: int
    url: str


class DutyFigures(PageView):
    """Compliance in a period; every figure leads to the list it was counted from."""

    path = "dutyfigures"
    title = lazy("Duties done in time")
    entity = "core.duty"

    @expose("/")
    def index(self) -> Any:
        """By person, by duty with its level, by branch."""
        asked = self._asked()
        counted = self._his(tallies(current_session(), asked))
        names = _Names(counted)
        groups = [
            (lazy("By person"), _grouped(counted, asked, "owner", names.person)),
            (lazy("By duty and level"), _grouped(counted, asked, "duty", names.duty)),
        ]
        if desk().scope.home is None:
            groups.append((lazy("By branch"), _grouped(counted, asked, "branch", names.branch)))
        return self.render(
            "dougong/activities/figures.html", groups=groups, asked=asked, total=_figure(
                gettext("Everything"), counted, asked, {}),
        )  # fmt: skip

    @expose("/list/")
    def behind(self) -> Any:
        """The activities that a figure counted, those not done in time first."""
        asked = self._asked()
        statement = owed_activities(asked).options(
            joinedload(Activity.customer), joinedload(Activity.owner)
        )
        rows = current_session().scalars(self._narrowed(statement).limit(LISTED)).all()
        heads = (lazy("What"), lazy("Customer"), lazy("Responsible"), lazy("First due on"),
                 lazy("State"), lazy("In time"))  # fmt: skip
        return self.render(
            "dougong/activities/behind.html", asked=asked, heads=heads,
            rows=[(url_for("activities.details_view", id=row.id), _cells(row)) for row in rows],
            cut=len(rows) == LISTED, page_title=gettext("Behind the figure"),
        )  # fmt: skip

    def _asked(self) -> Asked:
        given, today = request.args, today_here()
        return Asked(
            first=_day(given.get("first"), today - BACK), last=_day(given.get("last"), today),
            today=today, duty_id=whole_number(given.get("duty")),
            owner_id=whole_number(given.get("owner")),
            branch_id=whole_number(given.get("branch")),
        )  # fmt: skip

    def _reach(self) -> frozenset[int] | None:
        """Whose figures he sees: his own and his people's; managers everybody's."""
        scope = desk().scope
        if scope.user_id is None or scope.allows("read_all", "core.activity"):
            return None
        return people_under(current_session(), scope.user_id) | {scope.user_id}

    def _his(self, counted: list[Tally]) -> list[Tally]:
        reach = self._reach()
        return [t for t in counted if reach is None or t.owner_id in reach]

    def _narrowed(self, statement: Any) -> Any:
        reach = self._reach()
        return statement if reach is None else statement.where(Activity.owner_id.in_(reach))


class _Names:
    """What people and duties are called; two queries for a page."""

    def __init__(self, counted: Iterable[Tally]) -> None:
        session = current_session()
        owners = {t.owner_id for t in counted if t.owner_id is not None}
        duties = {t.duty_id for t in counted}
        people = session.scalars(select(User).where(User.id.in_(owners)))
        self._people = {person.id: person.name for person in people}
        found = session.scalars(select(Duty).where(Duty.id.in_(duties)))
        self._duties = {row.id: f"{row.title} · {audience_of(row)}" for row in found}

    def person(self, key: int | None) -> str:
        """His name."""
        return self._people.get(key or 0) or gettext("Nobody's")

    def duty(self, key: int | None) -> str:
        """Its title, and for whom it is."""
        return self._duties.get(key or 0, "")

    def branch(self, key: int | None) -> str:
        """The branch's name."""
        identity = desk().identity
        place = identity.place(key) if identity else None
        return place.name if place else ""


def _grouped(
    counted: Sequence[Tally], asked: Asked, by: str, name: Callable[[int | None], str]
) -> list[Figure]:
    keys = sorted({getattr(t, f"{by}_id") for t in counted}, key=lambda key: key or 0)
    made = []
    for key in keys:
        its = [t for t in counted if getattr(t, f"{by}_id") == key]
        made.append(_figure(name(key), its, asked, {by: key} if key is not None else None))
    return sorted(made, key=lambda figure: (figure.percent, figure.name))


def _figure(
    name: str, counted: Iterable[Tally], asked: Asked, narrowed: dict[str, Any] | None
) -> Figure:
    its = list(counted)
    owed, in_time = sum(t.owed for t in its), sum(t.in_time for t in its)
    given = {"first": asked.first, "last": asked.last, "duty": asked.duty_id,
             "owner": asked.owner_id, "branch": asked.branch_id}  # fmt: skip
    url = "" if narrowed is None else url_for("dutyfigures.behind", **given | narrowed)
    return Figure(
        name, number_text(owed), number_text(in_time), round(100 * (share(in_time, owed) or 0)), url
    )


def _cells(row: Activity) -> tuple[object, ...]:
    tone = tone_of(row.state)
    state = word_for(row.state) if tone is None else badge(word_for(row.state), tone)
    return (
        name_of(row), row.customer.name if row.customer else row.subject,
        row.owner.name if row.owner else gettext("Nobody's"), day_text(row.planned_on), state,
        gettext("Yes") if row.in_time else gettext("No"),
    )  # fmt: skip


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise
