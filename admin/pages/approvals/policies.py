"""The branch's policies: for each kind of request the steps as lines, and who would decide."""

from collections.abc import Sequence
from typing import Any, Final

from flask import abort, flash, redirect, request, url_for
from sqlalchemy import select
from wtforms import Form, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from dougong.admin.formats import moment_text, money_text
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose
from dougong.admin.views.fields import MoneyInput
from dougong.admin.views.guard import undo
from dougong.core.entities.people import Role, User
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.approvals.api import (
    MOST_APPROVERS,
    MOST_STEPS,
    ApprovalKind,
    Approver,
    ApproverKind,
    Forecast,
    Policy,
    PolicyFlawed,
    Step,
    foresee,
    kinds_at,
    members_of,
    policy_at,
    versions_of,
    write_policy,
)
from dougong.core.values import Money

BLANK: Final = 2
"""So many empty lines stand below the steps there are."""
HOURS: Final = [Optional(), NumberRange(0, 8760)]
LEVELS: Final = (1, 2, 3)


class StepForm(Form):
    """One step: its places, how many of them, from which amount on, and its hours."""

    first = SelectField(_("Who decides"))
    second = SelectField(_("and beside him"))
    third = SelectField(_("and beside them"))
    needed = SelectField(_("How many say yes"), coerce=int, choices=[
        (0, _("all of them")), (1, _("any one of them")), (2, _("any two of them")),
    ])  # fmt: skip
    from_amount = MoneyInput(_("From this amount on"), description=_("Empty: for every amount."))
    remind = IntegerField(_("Remind every (hours)"), HOURS)
    due = IntegerField(_("Goes up after (hours)"), HOURS)
    expire = IntegerField(_("Runs out after (hours)"), HOURS)

    @property
    def approvers(self) -> tuple[Approver, ...]:
        """Whom the line names."""
        chosen = (self.first.data, self.second.data, self.third.data)
        return tuple(_approver(word) for word in chosen if word)

    def step(self, currency: str) -> Step:
        """The line as a step."""
        minor = self.from_amount.data
        return Step(
            self.approvers, min(self.needed.data or 0, len(self.approvers)),
            Money(minor, currency) if minor else None, self.remind.data or 0, self.due.data or 0,
            self.expire.data or 0,
        )  # fmt: skip


class TrialForm(Form):
    """Who asks for how much?"""

    asker = SelectField(_("Asked by"), coerce=int)
    amount = MoneyInput(_("Amount"))


class PolicyPage(PageView):
    """Which steps a request takes at this branch, by kind; each change is a new version."""

    path = "approval-policies"
    title = lazy("Approval policies")
    entity = "core.approval_policy"

    @expose("/")
    def index(self) -> Any:
        """Every kind that can be asked for here, with its steps in words."""
        branch_id = self._branch()
        session = current_session()
        kinds = sorted(kinds_at(session, branch_id).values(), key=lambda kind: kind.code)
        said = [(kind, policy_at(session, branch_id, kind)) for kind in kinds]
        return self.render(
            "dougong/approval_policies.html",
            policies=[(kind, policy, sentences(policy.steps)) for kind, policy in said],
            place=_place_name(branch_id),
        )  # fmt: skip

    @expose("/<kind>/", methods=("GET", "POST"))
    def edit(self, kind: str) -> Any:
        """The steps as lines; below, who would have to approve."""
        branch_id = self._branch()
        chosen = kinds_at(current_session(), branch_id).get(kind) or abort(404)
        policy = policy_at(current_session(), branch_id, chosen)
        if request.method == "POST":
            return self._save(branch_id, chosen, policy)
        lines = _lines(policy.steps, _choices(branch_id))
        return self._page(branch_id, chosen, policy, lines)

    def _save(self, branch_id: int, kind: ApprovalKind, policy: Policy) -> Any:
        lines = _sent_lines(_choices(branch_id))
        currency = _currency(branch_id)
        checked = [line.validate() for line in lines]  # every line tells its errors
        if not all(checked):
            undo()
            return self._page(branch_id, kind, policy, lines)
        kept = [line for line in lines if line.approvers]
        try:
            steps = [line.step(currency) for line in kept]
            written = write_policy(current_session(), branch_id, kind.code, steps)
        except PolicyFlawed as flaw:
            undo()
            _put(flaw, kept or lines)
            return self._page(branch_id, kind, policy, lines)
        flash(_saved(policy, written), "success")
        return redirect(url_for("approval-policies.edit", kind=kind.code), 303)

    def _page(
        self, branch_id: int, kind: ApprovalKind, policy: Policy, lines: list[StepForm]
    ) -> Any:
        trial = TrialForm(request.args)
        trial.asker.choices = _people(branch_id)
        return self.render(
            "dougong/approval_policy.html", kind=kind, policy=policy, lines=lines, trial=trial,
            forecast=_forecast(branch_id, policy, trial), said=sentences,
            may=self.allows(Operation.UPDATE), place=_place_name(branch_id),
            versions=_versions(branch_id, kind.code), money_text=money_text,
        )  # fmt: skip

    def _branch(self) -> int:
        """The current branch; of several the first, as elsewhere where one must be meant."""
        home = desk().scope.home
        return home if home is not None else min(self.branches())


def sentences(steps: Sequence[Step]) -> list[str]:
    """Each step in words: who, how many of them, from which amount on."""
    roles = _role_names()
    return [_sentence(step, roles) for step in steps]


def _sentence(step: Step, roles: dict[str, str]) -> str:
    who = [_said(approver, roles) for approver in step.approvers]
    if len(who) == 1:
        said = who[0]
    elif step.count == len(who):
        said = gettext("all of: %(who)s", who=", ".join(who))
    elif step.count == 1:
        said = gettext("any one of: %(who)s", who=", ".join(who))
    else:
        said = gettext("any two of: %(who)s", who=", ".join(who))
    if step.from_amount is None:
        return said
    return gettext("from %(amount)s: %(who)s", amount=step.from_amount, who=said)


def _said(approver: Approver, roles: dict[str, str]) -> str:
    if approver.kind is ApproverKind.ROLE:
        return gettext(roles.get(approver.role, approver.role))
    if approver.kind is ApproverKind.PERSON:
        user = current_session().get(User, approver.user_id)
        return user.name if user is not None else "—"
    return _level(approver.level)


def _level(level: int) -> str:
    return {
        1: gettext("the asker's supervisor"), 2: gettext("two above the asker"),
        3: gettext("three above the asker"),
    }.get(level, gettext("the top of the asker's line"))  # fmt: skip


def _choices(branch_id: int) -> dict[str, list[tuple[str, str]]]:
    """Whom a place may name: roles, the asker's line, people of the branch."""
    return {
        "": [("", "—")],
        gettext("Roles"): [(f"role:{c}", gettext(n)) for c, n in _role_names().items()],
        gettext("Supervisors"): [(f"above:{level}", _level(level)) for level in LEVELS],
        gettext("People"): [(f"person:{key}", name) for key, name in _people(branch_id)],
    }


def _role_names() -> dict[str, str]:
    found = current_session().execute(select(Role.code, Role.name).order_by(Role.name))
    return dict(found.all())


def _people(branch_id: int) -> list[tuple[int, str]]:
    return members_of(current_session(), branch_id)


def _approver(word: str) -> Approver:
    what, _colon, value = word.partition(":")
    if what == "role":
        return Approver(ApproverKind.ROLE, role=value)
    if what == "above":
        return Approver(ApproverKind.SUPERVISOR, level=int(value))
    return Approver(ApproverKind.PERSON, user_id=int(value))


def _word(approver: Approver) -> str:
    if approver.kind is ApproverKind.ROLE:
        return f"role:{approver.role}"
    if approver.kind is ApproverKind.SUPERVISOR:
        return f"above:{approver.level}"
    return f"person:{approver.user_id}"


def _lines(steps: Sequence[Step], choices: Any) -> list[StepForm]:
    """The steps there are as lines, and room for more."""
    count = min(len(steps) + BLANK, MOST_STEPS)
    lines = [_line(None, number, choices) for number in range(1, count + 1)]
    for line, step in zip(lines, steps, strict=False):
        words = [*map(_word, step.approvers), *[""] * MOST_APPROVERS]
        line.first.data, line.second.data, line.third.data = words[:MOST_APPROVERS]
        line.needed.data = 0 if step.count == len(step.approvers) else step.count
        line.from_amount.data = step.from_amount.minor if step.from_amount else None
        line.remind.data, line.due.data = step.remind_hours, step.due_hours
        line.expire.data = step.expire_hours
    return lines


def _sent_lines(choices: Any) -> list[StepForm]:
    sent = [n for n in range(1, MOST_STEPS + 1) if f"s{n}-first" in request.form]
    return [_line(request.form, number, choices) for number in sent]


def _line(sent: Any, number: int, choices: Any) -> StepForm:
    line = StepForm(sent, prefix=f"s{number}-")
    for field in (line.first, line.second, line.third):
        field.choices = choices
    if sent is None:
        line.remind.data = 24
    return line


def _put(flaw: PolicyFlawed, lines: Sequence[StepForm]) -> None:
    """Tell what is wrong at the line it is wrong in."""
    number = int(flaw.field.rpartition("-")[2])
    line = lines[min(number, len(lines)) - 1]
    line.first.errors = [*line.first.errors, str(flaw)]


def _forecast(branch_id: int, policy: Policy, trial: TrialForm) -> Forecast | None:
    if "asker" not in request.args or not trial.validate():
        return None
    minor = trial.amount.data
    amount = None if minor is None else Money(minor, _currency(branch_id))
    return foresee(current_session(), branch_id, policy.steps, trial.asker.data, amount)


def _versions(branch_id: int, code: str) -> list[dict[str, object]]:
    return [
        {"time": moment_text(row.created_at, branch_id), "actor": author or "",
         "title": gettext("Version %(version)s", version=row.version), "icon": "clock",
         "kind": "neutral", "url": "", "text": ""}
        for row, author in versions_of(current_session(), branch_id, code)
    ]  # fmt: skip


def _saved(before: Policy, now: Policy) -> str:
    if now.version == before.version:
        return gettext("Nothing was changed.")
    return gettext(
        "Version %(version)s holds from now on; requests that run keep theirs.",
        version=now.version,
    )


def _currency(branch_id: int) -> str:
    identity = desk().identity
    place = identity.place(branch_id) if identity is not None else None
    return place.currency if place is not None else "CNY"


def _place_name(branch_id: int) -> str:
    identity = desk().identity
    place = identity.place(branch_id) if identity is not None else None
    return place.name if place is not None else ""
