"""Texts that staff write are checked, bounded and cannot reach the machine (XX-07)."""

import pytest

from dougong.core.services.messages.kinds import Wording
from dougong.core.services.messages.rules import Medium
from dougong.core.services.messages.texts import TextRefused, check, plain, write

VALUES = {"name": "王芳", "what": "<保养>", "none": ""}


def refused(body: str, subject: str = "S", medium: Medium = Medium.MAIL) -> TextRefused:
    with pytest.raises(TextRefused) as caught:
        check(Wording(body, subject), medium, VALUES)
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for c in name %}{{ c }}{% endfor %}",
        "{{ 'a' * 10**9 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ name.__class__.__mro__ }}",
        "{{ name['x'] }}",
        "{{ name() }}",
        "{{ name ~ name }}",
        "{% set x = name %}{{ x }}",
        "{% include 'x' %}",
        "{% macro m() %}{% endmacro %}",
        "{{ name|center(1000000000) }}",
        "{{ what|safe }}",
        "{{ name|nonsense }}",
        "{% if name is callable %}x{% endif %}",
        "{{ " + "(" * 5000 + "name" + ")" * 5000 + " }}",
        "{{ " + "9" * 10_000 + " }}",
    ],
)
def test_what_does_more_than_write_values_is_refused_at_its_field(body: str) -> None:
    assert refused(body).field == "body"


def test_an_unknown_value_is_named() -> None:
    assert "nmae" in str(refused("{{ nmae }}"))
    assert refused("x", subject="{{ range }}").field == "subject"


def test_a_slip_of_the_pen_says_which_line() -> None:
    assert "2" in str(refused("{{ name }}\n{{ name }"))


@pytest.mark.parametrize(
    ("body", "subject", "medium", "field"),
    [
        (" ", "S", Medium.MAIL, "body"),
        ("x", " ", Medium.MAIL, "subject"),
        ("x" * 20_001, "S", Medium.MAIL, "body"),
        ("x" * 501, "", Medium.SMS, "body"),
    ],
)
def test_empty_and_endless_texts_are_refused(
    body: str, subject: str, medium: Medium, field: str
) -> None:
    assert refused(body, subject, medium).field == field


def test_values_are_written_in() -> None:
    source = "{{ name }}{% if none %}!{% else %}，您好{% endif %} {{ none|default('-', true) }}"
    written = write(Wording(source, "{{ name }}\n{{ what }}"), Medium.MAIL, VALUES)
    assert written == Wording("王芳，您好 -", "王芳 <保养>")


def test_html_escapes_values_and_has_plain_words() -> None:
    written = write(Wording("<p>{{ what }}</p>", "S", html=True), Medium.MAIL, VALUES)
    assert written.body == "<p>&lt;保养&gt;</p>"
    assert plain(written.body) == "<保养>"


def test_a_message_that_grows_too_long_by_its_values_is_refused() -> None:
    with pytest.raises(TextRefused, match="500"):
        write(Wording("{{ name }}"), Medium.SMS, {"name": "x" * 501})
