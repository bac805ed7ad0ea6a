"""Which plugin is on at which branch, and its settings there (XX-04)."""

from typing import Any

from flask import abort, flash, request, url_for
from werkzeug.utils import redirect

from dougong.admin.identity import Place
from dougong.admin.sessions import current_house, current_session, desk, look_everywhere
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.guard import undo
from dougong.core.errors import Forbidden
from dougong.core.i18n import gettext, lazy
from dougong.core.plugins import Plugin, Problem, Registry
from dougong.core.scope import Operation
from dougong.core.session import Session
from dougong.core.switchboard import settings_at, settings_spec, switchboard
from dougong.core.switches import (
    SettingsInvalid,
    dependants,
    disable,
    enable,
    store_settings,
)

_STATES = {"blocked": lazy("Blocked at start"), "failed": lazy("Not loaded")}


class PluginPage(PageView):
    """The switch matrix, plugins × branches."""

    path = "plugins"
    title = lazy("Plugins")
    entity = "core.plugin"

    def _handle_view(self, name: str, **kwargs: object) -> Any:
        look_everywhere()
        return super()._handle_view(name, **kwargs)

    @expose("/")
    def index(self) -> Any:
        """Every plugin at every branch of the person's."""
        places = _places(Operation.READ)
        registry = current_house().registry
        lost = [p for p in registry.problems if p.plugin not in registry.plugins]
        rows = [_loaded(plugin, places) for plugin in registry.ordered()]
        rows += [_lost(problem, places) for problem in lost]
        return self.render("dougong/plugins.html", branches=places, plugins=rows)

    @expose("/switch/<int:branch_id>/<plugin>/", methods=("POST",))
    def switch(self, branch_id: int, plugin: str) -> Any:
        """Switch it on or off there; the data stay."""
        place, session = _place(branch_id), current_session()
        title = _title(plugin)
        if request.form.get("on") == "1":
            enable(session, place.id, plugin)
            said = gettext("%(plugin)s is on at %(branch)s.", plugin=title, branch=place.name)
        else:
            disable(session, place.id, plugin)
            said = gettext(
                "%(plugin)s is off at %(branch)s; its data are kept.",
                plugin=title, branch=place.name,
            )  # fmt: skip
        flash(said, "success")
        return redirect(url_for("plugins.index"), 303)

    @operation(Operation.READ)
    @expose("/settings/<int:branch_id>/<plugin>/", methods=("GET", "POST"))
    def settings(self, branch_id: int, plugin: str) -> Any:
        """The plugin's settings at the branch."""
        place, session = _place(branch_id), current_session()
        spec = settings_spec(current_house().registry, plugin)
        if spec is None:
            abort(404)
        if request.method == "GET":
            form = spec.form(obj=settings_at(session, place.id, spec.values))
            return self._ask(form, plugin, place)
        try:
            store_settings(session, place.id, plugin, request.form)
        except SettingsInvalid:
            undo()
            form = spec.form(request.form)
            form.validate()
            return self._ask(form, plugin, place)
        flash(gettext("The settings are saved; they hold from now on."), "success")
        return redirect(url_for("plugins.index"), 303)

    def _ask(self, form: Any, plugin: str, place: Place) -> Any:
        return self.render(
            "dougong/settings_form.html", form=form, title=_title(plugin), lead=place.name,
            sections=None, cancel_url=url_for("plugins.index"), action="",
        )  # fmt: skip


def _places(asked: str) -> list[Place]:
    identity = desk().identity
    places = identity.places if identity else ()
    return [p for p in places if desk().scope.allows(asked, "core.plugin", p.id)]


def _place(branch_id: int) -> Place:
    for place in _places(Operation.UPDATE):
        if place.id == branch_id:
            return place
    raise Forbidden


def _title(name: str) -> str:
    plugin = current_house().registry.plugins.get(name)
    return str(plugin.manifest.title) if plugin else name


def _loaded(plugin: Plugin, places: list[Place]) -> dict[str, Any]:
    manifest = plugin.manifest
    return {
        "name": manifest.name, "title": manifest.title, "summary": manifest.summary,
        "version": manifest.version, "state": "ok", "state_text": "", "problem": "",
        "cells": [_cell(plugin, place) for place in places],
    }  # fmt: skip


def _lost(problem: Problem, places: list[Place]) -> dict[str, Any]:
    state = "blocked" if problem.stage == "blocked" else "failed"
    manifest = problem.manifest
    board = switchboard(current_session())
    return {
        "name": problem.plugin, "title": manifest.title if manifest else problem.plugin,
        "summary": manifest.summary if manifest else "",
        "version": manifest.version if manifest else "",
        "state": state, "state_text": _STATES[state],
        "problem": problem.text if state == "failed" else "",
        "cells": [
            {"branch": place, "on": problem.plugin in board._wanted(place.id), "url": "",
             "settings_url": "", "label": problem.plugin, "disabled": True, "confirm": ""}
            for place in places
        ],
    }  # fmt: skip


def _cell(plugin: Plugin, place: Place) -> dict[str, Any]:
    session, name = current_session(), plugin.manifest.name
    on = switchboard(session).is_on(name, place.id)
    may = desk().scope.allows(Operation.UPDATE, "core.plugin", place.id)
    spec = settings_spec(current_house().registry, name)
    settings_url = url_for("plugins.settings", branch_id=place.id, plugin=name)
    return {
        "branch": place, "on": on, "disabled": not may,
        "url": url_for("plugins.switch", branch_id=place.id, plugin=name),
        "settings_url": settings_url if spec and may else "",
        "label": f"{plugin.manifest.title} · {place.name}",
        "confirm": _what_goes(session, plugin, place) if on else "",
    }  # fmt: skip


def _what_goes(session: Session, plugin: Plugin, place: Place) -> str:
    """What disappears from the screens, told before it does."""
    registry, name = current_house().registry, plugin.manifest.name
    pages = [str(c.item.title) for c in _brought(registry, name)]
    needing = dependants(session, place.id, name)
    said = [gettext("Switch off %(plugin)s at %(branch)s?", plugin=plugin.manifest.title,
                    branch=place.name)]  # fmt: skip
    if pages:
        said.append(gettext("These pages disappear there: %(pages)s.", pages=", ".join(pages)))
    if needing:
        said.append(gettext("First switch off: %(plugins)s.", plugins=", ".join(needing)))
    said.append(gettext("All data are kept."))
    return " ".join(said)


def _brought(registry: Registry, name: str) -> list[Any]:
    views = registry.contributions("register_views")
    return [c for c in views if c.source == name and not c.item.hidden]
