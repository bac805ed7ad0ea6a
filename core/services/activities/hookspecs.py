"""The hooks of activities: what kinds there are, and for whom duties may be."""

from dougong.core.hookspecs import hookspec
from dougong.core.services.activities.kinds import ActivityKind, Audience

# --- boot ---------------------------------------------------------------------------------------


@hookspec
def register_activity_kinds() -> list[ActivityKind]:
    """Declare the kinds of activity the plugin plans, each with the results it may have (XX-01).

    Called once per process, at boot.
    Returns ``ActivityKind`` rows; on desks they speak only at branches where the plugin is on.
    Example: ``return [ActivityKind(code="care.birthday", title=lazy("Birthday"))]``.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def register_audiences() -> list[Audience]:
    """Declare groups of customers for which a branch may set up recurring duties (AR-08).

    Called once per process, at boot; a duty comes round only where the plugin is on.
    Returns ``Audience`` rows.
    Example: ``return [Audience("tiering.a", lazy("Customers of level A"), in_level_a)]``.
    Since 0.1.
    """
    raise NotImplementedError
