"""Who the plugin is: data only."""

from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest

MANIFEST = Manifest(
    name="stampcard",
    title=lazy("Stamp cards"),
    summary=lazy("Each order earns a stamp; a full card is worth a gift."),
    version="0.1.0",
    core=">=0.1,<0.2",
)
