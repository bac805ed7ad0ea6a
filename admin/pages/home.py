"""The start page: a greeting, the figures of the branch, and the cards of its plugins."""

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final

from babel.dates import format_date
from flask import url_for
from flask_admin import AdminIndexView
from sqlalchemy import ColumnElement, func, select

from dougong.admin.contributions import Text
from dougong.admin.formats import number_text, today_here
from dougong.admin.pages.approvals import count_waiting
from dougong.admin.screens import home_cards
from dougong.admin.sessions import current_session, desk
from dougong.admin.views.guard import Guarded, expose
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.interaction import Interaction, InteractionState
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.i18n import current_locale, gettext, lazy
from dougong.core.scope import Operation

SHOWN_BRANCHES: Final = 3
"""Whose cards are drawn where all branches are looked at: each costs what its plugins ask."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something counted at every branch, in one query for all."""

    entity: str
    label: Text
    icon: str
    endpoint: str
    counted: type[Any]
    where: ColumnElement[bool]

    def by_branch(self) -> dict[int, int]:
        """How many there are at each visible branch that has any."""
        branch = self.counted.branch_id
        counting = select(branch, func.count()).where(self.where).group_by(branch)
        return {row[0]: row[1] for row in current_session().execute(counting)}


class HomeView(Guarded, AdminIndexView):  # type: ignore[misc]
    """Where everybody arrives."""

    title = lazy("Start")

    def __init__(self) -> None:
        super().__init__(name=lazy("Start"))

    @expose("/")
    def index(self) -> Any:
        """What is to be done today."""
        here = desk()
        name = here.identity.name if here.identity else ""
        return self.render(
            "dougong/home.html",
            greeting=gettext("Good day, %(name)s", name=name),
            today=_written_out(today_here()),
            stats=_stats(),
            cards=home_cards(here.scope.home) if here.scope.home else [],
            **({} if here.scope.home else _side_by_side()),
        )


def _written_out(today: date) -> str:
    return format_date(today, "full", locale=current_locale())


def _figures() -> list[Figure]:
    """What is counted at every branch, as far as the person may read it."""
    every = [
        Figure("core.customer", lazy("Active customers"), "users", "customers.index_view",
               Customer, Customer.status == CustomerStatus.ACTIVE),
        Figure("core.order", lazy("Orders to confirm"), "cart", "orders.index_view",
               SalesOrder, SalesOrder.state == OrderState.DRAFT),
        Figure("core.interaction", lazy("Open requests"), "phone", "interactions.index_view",
               Interaction, Interaction.state == InteractionState.OPEN),
    ]  # fmt: skip
    return [figure for figure in every if desk().scope.allows(Operation.READ, figure.entity)]


def _stats() -> list[dict[str, Any]]:
    shown = [
        {"label": figure.label, "value": number_text(sum(figure.by_branch().values())),
         "icon": figure.icon, "url": url_for(figure.endpoint)}
        for figure in _figures()
    ]  # fmt: skip
    return [*_approvals(), *shown]


def _approvals() -> list[dict[str, Any]]:
    """How many requests wait for the person at this branch, where any do (XX-03)."""
    scope = desk().scope
    if scope.home is None or not scope.allows(Operation.READ, "core.approval", scope.home):
        return []
    waiting = count_waiting({scope.home})
    tile = {"label": lazy("Approvals that wait for me"), "value": number_text(waiting),
            "icon": "check-circle", "url": url_for("approvals.index")}  # fmt: skip
    return [tile] if waiting else []


def _side_by_side() -> dict[str, Any]:
    """Every branch with its figures, and the cards of the first ones that have any."""
    identity = desk().identity
    places = identity.places if identity else ()
    figures = _figures()
    counts = [figure.by_branch() for figure in figures]
    rows = [(p, [number_text(found.get(p.id, 0)) for found in counts]) for p in places]
    drawn = ((place, home_cards(place.id)) for place in places)
    shown = list(islice(((place, cards) for place, cards in drawn if cards), SHOWN_BRANCHES))
    return {"heads": [figure.label for figure in figures], "rows": rows, "shown": shown,
            "more": len(places) > SHOWN_BRANCHES}  # fmt: skip
