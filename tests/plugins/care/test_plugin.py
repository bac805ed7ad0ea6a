"""Care keeps the promises of every plugin."""

from dougong.admin.testing import ScreenContract
from dougong.core.testing import PluginContract


class TestCare(PluginContract):
    """The contract of the care plugin."""

    plugin = "care"


class TestCareScreens(ScreenContract):
    """Its screens, where there is nothing yet and where it is off."""

    plugin = "care"
