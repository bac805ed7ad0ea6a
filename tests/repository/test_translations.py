"""Every text is there in both languages, with the same values in it."""

import pytest

from tests.repository.catalogues import Room, missing, rooms, stale, with_other_placeholders

EVERYTHING = rooms()
each_room = pytest.mark.parametrize("room", EVERYTHING, ids=lambda room: room.name)


@each_room
def test_every_text_is_translated(room: Room) -> None:
    lacking = missing(EVERYTHING, room)
    entries = "".join(f'\nmsgid "{text}"\nmsgstr ""\n' for text in lacking)
    assert not lacking, f"`make texts` writes these into {room.path}, then translate:{entries}"


@each_room
def test_catalogue_keeps_no_stale_text(room: Room) -> None:
    assert stale(room) == [], f"`make texts` removes them from {room.path}"


@each_room
def test_translations_name_the_same_values(room: Room) -> None:
    assert with_other_placeholders(room) == []


def test_rooms_translate_a_shared_text_alike() -> None:
    """All catalogues are read into one: where two differ, the order of loading would decide."""
    said: dict[str, dict[str, list[str]]] = {}
    for room in EVERYTHING:
        for message in room.messages():
            said.setdefault(str(message.id), {}).setdefault(str(message.string), []).append(
                room.name
            )
    torn = {text: ways for text, ways in said.items() if len(ways) > 1}
    assert not torn, "write another English text where another thing is meant"


def test_texts_are_found_in_code_and_catalogue() -> None:
    core = next(room for room in EVERYTHING if room.name == "core")
    assert "You are not allowed to do this." in core.used
