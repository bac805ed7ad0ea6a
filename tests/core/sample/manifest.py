"""Who the sample is."""

from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest

MANIFEST = Manifest(
    name="sample",
    title=lazy("Sample"),
    summary=lazy("For tests."),
    version="1.0",
    core=">=0.1",
)
