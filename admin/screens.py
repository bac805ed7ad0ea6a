"""Asking the screen hooks: each plugin in a SAVEPOINT of its own, none able to stop a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog
from flask import current_app
from markupsafe import Markup

from dougong.admin.contributions import Badge, Card, Column, Entry, Panel
from dougong.admin.sessions import current_session
from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import SalesOrder
from dougong.core.i18n import gettext
from dougong.core.plugins import Registry
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, hooks_at

T = TypeVar("T", Badge, Card, Column, Entry, Panel)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A panel or card ready for the page; ``notice`` stands in place of one that failed."""

    key: str
    title: object
    icon: str = ""
    body: Markup | str = ""
    url: str = ""
    wide: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the plugins contributed, and the titles of those that failed."""

    items: tuple[Any, ...]
    failed: tuple[str, ...]


def customer_panels(customer: Customer) -> list[Drawn]:
    """The panels on a customer's page, drawn, a notice for each that failed."""
    answers = ask("customer_panels", customer.branch_id, customer=customer)
    return draw(answers)


def order_panels(order: SalesOrder) -> list[Drawn]:
    """The panels on an order's page, drawn."""
    return draw(ask("order_panels", order.branch_id, order=order))


def home_cards(branch_id: int) -> list[Drawn]:
    """The cards of a branch's home page, drawn."""
    return draw(ask("home_cards", branch_id, branch_id=branch_id))


def customer_badges(branch_id: int, customer_ids: Sequence[int]) -> dict[int, list[Badge]]:
    """The badges of these customers of one branch, by customer."""
    found: dict[int, list[Badge]] = {customer_id: [] for customer_id in customer_ids}
    for badge in ask("customer_badges", branch_id, customer_ids=customer_ids).items:
        found.setdefault(badge.customer_id, []).append(badge)
    return found


def customer_columns(branch_id: int, customer_ids: Sequence[int]) -> list[Column]:
    """The columns that plugins add for these customers of one branch."""
    return list(ask("customer_columns", branch_id, customer_ids=customer_ids).items)


def ask(hook: str, at_branch: int, **arguments: Any) -> Answers:
    """Every plugin's answer to a screen hook at the branch, sorted by order, source and key.

    Only of plugins some of whose records the person may read there (AR-06).
    """
    session = current_session()
    arguments["reader"] = Reader(session)
    items: list[Any] = []
    failed: list[str] = []
    for implementation in reversed(getattr(hooks_at(session, at_branch), hook).get_hookimpls()):
        source = _source(session, implementation.plugin_name)
        if not _may_read(session, source, at_branch):
            continue
        given = [arguments[name] for name in implementation.argnames]
        answer = _softly(session, source, partial(implementation.function, *given))
        if answer is None:
            failed.append(source)
        else:
            items += answer
    items.sort(key=lambda item: (item.order, item.source, getattr(item, "key", "")))
    return Answers(tuple(items), tuple(failed))


def sources_of(hook: str, at_branch: int) -> list[str]:
    """The plugins that answer a screen hook at the branch and some of whose records he may read."""
    session = current_session()
    answering = getattr(hooks_at(session, at_branch), hook).get_hookimpls()
    found = {_source(session, implementation.plugin_name) for implementation in answering}
    return sorted(source for source in found if _may_read(session, source, at_branch))


def draw(answers: Answers) -> list[Drawn]:
    """Render each contribution by its plugin's template."""
    drawn = [_drawn(item) for item in answers.items]
    return drawn + [_notice(source) for source in answers.failed]


def _drawn(item: Any) -> Drawn:
    def render() -> Markup:
        template = current_app.jinja_env.get_template(item.template)
        return Markup(template.render(**_context(), **item.context))  # noqa: S704 - autoescaped

    body = _softly(current_session(), item.source, render)
    if body is None:
        return _notice(item.source)
    return Drawn(
        f"{item.source}-{item.key}", item.title, item.icon, body, item.url,
        getattr(item, "wide", False),
    )  # fmt: skip


def _context() -> dict[str, Any]:
    values: dict[str, Any] = {}
    current_app.update_template_context(values)
    return values


def _notice(source: str) -> Drawn:
    text = gettext(
        "%(plugin)s could not answer. The rest of this page is complete.", plugin=title_of(source)
    )
    return Drawn(f"{source}-failed", title_of(source), icon="alert", notice=text)


def title_of(source: str) -> str:
    """A plugin's title for staff."""
    registry: Registry = current_session().info[REGISTRY]
    plugin = registry.plugins.get(source)
    return str(plugin.manifest.title) if plugin else source


def _source(session: Session, module: str) -> str:
    registry: Registry = session.info[REGISTRY]
    for name, plugin in registry.plugins.items():
        if module.startswith(f"{plugin.package}."):
            return name
    return module


def _may_read(session: Session, source: str, branch_id: int) -> bool:
    """Whether he may read any record of the plugin there; one that names none is open to all."""
    registry: Registry = session.info[REGISTRY]
    permits = registry.contributions("register_permissions")
    entities = {
        permit.item.entity
        for permit in permits
        if permit.source == source and permit.item.operation == Operation.READ
    }
    return not entities or any(
        session.scope.allows(Operation.READ, entity, branch_id) for entity in entities
    )


def _softly(session: Session, source: str, work: Callable[[], Any]) -> Any:
    """The work's answer, None when it failed; whatever it wrote is undone."""
    savepoint = session.begin_nested()
    try:
        answer = work()
    except Exception:  # noqa: BLE001 - a stranger's code; it is named, the page goes on
        savepoint.rollback()
        _log.exception("screen_hook_failed", plugin=source)
        return None
    savepoint.commit()
    return answer
