"""The hook of approvals; the marker for implementations is that of ``dougong.core.hookspecs``."""

from dougong.core.hookspecs import hookspec
from dougong.core.services.approvals.kinds import ApprovalKind

# --- boot ---------------------------------------------------------------------------------------


@hookspec
def register_approval_kinds() -> list[ApprovalKind]:
    """Declare what staff can ask an approval for (XX-03).

    Called once per process, at boot; a kind is offered only at branches where the plugin is on.
    Returns ``ApprovalKind`` rows, each with the steps that hold where a branch has no policy.
    Example: ``return [ApprovalKind(code="credit.lift", title=lazy("Above the limit"), ...)]``.
    Since 0.1.
    """
    raise NotImplementedError
