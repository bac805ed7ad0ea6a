"""The hook of exchange: which kinds of record come and go as tables."""

from dougong.core.hookspecs import hookspec
from dougong.core.services.exchange.sheets import Sheet

# --- boot ---------------------------------------------------------------------------------------


@hookspec
def register_sheets() -> list[Sheet]:
    """Declare which of the plugin's records can be imported and exported (AR-02).

    Called once per process, at boot; a sheet is there at the branches where the plugin is on.
    Returns ``Sheet`` rows; their keys carry the plugin's name.
    Example: ``return [CONTRACTS]``.
    Since 0.1.
    """
    raise NotImplementedError
