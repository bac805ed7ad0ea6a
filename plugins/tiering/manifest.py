"""Who tiering is."""

from typing import Final

from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest

MANIFEST: Final = Manifest(
    name="tiering",
    title=lazy("Customer levels"),
    summary=lazy("Grades every customer A, B or C by recency, frequency and money of purchases."),
    version="0.1.0",
    core=">=0.1,<0.2",
)
