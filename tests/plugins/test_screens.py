"""The bundled plugins keep what plugins with screens promise."""

from dougong.admin.testing import ScreenContract


class TestTiering(ScreenContract):
    """Badge, columns, panel and graded list."""

    plugin = "tiering"


class TestCredit(ScreenContract):
    """Gauge, column, accounts and ledger."""

    plugin = "credit"


class TestAftersales(ScreenContract):
    """Register, contracts, renewals, technicians."""

    plugin = "aftersales"


class TestCare(ScreenContract):
    """Activities and next occasions."""

    plugin = "care"
