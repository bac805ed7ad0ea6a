"""The start page: a greeting, the figures of the branch, and the cards of its plugins."""

from datetime import date
from typing import Any

from babel.dates import format_date
from flask import url_for
from flask_admin import AdminIndexView, expose
from sqlalchemy import func, select

from dougong.admin.formats import number_text, today_here
from dougong.admin.screens import home_cards
from dougong.admin.sessions import current_session, desk
from dougong.admin.views.guard import Guarded
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.interaction import Interaction, InteractionState
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.i18n import current_locale, gettext, lazy
from dougong.core.scope import Operation


class HomeView(Guarded, AdminIndexView):  # type: ignore[misc]
    """Where everybody arrives."""

    title = lazy("Start")

    def __init__(self) -> None:
        super().__init__(name=lazy("Start"))

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> Any:
        """What is to be done today."""
        here = desk()
        name = here.identity.name if here.identity else ""
        return self.render(
            "dougong/home.html",
            greeting=gettext("Good day, %(name)s", name=name),
            today=_written_out(today_here()),
            stats=_figures(),
            cards=home_cards(here.scope.home) if here.scope.home else [],
        )


def _written_out(today: date) -> str:
    return format_date(today, "full", locale=current_locale())


def _figures() -> list[dict[str, Any]]:
    session, scope = current_session(), desk().scope
    wanted = [
        ("core.customer", lazy("Active customers"), "users", "customers.index_view",
         select(func.count(Customer.id)).where(Customer.status == CustomerStatus.ACTIVE)),
        ("core.order", lazy("Orders to confirm"), "cart", "orders.index_view",
         select(func.count(SalesOrder.id)).where(SalesOrder.state == OrderState.DRAFT)),
        ("core.interaction", lazy("Open requests"), "phone", "interactions.index_view",
         select(func.count(Interaction.id)).where(Interaction.state == InteractionState.OPEN)),
    ]  # fmt: skip
    return [
        {"label": label, "value": number_text(session.scalar(count) or 0), "icon": icon,
         "url": url_for(endpoint)}
        for entity, label, icon, endpoint, count in wanted
        if scope.allows(Operation.READ, entity)
    ]  # fmt: skip
