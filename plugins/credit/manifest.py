"""Who credit is, and which acts must not go on without it."""

from typing import Final

from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest

MANIFEST: Final = Manifest(
    name="credit",
    title=lazy("Credit limits"),
    summary=lazy("Refuses orders and deliveries that would pass what a customer may owe."),
    version="0.1.0",
    core=">=0.1,<0.2",
    guards=("confirm_order", "release_delivery", "merge_customers"),
)
