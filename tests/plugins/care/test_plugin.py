"""Care keeps the promises of every plugin."""

from dougong.core.testing import PluginContract


class TestCare(PluginContract):
    """The contract of the care plugin."""

    plugin = "care"
