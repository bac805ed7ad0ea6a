"""The identity card of the after-sales plugin."""

from typing import Final

from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest

MANIFEST: Final = Manifest(
    name="aftersales",
    title=lazy("After-sales"),
    summary=lazy(
        "Service calls with a promised arrival, technicians, maintenance contracts and their"
        " renewal."
    ),
    version="0.1.0",
    core=">=0.1,<0.2",
    cooperates=("tiering",),
)
