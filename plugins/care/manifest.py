"""The identity card of the care plugin."""

from typing import Final

from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest

MANIFEST: Final = Manifest(
    name="care",
    title=lazy("Customer care"),
    summary=lazy(
        "Birthdays, solar and lunar, anniversaries and festivals become activities ahead of the"
        " day."
    ),
    version="0.1.0",
    core=">=0.1,<0.2",
    cooperates=("tiering",),
)
