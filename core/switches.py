"""The verbs of a deployer: switch plugins on and off per branch and set them (XX-04)."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol

from sqlalchemy import Select, select

from dougong.core.entities.branch import Branch, BranchPlugin
from dougong.core.errors import NotFound, Refusal
from dougong.core.events import Event, record
from dougong.core.i18n import lazy
from dougong.core.plugins import Plugin, Registry
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, forget_switches, settings_spec, switchboard


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginEnabled(Event):
    """A plugin was switched on at a branch."""

    name: ClassVar[str] = "core.plugin_enabled"
    plugin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginDisabled(Event):
    """A plugin was switched off at a branch; its data stay."""

    name: ClassVar[str] = "core.plugin_disabled"
    plugin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSettingsChanged(Event):
    """A plugin's settings at a branch changed, from ``before`` to ``now``."""

    name: ClassVar[str] = "core.plugin_settings_changed"
    plugin: str
    before: dict[str, Any]
    now: dict[str, Any]


class FormData(Protocol):
    """What a browser's form sent, as WTForms reads it: several values for one name."""

    def __contains__(self, name: object, /) -> bool: ...

    def __iter__(self) -> Iterator[str]: ...

    def __len__(self) -> int: ...

    def getlist(self, name: str, /) -> list[Any]:
        """Every value sent under that name."""
        ...


class _Sent(dict[str, str]):
    """Form data made of plain values."""

    def getlist(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


class SettingsInvalid(Refusal):
    """Settings that the plugin's form refuses; ``errors`` by field."""

    code = "core.settings_invalid"

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        lines = [f"{field}: {' '.join(map(str, texts))}" for field, texts in errors.items()]
        super().__init__("; ".join(lines))
        self.errors = errors


def enable(session: Session, branch_id: int, name: str) -> None:
    """Switch a loaded plugin on; refused while one it requires is off. Twice is once."""
    plugin = _loaded(session, name)
    row = _row(session, branch_id, name)
    lacking = [r for r in plugin.manifest.requires if not switchboard(session).is_on(r, branch_id)]
    if lacking:
        raise Refusal(
            lazy("%(plugin)s requires %(lacking)s.", plugin=plugin.manifest.title,
                 lacking=", ".join(lacking)),
            code="core.plugin_requires",
            next_step=lazy("Switch that on first."),
        )  # fmt: skip
    row.guards = list(plugin.manifest.guards)
    if row.enabled:
        return
    row.enabled, row.enabled_at = True, session.now
    session.flush()
    forget_switches(session)
    record(session, PluginEnabled(branch_id=branch_id, plugin=name))


def disable(session: Session, branch_id: int, name: str) -> None:
    """Switch a plugin off; its data stay. Refused while an enabled plugin requires it."""
    row = session.scalars(_switch(branch_id, name)).one_or_none()
    if row is None:
        return
    needing = dependants(session, branch_id, name)
    if needing:
        raise Refusal(
            lazy("%(needing)s need it here.", needing=", ".join(needing)),
            code="core.plugin_required",
            next_step=lazy("Switch those off first."),
        )
    if not row.enabled:
        return
    # recorded first: its own subscribers still hear that it goes
    record(session, PluginDisabled(branch_id=branch_id, plugin=name))
    row.enabled, row.disabled_at = False, session.now
    session.flush()
    forget_switches(session)


def dependants(session: Session, branch_id: int, name: str) -> list[str]:
    """Plugins on at the branch that require ``name``."""
    registry: Registry = session.info[REGISTRY]
    return sorted(
        other
        for other in switchboard(session).on(branch_id)
        if name in registry.plugins[other].manifest.requires
    )


def change_settings(
    session: Session, branch_id: int, name: str, changes: Mapping[str, str]
) -> None:
    """Set what ``changes`` names (field → text), checked by the plugin's own form.

    Raises ``SettingsInvalid`` with the messages by field; then nothing changes.
    """
    form, values = _settings_of(session, name)
    unknown = [field for field in changes if field not in form._fields]
    if unknown:
        raise SettingsInvalid({field: [str(lazy("Unknown setting."))] for field in unknown})
    current = asdict(switchboard(session).settings(branch_id, values))
    store_settings(session, branch_id, name, _Sent({**_texts(current), **changes}))


def store_settings(session: Session, branch_id: int, name: str, sent: FormData) -> None:
    """Replace the settings by what a form sent; an absent box is unticked."""
    form_type, values = _settings_of(session, name, bound=False)
    form = form_type(sent)
    if not form.validate():
        raise SettingsInvalid({f: [str(e) for e in errors] for f, errors in form.errors.items()})
    board = switchboard(session)
    before = asdict(board.settings(branch_id, values))
    row = _row(session, branch_id, name)
    row.settings = _json(form.data)
    session.flush()
    forget_switches(session)
    now = asdict(switchboard(session).settings(branch_id, values))
    if now != before:
        changed = PluginSettingsChanged(
            branch_id=branch_id, plugin=name, before=_json(before), now=_json(now)
        )
        record(session, changed)


def _settings_of(session: Session, name: str, *, bound: bool = True) -> Any:
    _loaded(session, name)
    spec = settings_spec(session.info[REGISTRY], name)
    if spec is None:
        raise Refusal(lazy("%(plugin)s has no settings.", plugin=name), code="core.no_settings")
    return (spec.form() if bound else spec.form), spec.values


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {k: str(v) for k, v in values.items() if v is not None and v is not False}


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    plain = (bool, int, str, list, type(None))
    return {k: v if isinstance(v, plain) else str(v) for k, v in values.items()}


def _loaded(session: Session, name: str) -> Plugin:
    registry: Registry = session.info[REGISTRY]
    if name in registry.plugins:
        return registry.plugins[name]
    problem = registry.problem_of(name)
    if problem is None:
        raise NotFound(lazy("No plugin named %(name)s is installed.", name=name))
    raise Refusal(
        lazy("%(name)s could not be loaded: %(why)s", name=name, why=problem.text),
        code="core.plugin_not_loaded",
    )


def _row(session: Session, branch_id: int, name: str) -> BranchPlugin:
    if session.get(Branch, branch_id) is None:
        raise NotFound(lazy("No such branch."))
    row = session.scalars(_switch(branch_id, name)).one_or_none()
    if row is None:
        row = BranchPlugin(branch_id=branch_id, plugin=name, enabled=False, settings={}, guards=[])
        session.add(row)
        session.flush()
    return row


def _switch(branch_id: int, name: str) -> Select[BranchPlugin]:
    return select(BranchPlugin).filter_by(branch_id=branch_id, plugin=name).with_for_update()
