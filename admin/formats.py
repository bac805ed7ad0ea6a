"""Values as a person reads them: money, instants, dates and states, in his language and zone."""

import re
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import url_for
from markupsafe import Markup, escape

from dougong.admin.contributions import Tone
from dougong.admin.sessions import current_session, desk
from dougong.admin.words import tone_of, word_for
from dougong.core.i18n import current_locale
from dougong.core.values import money_text as money_text  # part of the view kit

MASK = "••••••"
"""Stands for what the reader's clearance does not reach (AR-06)."""
NO_VALUE = "—"


def number_text(value: object) -> str:
    """A number with the reader's separators."""
    return format_decimal(value, locale=current_locale())  # type: ignore[arg-type]


def zone_here(branch_id: int | None = None) -> ZoneInfo:
    """The time zone of that branch, else of the current one, else of the person's first (XX-02)."""
    here = desk()
    if here.identity is None:
        return ZoneInfo("Asia/Shanghai")
    home = here.identity.place(branch_id or here.scope.home)
    place = home or next(iter(here.identity.places), None)
    return ZoneInfo(place.zone if place else "Asia/Shanghai")


def today_here() -> date:
    """Today in the current branch's zone (XX-02)."""
    return current_session().now.astimezone(zone_here()).date()


def moment_text(moment: datetime, branch_id: int | None = None) -> str:
    """An instant in the branch's zone, to the minute."""
    local = moment.astimezone(zone_here(branch_id))
    return format_datetime(local, "yyyy-MM-dd HH:mm", locale=current_locale())


def day_text(day: date) -> str:
    """A date the way lists show it: ``2026-03-02``."""
    return format_date(day, "yyyy-MM-dd", locale=current_locale())


def badge(text: object, tone: Tone | str, hint: object = "") -> Markup:
    """The status pill of the shell."""
    look = f"level-{tone}" if tone in ("a", "b", "c") else str(tone)
    title = f' title="{escape(hint)}"' if hint else ""
    shown = escape(str(text))
    return Markup(f'<span class="dg-badge is-{escape(look)}"{title}>{shown}</span>')  # noqa: S704 - escaped


def state_text(state: StrEnum) -> Markup | str:
    """A state in staff's words, as a pill where it has a tone."""
    tone = tone_of(state)
    return str(word_for(state)) if tone is None else badge(word_for(state), tone)


def customer_url(customer_id: int) -> str:
    """The address of the customer's page; needs a request, as every address does."""
    return url_for("customers.details_view", id=customer_id)


def dial_url(number: str | None) -> str:
    """The address that rings this number, without its extension; empty where there is none."""
    first = re.split(r"[转x#]|分机|ext", number or "", maxsplit=1)[0]
    digits = re.sub(r"[^\d+]", "", first)
    return f"tel:{digits}" if len(digits) > 2 else ""


def phone_text(number: str | None) -> Markup | str:
    """A number that a click rings."""
    url = dial_url(number)
    return Markup('<a href="{}">{}</a>').format(url, number) if url else number or ""


def number_cell(text: object) -> Markup:
    """Tabular figures, aligned right by the style sheet."""
    return Markup('<span class="dg-money">{}</span>').format(text)
