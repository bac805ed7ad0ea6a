"""How approvals say no."""

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.services.approvals.rules import ApprovalState


class PersonNeeded(Refusal):
    """A job, a command or the system itself tried to ask or to decide."""

    code = "core.approval_person"

    def __init__(self) -> None:
        super().__init__(lazy("Only a person who is logged in asks and decides."))


class AskedAlready(Refusal):
    """The same is asked already, or approved and not used yet."""

    code = "core.approval_asked"

    def __init__(self) -> None:
        super().__init__(
            lazy("An approval of this is asked for already."),
            next_step=lazy("See under Approvals where it stands."),
        )


class NobodyDecides(Refusal):
    """A step that nobody could decide: everybody it names is missing or barred (XX-03)."""

    code = "core.approval_nobody"

    def __init__(self, who: LazyText | str) -> None:
        super().__init__(
            lazy("Nobody could decide this: it takes %(who)s, other than you.", who=who),
            next_step=lazy("Give somebody the role, or let the policy name somebody else."),
        )


class MayNotDecide(Refusal):
    """Not his to decide: his own request, not an approver, or he has decided already (XX-03)."""

    code = "core.approval_not_yours"


class NotOpen(Refusal):
    """The request has ended, or its time is over."""

    code = "core.approval_closed"

    def __init__(self, state: ApprovalState) -> None:
        super().__init__(
            _CLOSED[state], next_step=lazy("Ask for a new approval where it is still needed.")
        )


class NotApproved(Refusal):
    """There is no approval of exactly this that could be used."""

    code = "core.not_approved"

    def __init__(self) -> None:
        super().__init__(
            lazy("This is not approved as it stands now, or the approval was used already."),
            next_step=lazy("Ask for an approval."),
        )


_CLOSED = {
    ApprovalState.WAITING: lazy("This request has run out of time."),
    ApprovalState.EXPIRED: lazy("This request has run out of time."),
    ApprovalState.APPROVED: lazy("This request is approved already."),
    ApprovalState.USED: lazy("This approval was used already."),
    ApprovalState.REFUSED: lazy("This request was refused."),
    ApprovalState.WITHDRAWN: lazy("This request was withdrawn."),
    ApprovalState.VOIDED: lazy("What was asked about has changed; the request is void."),
}
