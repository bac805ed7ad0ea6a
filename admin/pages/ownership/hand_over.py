"""Handing customers over: choose, look at what would go along, do it (AR-07)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, request, url_for
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect

from dougong.admin.formats import customer_url, moment_text
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.lookup import whole_number
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.people import User
from dougong.core.errors import Refusal
from dougong.core.i18n import gettext, lazy
from dougong.core.services.ownership.api import (
    HandOver,
    Moving,
    hand_over,
    movings,
    owners,
    preview,
    without_owner,
)

LATEST: Final = 10
NAMED: Final = 8
"""So many chosen customers are named; of the others the page says how many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address or the form asks for: chosen customers or all of one person's, to whom."""

    customers: tuple[int, ...]
    giver: int | None
    receiver: int | None
    reason: str

    @classmethod
    def read(cls, sent: "MultiDict[str, str]") -> "Asked":
        """From the address (looking) or from the form (doing)."""
        keys = (whole_number(key) for key in sent.get("customers", "").split(","))
        return cls(
            tuple(dict.fromkeys(key for key in keys if key)), whole_number(sent.get("giver")),
            whole_number(sent.get("receiver")), sent.get("reason", "").strip()[:2000],
        )  # fmt: skip

    def movings(self, branch_id: int) -> list[Moving]:
        """What it comes to: one hand-over, or one for each owner of chosen customers."""
        if self.receiver is None:
            return []
        if self.customers:
            return movings(current_session(), branch_id, self.customers, self.receiver)
        if self.giver is None or self.giver == self.receiver:
            return []
        return [Moving(branch_id=branch_id, from_id=self.giver, to_id=self.receiver)]


class HandOverPage(PageView):
    """One page: who cannot answer for his customers any more, the choice, the look beforehand."""

    path = "hand-over"
    title = lazy("Hand over customers")
    entity = "core.customer"

    def is_accessible(self) -> bool:
        """For those who may hand over somewhere."""
        return self.allows("hand_over")

    @operation("hand_over")
    @expose("/")
    def index(self) -> Any:
        """Choose; with everything chosen, see what would go along."""
        branch_id = desk().scope.home
        if branch_id is None:
            return self.render("dougong/hand_over.html", here=False)
        return self._show(branch_id, Asked.read(request.args))

    @operation("hand_over")
    @expose("/do/", methods=("POST",))
    def carry_out(self) -> Any:
        """All of it in one transaction, or nothing."""
        branch_id = desk().scope.home
        asked = Asked.read(request.form)
        made = asked.movings(branch_id) if branch_id is not None else []
        if not made:
            raise Refusal(lazy("Choose what is to be handed over."))
        kept = [hand_over(current_session(), moving, asked.reason) for moving in made]
        count = sum(row.moved["core.customer"] for row in kept)
        name = current_session().get_one(User, kept[0].to_id).name
        flash(gettext("%(count)s customers now belong to %(name)s.", count=count, name=name),
              "success")  # fmt: skip
        return redirect(url_for("hand-overs.details_view", id=kept[-1].id), 303)

    def _show(self, branch_id: int, asked: Asked) -> Any:
        session = current_session()
        made = asked.movings(branch_id)
        return self.render(
            "dougong/hand_over.html",
            here=True, asked=asked, lost=without_owner(session, branch_id),
            givers=_givers(branch_id), receivers=owners(session, branch_id),
            chosen=_chosen(asked), works=_works(made), latest=_latest(branch_id),
            fields={"customers": ",".join(map(str, asked.customers)),
                    "giver": asked.giver or "", "receiver": asked.receiver or "",
                    "reason": asked.reason},
            names={user.id: user.name for user in _people(asked)},
        )  # fmt: skip


def _givers(branch_id: int) -> list[tuple[User, int]]:
    """Who owns customers here, with how many."""
    found = current_session().execute(
        select(User, func.count(Customer.id))
        .join(Customer, Customer.manager_id == User.id)
        .where(Customer.branch_id == branch_id, Customer.status != CustomerStatus.CLOSED)
        .group_by(User.id)
        .order_by(User.name, User.id)
    )
    return [(user, count) for user, count in found.all()]


def _chosen(asked: Asked) -> dict[str, Any]:
    """The names of the chosen customers, the first ones, and how many more there are."""
    first = select(Customer).where(Customer.id.in_(asked.customers)).order_by(Customer.id)
    rows = current_session().scalars(first.limit(NAMED)).all() if asked.customers else []
    shown = [(row.name, customer_url(row.id)) for row in rows]
    return {"rows": shown, "more": max(len(asked.customers) - len(shown), 0)}


def _works(made: Sequence[Moving]) -> list[tuple[str, int]]:
    """How much of each kind would go, over all the hand-overs it comes to."""
    total: Counter[str] = Counter()
    for moving in made:
        for work in preview(current_session(), moving):
            total[str(work.title)] += work.count
    return list(total.items())


def _people(asked: Asked) -> Sequence[User]:
    named = [key for key in (asked.giver, asked.receiver) if key is not None]
    return current_session().scalars(select(User).where(User.id.in_(named))).all()


def _latest(branch_id: int) -> list[tuple[str, tuple[object, ...]]]:
    newest = select(HandOver).where(HandOver.branch_id == branch_id)
    rows = current_session().scalars(newest.order_by(HandOver.id.desc()).limit(LATEST)).all()
    return [
        (url_for("hand-overs.details_view", id=row.id),
         (moment_text(row.at, branch_id), row.giver.name if row.giver else "—",
          row.receiver.name, sum(row.moved.values()), row.reason))
        for row in rows
    ]  # fmt: skip
