"""Where sales touches the world: always on, at every branch."""

from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.services.sales.checks import sales_checks


@hookimpl
def register_checks() -> list[Check]:
    """Kept sums equal their documents."""
    return sales_checks()
