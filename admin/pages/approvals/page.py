"""The page of approvals: what waits for me, what I asked, and all of the branch (XX-03)."""

from collections.abc import Collection
from typing import Any, Final

from flask import abort, flash, redirect, request, url_for
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from dougong.admin.pages.approvals.shown import shown, waits
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose, operation
from dougong.admin.words import word_for
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.approvals.api import (
    Approval,
    ApprovalEntry,
    ApprovalState,
    Verdict,
    authority,
    case_of,
    decide,
    waiting_for,
    withdraw,
)

AT_ONCE: Final = 20
OVERSEE: Final = "oversee"


def waiting_here(branches: Collection[int]) -> list[Approval]:
    """What the person at the desk may decide now at these branches, the oldest first."""
    me = desk().scope.user_id
    if me is None:
        return []
    session = current_session()
    asked = select(Approval.branch_id).where(
        Approval.state == ApprovalState.WAITING, Approval.branch_id.in_(branches)
    )
    found = [
        row
        for branch_id in session.scalars(asked.distinct().order_by(Approval.branch_id)).all()
        for row in waiting_for(session, branch_id, me)
    ]
    return sorted(found, key=lambda row: (row.asked_at, row.id))


def count_waiting(branches: Collection[int]) -> int:
    """How many requests wait for the person at the desk."""
    return len(waiting_here(branches))


class ApprovalPage(PageView):
    """Requests for approval, with their content, where they stand, and the two answers."""

    path = "approvals"
    title = lazy("Approvals")
    entity = "core.approval"

    @expose("/")
    def index(self) -> Any:
        """What waits for me, to be answered in place; in other tabs what I asked, and all."""
        tab = request.args.get("tab", "")
        waiting = waiting_here(self.branches())
        if tab == "asked":
            return self._list("asked", len(waiting), self._asked())
        if tab == "all":
            if not self._overseen():
                abort(403)
            return self._list("all", len(waiting), self._all())
        return self.render(
            "dougong/approvals.html", tabs=self._tabs("", len(waiting)),
            waiting=shown(waiting[:AT_ONCE]), more=max(len(waiting) - AT_ONCE, 0), waits=waits,
        )  # fmt: skip

    @expose("/<int:key>/")
    def one(self, key: int) -> Any:
        """One request with its history."""
        row = self._visible(key)
        return self.render("dougong/approval.html", request_shown=shown([row])[0], waits=waits)

    @operation(Operation.READ)
    @expose("/<int:key>/decide/", methods=("POST",))
    def decide(self, key: int) -> Any:
        """Say yes or no: who may is the policy's to say, and the service asks it."""
        self._visible(key)
        verdict = request.form.get("verdict", "")
        if verdict not in list(Verdict):
            abort(400)
        row = decide(current_session(), key, Verdict(verdict), request.form.get("reason", ""))
        flash(*_told(row, Verdict(verdict)))
        return redirect(self._next(row), 303)

    @operation(Operation.READ)
    @expose("/<int:key>/withdraw/", methods=("POST",))
    def withdraw(self, key: int) -> Any:
        """Take one's own request back."""
        self._visible(key)
        withdraw(current_session(), key, request.form.get("reason", ""))
        flash(gettext("The request is withdrawn."), "success")
        return redirect(url_for("approvals.one", key=key), 303)

    def _next(self, row: Approval) -> str:
        """The list while more waits for him, else the request he decided."""
        more = waiting_here(self.branches())
        return url_for("approvals.index") if more else url_for("approvals.one", key=row.id)

    def _visible(self, key: int) -> Approval:
        """The request, if it is any of his business; 404 otherwise."""
        row = current_session().scalars(
            select(Approval).options(*_LOADED).where(
                Approval.id == key, Approval.branch_id.in_(self.branches())
            )
        ).one_or_none()  # fmt: skip
        if row is None or not self._concerns(row):
            abort(404)
        return row

    def _concerns(self, row: Approval) -> bool:
        me = desk().scope.user_id
        if me is None:
            return False
        if me in (row.asked_by_id, row.asked_for_id) or row.branch_id in self._overseen():
            return True
        decided = select(ApprovalEntry.id).where(
            ApprovalEntry.approval_id == row.id, ApprovalEntry.user_id == me
        )
        if current_session().scalars(decided.limit(1)).first() is not None:
            return True
        return authority(case_of(current_session(), row), me) is not None

    def _overseen(self) -> frozenset[int]:
        return self.branches(OVERSEE)

    def _asked(self) -> Select[Approval]:
        me = desk().scope.user_id
        mine = or_(Approval.asked_by_id == me, Approval.asked_for_id == me)
        return select(Approval).where(mine, Approval.branch_id.in_(self.branches()))

    def _all(self) -> Select[Approval]:
        found = select(Approval).where(Approval.branch_id.in_(self._overseen()))
        state = request.args.get("state", "")
        return found.where(Approval.state == state) if state in list(ApprovalState) else found

    def _list(self, tab: str, waiting: int, found: Select[Approval]) -> Any:
        before = request.args.get("before", type=int)
        page = found.where(Approval.id < before) if before is not None else found
        page = page.options(*_LOADED).order_by(Approval.id.desc()).limit(AT_ONCE + 1)
        rows = current_session().scalars(page).all()
        kept: dict[str, Any] = {k: v for k, v in request.args.items() if k in ("tab", "state")}
        older = (
            url_for("approvals.index", **kept, before=rows[AT_ONCE - 1].id)
            if len(rows) > AT_ONCE
            else ""
        )
        return self.render(
            "dougong/approvals_list.html", tabs=self._tabs(tab, waiting), tab=tab,
            rows=shown(rows[:AT_ONCE]), older_url=older,
            states=[(state.value, word_for(state)) for state in ApprovalState],
            state=request.args.get("state", ""),
        )  # fmt: skip

    def _tabs(self, chosen: str, waiting: int) -> list[dict[str, Any]]:
        """The tabs as links; who oversees nothing has no third one."""
        tabs = [("", lazy("Waiting for me"), waiting), ("asked", lazy("My requests"), 0)]
        if self._overseen():
            tabs.append(("all", lazy("All requests"), 0))
        return [
            {"label": label, "count": count, "current": key == chosen,
             "url": url_for("approvals.index", tab=key or None)}
            for key, label, count in tabs
        ]  # fmt: skip


_LOADED: Final = (joinedload(Approval.asked_by), joinedload(Approval.asked_for))


def _told(row: Approval, verdict: Verdict) -> tuple[str, str]:
    """What happened by his answer."""
    if row.state is ApprovalState.VOIDED:
        return gettext("It has changed since it was asked: the request is void."), "warning"
    if verdict is Verdict.REFUSE:
        return gettext("The request is refused."), "success"
    if row.state is ApprovalState.APPROVED:
        return gettext("The request is approved."), "success"
    return gettext("Your yes is noted; others decide as well."), "success"
