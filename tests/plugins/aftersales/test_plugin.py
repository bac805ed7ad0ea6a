"""After-sales keeps the promises of every plugin."""

from dougong.admin.testing import ScreenContract
from dougong.core.testing import PluginContract


class TestAftersales(PluginContract):
    """The contract of the after-sales plugin."""

    plugin = "aftersales"


class TestAftersalesScreens(ScreenContract):
    """Its screens, where there is nothing yet and where it is off."""

    plugin = "aftersales"
