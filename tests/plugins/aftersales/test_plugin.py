"""After-sales keeps the promises of every plugin."""

from dougong.core.testing import PluginContract


class TestAftersales(PluginContract):
    """The contract of the after-sales plugin."""

    plugin = "aftersales"
