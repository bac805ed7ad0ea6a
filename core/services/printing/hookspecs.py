"""The hook of printing: papers that services and plugins bring."""

from dougong.core.hookspecs import hookspec
from dougong.core.services.printing.papers import Paper

# --- boot ---------------------------------------------------------------------------------------


@hookspec
def register_papers() -> list[Paper]:
    """Declare the forms that records of the plugin print as (XX-06).

    Called once per process, at boot; a paper is there only at branches where the plugin is on.
    Returns ``Paper`` rows, each with a template of the plugin that extends ``printing/sheet.html``.
    Example: the maintenance notice 保养到期通知书 of a renewal.
    Since 0.1.
    """
    raise NotImplementedError
