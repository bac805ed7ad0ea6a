"""Forms grouped in sections; fields the person may not see leave no gap."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_admin.form import rules

from dougong.admin.contributions import Text


@dataclass(frozen=True, slots=True)
class Section:
    """A group of form fields under a heading."""

    title: Text
    fields: tuple[str, ...]
    note: Text = ""


class _Present(rules.Field):  # type: ignore[misc]
    """A field, if this person's form has it."""

    def __call__(self, form: Any, form_opts: Any = None, field_args: Any = None) -> Any:
        if self.field_name not in form._fields:
            return ""
        return super().__call__(form, form_opts, field_args)


class _Group(rules.Container):  # type: ignore[misc]
    """A section, if any of its fields is there."""

    def __init__(self, section: Section) -> None:
        fields = rules.NestedRule([_Present(name) for name in section.fields])
        super().__init__("lib.form_section", fields, title=section.title, note=section.note)

    def __call__(self, form: Any, form_opts: Any = None, field_args: Any = None) -> Any:
        if not any(name in form._fields for name in self.visible_fields):
            return ""
        return super().__call__(form, form_opts, field_args)


def as_rules(sections: Iterable[Section]) -> list[Any]:
    """Flask-Admin's form rules for these sections."""
    return [_Group(section) for section in sections]


def names_in(sections: Iterable[Section]) -> tuple[str, ...]:
    """Every field named in the sections, in order."""
    return tuple(name for section in sections for name in section.fields)
