"""The hook of ownership."""

from typing import TYPE_CHECKING

from dougong.core.hookspecs import hookspec

if TYPE_CHECKING:
    from dougong.core.reader import Reader
    from dougong.core.services.ownership.moving import Moving, OwnedWork

# --- figures ------------------------------------------------------------------------------------


@hookspec
def owned_works(moving: "Moving", reader: "Reader") -> "list[OwnedWork]":
    """Count the plugin's open work that would go along with a hand-over (AR-07).

    Called when a hand-over is looked at beforehand, and again when it is done, for its record.
    Returns one count for each kind of work; the plugin moves it when it hears
    ``CustomersHandedOver``.
    Example: the renewals that the person is to win.
    Since 0.1.
    """
    raise NotImplementedError
