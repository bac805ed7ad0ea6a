"""Texts with values: checked when they are saved, bounded when they are written.

Staff write these, so they are taken as a stranger's: no loops, calls, attributes or arithmetic get
past the check, and what remains cannot run long or grow large.
"""

from collections.abc import Collection, Mapping
from typing import Final

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.services.messages.kinds import Wording
from dougong.core.services.messages.rules import Medium

LONGEST: Final[Mapping[Medium, int]] = {Medium.MAIL: 20_000, Medium.SMS: 500, Medium.CHAT: 2_000}
"""Characters of a body, in the text as written and in the message made of it."""
LONGEST_SUBJECT: Final = 200
LONGEST_VALUE: Final = 5_000
_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter,
    nodes.Test,
)  # fmt: skip
FILTERS: Final = frozenset({"default", "upper", "lower", "capitalize", "trim"})
_TESTS: Final = frozenset({"defined", "undefined", "none"})


def _environment(*, html: bool) -> SandboxedEnvironment:
    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=html, cache_size=0)
    made.globals.clear()  # nothing that a text may name but its values
    return made


_PLAIN: Final = _environment(html=False)
_HTML: Final = _environment(html=True)


class TextRefused(Refusal):
    """A text that cannot be used, told at its field (XX-07)."""

    code = "core.message_text"


def check(text: Wording, medium: Medium, known: Collection[str]) -> None:
    """Refuse a text that is empty, too long, or does more than write known values in."""
    if medium is Medium.MAIL and not text.subject.strip():
        raise TextRefused(lazy("A mail needs a subject."), field="subject")
    if not text.body.strip():
        raise TextRefused(lazy("Write what the message says."), field="body")
    _check_one(text.subject, "subject", LONGEST_SUBJECT, known)
    _check_one(text.body, "body", LONGEST[medium], known)


def _check_one(source: str, field: str, longest: int, known: Collection[str]) -> None:
    if len(source) > longest:
        raise TextRefused(lazy("At most %(count)s characters, please.", count=longest), field=field)
    try:
        tree = _PLAIN.parse(source)
    except TemplateSyntaxError as error:
        raise TextRefused(
            lazy("Line %(line)s cannot be read: %(why)s", line=error.lineno, why=error.message),
            field=field,
            next_step=lazy("A value is written like {{ name }}."),
        ) from error
    except (RecursionError, ValueError) as error:  # nested or numbers beyond reason
        raise TextRefused(_too_much(), field=field) from error
    _refuse_more_than_values(tree, field)
    unknown = sorted(find_undeclared_variables(tree) - set(known))
    if unknown:
        raise TextRefused(
            lazy("This message has no value %(names)s.", names=", ".join(unknown)),
            field=field,
            next_step=lazy("Its values are listed beside the text."),
        )


def _refuse_more_than_values(tree: nodes.Template, field: str) -> None:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TextRefused(_too_much(), field=field)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise TextRefused(
                lazy("The filter %(name)s is not offered here.", name=node.name), field=field
            )
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            raise TextRefused(_too_much(), field=field)


def _too_much() -> LazyText:
    return lazy("A text may name values and choose between words by if; it cannot count or repeat.")


def write(text: Wording, medium: Medium, values: Mapping[str, str]) -> Wording:
    """Write the values in; a subject is one line. Raises ``TextRefused`` with the field."""
    check(text, medium, values.keys())
    bounded = {name: value[:LONGEST_VALUE] for name, value in values.items()}
    html = text.html and medium is Medium.MAIL
    subject = _render(_PLAIN, text.subject, bounded, "subject")
    body = _render(_HTML if html else _PLAIN, text.body, bounded, "body")
    if len(body) > LONGEST[medium]:
        raise TextRefused(
            lazy("With its values the message has more than %(count)s characters.",
                 count=LONGEST[medium]), field="body",
        )  # fmt: skip
    one_line = " ".join(subject.split())[:LONGEST_SUBJECT]
    return Wording(subject=one_line, body=body.strip(), html=html)


def _render(
    environment: SandboxedEnvironment, source: str, values: Mapping[str, str], field: str
) -> str:
    try:
        return environment.from_string(source).render(values)
    except (TemplateError, TypeError) as error:
        raise TextRefused(
            lazy("The values cannot be written in: %(why)s", why=str(error)), field=field
        ) from error


def plain(body: str) -> str:
    """The words of an HTML body, for readers that show no HTML."""
    return Markup(body).striptags()  # noqa: S704 - only read, its tags are taken out
