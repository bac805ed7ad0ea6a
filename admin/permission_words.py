"""Permissions in staff's words: records by the title of their page, operations by name."""

from typing import Final

from flask import current_app

from dougong.admin.frame import placed_views
from dougong.core.i18n import LazyText, gettext, lazy

WORDS: Final[dict[str, LazyText]] = {
    "read": lazy("Read"),
    "create": lazy("Create"),
    "update": lazy("Change"),
    "delete": lazy("Delete"),
    "export": lazy("Export"),
    "reveal": lazy("See confidential fields"),
    "confirm": lazy("Confirm"),
    "cancel": lazy("Cancel it"),
    "release": lazy("Release"),
    "void": lazy("Declare void"),
    "credit": lazy("Issue credit notes"),
    "allocate": lazy("Allocate"),
    "refund": lazy("Pay back"),
    "dispatch": lazy("Dispatch"),
    "arrive": lazy("Record arrival"),
    "close": lazy("Close cases"),
    "renew": lazy("Renew"),
    "lose": lazy("Record as lost"),
    "settle": lazy("Settle"),
    "evaluate": lazy("Evaluate"),
    "configure": lazy("Say what is expected"),
}


def operation_word(name: str) -> str:
    """The operation in the reader's language; a plugin translates its own by their name."""
    return str(WORDS[name]) if name in WORDS else gettext(name)


def entity_word(entity: str) -> str:
    """The record by the title of the page that shows it, else by its name."""
    for placed in placed_views(current_app):
        if getattr(placed.view, "entity", "") == entity:
            return str(placed.entry.title)
    return entity
