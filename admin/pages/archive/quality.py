"""Archive quality of a branch: how it spreads, by manager, and everything to mend (AR-05)."""

from dataclasses import dataclass
from typing import Any, Final

from flask import abort, flash, request, url_for
from werkzeug.utils import redirect
from wtforms import Form, IntegerField
from wtforms.validators import InputRequired, NumberRange

from dougong.admin.formats import customer_url, day_text, number_text
from dougong.admin.pages.customers.findings import (
    FIELDS,
    KINDS,
    TONES,
    field_word,
    finding_text,
    mending_url,
)
from dougong.admin.pages.customers.quality import ENTITY, tone_of_score
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.guard import back_to, undo
from dougong.admin.views.lookup import whole_number
from dougong.admin.words import word_for
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.errors import NotFound
from dougong.core.i18n import form_text, gettext, lazy
from dougong.core.services.archive.api import (
    CONTACT,
    GREATEST_WEIGHT,
    LONGEST_LIMIT,
    WEIGHTS,
    CheckMeans,
    Facet,
    FindingKind,
    Question,
    Standard,
    figures_of,
    find_findings,
    set_standard,
    standard_at,
    verify,
    worst_of,
)

AT_ONCE: Final = 50
BETWEEN: Final = "__"


@dataclass(frozen=True, slots=True)
class Row:
    """One finding as the page shows it."""

    customer: Customer
    customer_url: str
    text: str
    kind: str
    tone: str
    url: str
    since: str


class QualityPage(PageView):
    """What the archives of the branch lack, and where it is mended."""

    path = "archive"
    title = lazy("Archive quality")
    entity = ENTITY

    @expose("/")
    def index(self) -> Any:
        """The figures, the worst archives and what is to be mended, a page at a time."""
        session, branches = current_session(), self.branches()
        figures = figures_of(session, branches)
        asked = self._question()
        found = find_findings(session, asked, AT_ONCE + 1)
        worst = [] if asked.narrows or asked.before else worst_of(session, branches)
        return self.render(
            "archive/quality.html", figures=figures, asked=request.args,
            rows=[_row(finding) for finding in found[:AT_ONCE]],
            worst=[(row, customer_url(row.customer_id), tone_of_score(row.score)) for row in worst],
            older_url=_older(found), kinds=[(k.value, KINDS[k]) for k in KINDS],
            fields=sorted(((n, str(w)) for n, w in FIELDS.items()), key=lambda pair: pair[1]),
            standard_url=url_for("archive.expected") if self._may_configure() else "",
            number=number_text,
        )  # fmt: skip

    def _question(self) -> Question:
        kind, field = request.args.get("kind", ""), request.args.get("field", "")
        return Question(
            branches=self.branches(),
            kind=FindingKind(kind) if kind in list(FindingKind) else None,
            field=field if field in FIELDS else "",
            manager_id=whole_number(request.args.get("manager")),
            customer_id=whole_number(request.args.get("customer")),
            before=whole_number(request.args.get("before")),
        )

    def _may_configure(self) -> bool:
        home = desk().scope.home
        return home is not None and desk().scope.allows("configure", ENTITY, home)

    @expose("/verify/<int:customer_id>/<facet>/", methods=("POST",))
    def verify_field(self, customer_id: int, facet: str) -> Any:
        """Somebody made sure of it today."""
        if facet not in list(Facet):
            abort(404)
        customer = current_session().get(Customer, whole_number(customer_id) or 0)
        if customer is None or not self.allows("update", customer):
            raise NotFound
        verify(current_session(), customer.id, Facet(facet), CheckMeans.CONFIRMED)
        flash(gettext("%(field)s: verified today.", field=field_word(facet)), "success")
        return redirect(back_to(customer_url(customer.id)), 303)

    @operation("configure")
    @expose("/expected/", methods=("GET", "POST"))
    def expected(self) -> Any:
        """What the branch expects of its archives."""
        branch_id = desk().scope.home
        if branch_id is None:
            abort(404)
        form = _standard_form(standard_at(current_session(), branch_id))
        if request.method == "GET" or not form.validate():
            undo()
            return self._ask(form)
        set_standard(current_session(), branch_id, _standard_of(form))
        flash(gettext("Saved; the archives are judged by it from tonight on."), "success")
        return redirect(url_for("archive.index"), 303)

    def _ask(self, form: Any) -> Any:
        sections = [
            {"title": word_for(kind), "note": gettext("Weights from 0, not expected, to 10."),
             "fields": [f"{kind.value}{BETWEEN}{name}" for name in WEIGHTS[kind]]}
            for kind in CustomerKind
        ]  # fmt: skip
        sections.append(
            {"title": gettext("Verified again after"), "note": gettext("In days; 0 means never."),
             "fields": [f"limit{BETWEEN}{facet.value}" for facet in Facet]}
        )  # fmt: skip
        return self.render(
            "dougong/settings_form.html", form=form, title=gettext("What is expected"),
            lead=gettext("Each field counts by its weight; all of them together are 100."),
            sections=sections, cancel_url=url_for("archive.index"), action="",
        )  # fmt: skip


def _standard_form(standard: Standard) -> Any:
    fields: dict[str, Any] = {}
    values: dict[str, int] = {}
    for kind, weights in WEIGHTS.items():
        chosen = standard.expected(kind)
        for name in weights:
            fields[f"{kind}{BETWEEN}{name}"] = _number(field_word(name), GREATEST_WEIGHT)
            values[f"{kind}{BETWEEN}{name}"] = chosen.get(name, 0)
    for facet in Facet:
        limit = standard.limit(facet)
        fields[f"limit{BETWEEN}{facet.value}"] = _number(field_word(facet), LONGEST_LIMIT)
        values[f"limit{BETWEEN}{facet.value}"] = limit.days if limit else 0
    made = type("StandardForm", (Form,), fields)
    return made(request.form or None, data=values)


def _number(label: str, most: int) -> IntegerField:
    bounds = NumberRange(0, most, form_text("From 0 to %(most)s.", most=most))
    return IntegerField(label, [InputRequired(), bounds], render_kw={"min": 0, "max": most})


def _standard_of(form: Any) -> Standard:
    weights: dict[str, dict[str, int]] = {}
    for full, field in form._fields.items():
        group, _, name = full.partition(BETWEEN)
        weights.setdefault(group, {})[name] = field.data
    return Standard(limits=weights.pop("limit"), weights=weights)


def _row(finding: Any) -> Row:
    customer = finding.customer
    of_contact = finding.subject_kind == CONTACT
    return Row(
        customer, customer_url(customer.id),
        finding_text(finding.kind, finding.field, of_contact=of_contact),
        str(KINDS[finding.kind]), TONES[finding.kind],
        mending_url(finding),
        day_text(finding.found_at.date()),
    )  # fmt: skip


def _older(found: Any) -> str:
    if len(found) <= AT_ONCE:
        return ""
    kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "before"}
    return url_for("archive.index", **kept, before=found[AT_ONCE - 1].id)
