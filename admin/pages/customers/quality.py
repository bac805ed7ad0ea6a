"""The panel of one customer's page: how complete, what to mend, what was verified when (AR-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, url_for
from markupsafe import Markup

from dougong.admin.contributions import Cell, Column, Tone
from dougong.admin.formats import day_text, number_text, zone_here
from dougong.admin.pages.customers.findings import (
    KINDS,
    TONES,
    URGENCY,
    field_word,
    finding_text,
    mending_url,
)
from dougong.admin.screens import Drawn
from dougong.admin.sessions import current_session, desk
from dougong.core.entities.customer import Customer
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.archive.api import (
    CODES,
    CONTACT,
    WEIGHTS,
    ArchiveFinding,
    Dossier,
    Facet,
    FieldCheck,
    FindingKind,
    Question,
    checks_of,
    find_findings,
    quality_of,
    scores_of,
)

ENTITY: Final = "core.archive"
GOOD, FAIR = 80, 50
"""From which score on an archive looks well, and from which it does not look ill."""
SHOWN: Final = 6
MOST: Final = 50
FACETS: Final = (Facet.PHONE, Facet.ADDRESS, Facet.CONTACTS)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the panel."""

    text: str
    tone: str
    hint: str
    url: str


def tone_of_score(score: int) -> Tone:
    """How a score looks."""
    return Tone.SUCCESS if score >= GOOD else Tone.WARNING if score >= FAIR else Tone.DANGER


def archive_panels(customer: Customer) -> list[Drawn]:
    """The panel, for who may read it; a closed customer has none."""
    if not desk().scope.allows(Operation.READ, ENTITY, customer.branch_id):
        return []
    quality = quality_of(current_session(), customer.id)
    if quality is None:
        return []
    asked = Question(branches=[customer.branch_id], customer_id=customer.id)
    flaws = sorted(find_findings(current_session(), asked, MOST), key=_by_urgency)
    body = render_template(
        "archive/panel.html", score=quality.score, tone=tone_of_score(quality.score),
        lines=[_line(flaw) for flaw in flaws[:SHOWN]], more=len(flaws) - SHOWN,
        checks=_checks(customer, flaws),
        more_url=url_for("archive.index", customer=customer.id),
    )  # fmt: skip
    return [Drawn("archive", lazy("Archive quality"), "check-circle", Markup(body))]  # noqa: S704 - our own template


def draft_of(customer: Customer) -> Dossier:
    """What a customer who is about to be written down is compared by."""
    profile = getattr(customer, customer.kind)
    codes = {name: getattr(profile, name) for name in CODES if hasattr(profile, name)}
    return Dossier(
        id=customer.id or 0, branch_id=customer.branch_id, kind=customer.kind.value,
        name=customer.name, phone=customer.phone, codes=codes, created_at=current_session().now,
    )  # fmt: skip


def score_columns(branch_id: int, customer_ids: list[int]) -> list[Column]:
    """How complete each archive of the list is; one query."""
    if not desk().scope.allows(Operation.READ, ENTITY, branch_id):
        return []
    scores = scores_of(current_session(), branch_id, customer_ids)
    cells = {
        key: Cell(text=f"{number_text(score)}%", tone=tone_of_score(score))
        for key, score in scores.items()
    }
    return [
        Column(source="archive", key="score", title=lazy("Completeness"), cells=cells, order=90)
    ]


def _by_urgency(flaw: ArchiveFinding) -> tuple[int, int, int]:
    weight = WEIGHTS[flaw.customer.kind].get(flaw.field, 0)
    return URGENCY.index(flaw.kind), -weight, flaw.id


def _line(flaw: ArchiveFinding) -> Line:
    of_contact = flaw.subject_kind == CONTACT
    url = mending_url(flaw)
    text = finding_text(flaw.kind, flaw.field, of_contact=of_contact)
    return Line(text, TONES[flaw.kind], str(KINDS[flaw.kind]), url)


def _checks(customer: Customer, flaws: Sequence[ArchiveFinding]) -> list[dict[str, Any]]:
    """Who verified what, how long ago, and the button of today."""
    found = checks_of(current_session(), customer.id)
    may = desk().scope.allows(Operation.UPDATE, ENTITY, customer.branch_id)
    missing = {flaw.field for flaw in flaws if flaw.kind is FindingKind.MISSING}
    stale = {flaw.field for flaw in flaws if flaw.kind is FindingKind.STALE}
    return [
        {
            "name": field_word(facet), "text": _told(found.get(facet), customer.branch_id),
            "stale": facet in stale, "hint": _by(found.get(facet)),
            "url": url_for("archive.verify_field", customer_id=customer.id, facet=facet.value)
            if may and not _is_today(found.get(facet), customer.branch_id) else "",
        }
        for facet in FACETS
        if facet not in missing
    ]  # fmt: skip


def _told(check: FieldCheck | None, branch_id: int) -> str:
    if check is None:
        return gettext("never verified")
    days = _days_ago(check, branch_id)
    if not days:
        return gettext("verified today")
    return gettext("verified %(days)s days ago", days=number_text(days))


def _by(check: FieldCheck | None) -> str:
    if check is None:
        return ""
    day = day_text(check.checked_at.date())
    return f"{day} {check.user.name}" if check.user else day


def _is_today(check: FieldCheck | None, branch_id: int) -> bool:
    return check is not None and not _days_ago(check, branch_id)


def _days_ago(check: FieldCheck, branch_id: int) -> int:
    zone = zone_here(branch_id)
    now = current_session().now.astimezone(zone).date()
    return (now - check.checked_at.astimezone(zone).date()).days
