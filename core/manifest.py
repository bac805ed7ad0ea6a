"""What a plugin says of itself before any of its code is imported."""

import re
from dataclasses import dataclass
from typing import Final

from dougong.core.i18n import LazyText

CORE_VERSION: Final = "0.1.0"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,29}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A plugin's identity card: data only, importable without SQLAlchemy or Flask.

    ``name`` is also the prefix of its tables, permissions and addresses. ``core`` is the range of
    core versions it works with (PEP 440). ``requires`` names plugins whose ``api`` it imports;
    ``cooperates`` names plugins it has a ``with_<name>`` module for. ``guards`` names the acts that
    are refused where the plugin is on but could not be loaded (never fail open).
    """

    name: str
    title: LazyText
    summary: LazyText
    version: str
    core: str
    requires: tuple[str, ...] = ()
    cooperates: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a plugin name (a-z, 0-9, _; 2 to 30 long).")
        if self.name == "core" or self.name in self.requires:
            raise ValueError(f"A plugin cannot be or require {self.name!r}.")
