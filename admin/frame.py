"""What stands round every page: side bar, branches, languages, the person (see the shell)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Flask, request, url_for

from dougong.admin.contributions import Group, ViewEntry
from dougong.admin.identity import Identity
from dougong.admin.sessions import EVERY_BRANCH, current_house, desk
from dougong.core.i18n import current_locale, gettext, lazy

LANGUAGES: Final = (("zh_Hans_CN", "简体中文"), ("en", "English"))
_PLACES: Final = "dougong_places"


@dataclass(frozen=True, slots=True)
class Placed:
    """A registered view and its place in the side bar."""

    view: Any
    entry: ViewEntry


@dataclass(frozen=True, slots=True)
class Choice:
    """A branch or a language to switch to."""

    code: str
    name: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the side bar."""

    label: object
    url: str
    icon: str
    active: bool
    count: str | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A group of the side bar."""

    key: str
    label: object
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the person's menu."""

    label: object
    url: str
    icon: str = "dot"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in, as the top bar shows him."""

    name: str
    initials: str
    note: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The shell's data, by the names its template asks for."""

    home_url: str
    search_url: str
    switch_branch_url: str
    switch_language_url: str
    logout_url: str
    nav: tuple[NavGroup, ...]
    branch: Choice | None
    branches: tuple[Choice, ...]
    language: str
    languages: tuple[Choice, ...]
    user: Person
    user_menu: tuple[Link, ...]
    now: datetime
    query: str


def remember_places(app: Flask, places: Sequence[Placed]) -> None:
    """Keep the registered views for the side bar."""
    app.extensions[_PLACES] = sorted(
        (p for p in places if not p.entry.hidden),
        key=lambda p: (p.entry.group.order, p.entry.group.key, p.entry.order, p.view.endpoint),
    )


def placed_views(app: Flask) -> Sequence[Placed]:
    """The views of the side bar, in its order."""
    found: Sequence[Placed] = app.extensions[_PLACES]
    return found


def frame(app: Flask) -> Frame | None:
    """The frame for the current request, None for somebody who is not logged in."""
    identity = desk().identity
    if identity is None:
        return None
    chosen = desk().place
    return Frame(
        home_url=url_for("admin.index"),
        search_url=url_for("search.index"),
        switch_branch_url=url_for("desk.switch_branch"),
        switch_language_url=url_for("desk.switch_language"),
        logout_url=url_for("security.logout"),
        nav=_nav(app),
        branch=Choice(chosen.code, chosen.name) if chosen else None,
        branches=_branches(identity),
        language=current_locale(),
        languages=languages(),
        user=Person(identity.name, identity.name[:1].upper(), " · ".join(identity.roles)),
        user_menu=(
            Link(lazy("Change password"), url_for("security.change_password"), "key"),
            Link(lazy("Two-factor log-in"), url_for("security.two_factor_setup"), "lock"),
            Link(lazy("Where you are logged in"), url_for("log-ins.index"), "shield"),
        ),
        now=current_house().clock.now(),
        query=request.args.get("q", "") if request.endpoint == "search.index" else "",
    )


def languages() -> tuple[Choice, ...]:
    """The languages to choose from, each in its own name."""
    return tuple(Choice(code, name, name) for code, name in LANGUAGES)


def _branches(identity: Identity) -> tuple[Choice, ...]:
    if len(identity.places) < 2:
        return ()
    every = Choice(EVERY_BRANCH, gettext("All branches"))
    return (every, *(Choice(place.code, place.name) for place in identity.places))


def _nav(app: Flask) -> tuple[NavGroup, ...]:
    home = NavItem(lazy("Start"), url_for("admin.index"), "home", request.endpoint == "admin.index")
    groups: dict[str, tuple[Group, list[NavItem]]] = {}
    for placed in placed_views(app):
        if placed.view.is_accessible():
            _, items = groups.setdefault(placed.entry.group.key, (placed.entry.group, []))
            items.append(_item(placed))
    made = [NavGroup(g.key, g.title, tuple(items)) for g, items in groups.values()]
    return (NavGroup("home", "", (home,)), *made)


def _item(placed: Placed) -> NavItem:
    endpoint = f"{placed.view.endpoint}.{placed.view._default_view}"
    active = request.blueprint == placed.view.endpoint
    return NavItem(placed.entry.title, url_for(endpoint), placed.entry.icon, active)
