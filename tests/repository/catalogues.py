"""The texts of each room beside its catalogue; ``make texts`` writes what is missing.

A room is a folder with a ``locale``; a text belongs to the innermost room round its source.
"""

import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.repository.tree import ROOMS, ROOT

LOCALE = "zh_Hans_CN"
ALWAYS_THERE = ("core", "admin")  # their texts are loaded whatever plugin is
KEYWORDS = {"gettext": None, "lazy": None, "form_text": None, "_": None}
METHODS = [
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**/templates/**.txt", "jinja2.ext:babel_extract"),
]
OPTIONS = {"**/templates/**.html": {"silent": "false", "extensions": "jinja2.ext.i18n"}}
NOISE = re.compile(
    r'^"(?:Report-|POT-|PO-Rev|Last-|Language-Team|Generated-)[^\n]*\n', re.MULTILINE
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@dataclass(slots=True)
class Room:
    """One folder with texts: those its source has, and those its catalogue translates."""

    name: str
    used: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    catalogue: Catalog = field(default_factory=Catalog)

    @property
    def path(self) -> Path:
        """Where the catalogue lies."""
        folder = ROOT / self.name / "locale" / LOCALE / "LC_MESSAGES"
        found = sorted(folder.glob("*.po"))
        return found[0] if found else folder / f"dougong_{self.name.rpartition('/')[2]}.po"

    def messages(self) -> list[Message]:
        """What the catalogue holds, without its header."""
        return [message for message in self.catalogue if message.id]

    def translated(self) -> set[str]:
        """The texts that the catalogue gives in the other language."""
        return {str(m.id) for m in self.messages() if m.string and not m.fuzzy}


def rooms() -> list[Room]:
    """Every room with its texts and its catalogue."""
    found = {name: Room(name) for name in room_names()}
    for top in ROOMS:
        for name, line, text in extracted(top):
            found[room_of(name, list(found))].used.setdefault(text, []).append((name, line))
    for room in found.values():
        if room.path.exists():
            with room.path.open("rb") as file:
                room.catalogue = read_po(file, locale=LOCALE)
    return [room for room in found.values() if room.used or room.path.exists()]


def room_names() -> list[str]:
    """The folders that hold their own texts: core, admin, each service, each plugin."""
    nested = [
        path.parent for pattern in ("core/services/*/", "plugins/*/")
        for path in ROOT.glob(f"{pattern}__init__.py")
    ]  # fmt: skip
    return ["core", "admin", "plugins", *(str(path.relative_to(ROOT)) for path in nested)]


def room_of(path: str, names: list[str]) -> str:
    """The innermost room round a source file."""
    return max((name for name in names if path.startswith(f"{name}/")), key=len)


def extracted(top: str) -> list[tuple[str, int, str]]:
    """File, line and text of everything marked for translation under a top folder."""
    return [
        (f"{top}/{name}", line, text)
        for name, line, text, _, _ in extract_from_dir(
            ROOT / top, METHODS, OPTIONS, keywords=KEYWORDS
        )
        if isinstance(text, str) and text
    ]


def borrowed(all_rooms: list[Room], room: Room) -> set[str]:
    """The texts a room may use without translating them itself."""
    lenders = [r for r in all_rooms if r.name in ALWAYS_THERE and r is not room]
    if room.name.startswith("core"):
        lenders = [r for r in lenders if r.name == "core"]
    return {text for lender in lenders for text in lender.translated()}


def missing(all_rooms: list[Room], room: Room) -> list[str]:
    """The texts nobody translates."""
    return sorted(set(room.used) - room.translated() - borrowed(all_rooms, room))


def stale(room: Room) -> list[str]:
    """The texts the catalogue keeps although the room uses them no longer."""
    return sorted({str(m.id) for m in room.messages()} - set(room.used))


def with_other_placeholders(room: Room) -> list[str]:
    """The texts whose translation names other values than the source."""
    return [
        str(m.id)
        for m in room.messages()
        if m.string
        and set(PLACEHOLDER.findall(str(m.id))) != set(PLACEHOLDER.findall(str(m.string)))
    ]


def write_missing() -> None:
    """Write empty entries for what is missing, drop what is stale; the translator fills in."""
    everything = rooms()
    for room in everything:
        for text in stale(room):
            room.catalogue.delete(text)
        for text in missing(everything, room):
            if text not in room.catalogue:
                room.catalogue.add(text)
        room.path.parent.mkdir(parents=True, exist_ok=True)
        room.path.write_text(as_written(room), encoding="utf-8")


def as_written(room: Room) -> str:
    """The catalogue by source text, without what changes at each writing: two people's additions
    seldom meet in one line.
    """
    for message in room.messages():
        message.locations = []
    file = BytesIO()
    write_po(file, room.catalogue, sort_output=True, width=100)
    return NOISE.sub("", file.getvalue().decode()).strip() + "\n"


if __name__ == "__main__":
    write_missing()
