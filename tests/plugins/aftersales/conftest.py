"""Fixtures of the after-sales tests; ``furnished`` is the admin's."""

import pytest

from dougong.core.scope import Scope
from dougong.core.testing import World
from tests.admin.conftest import furnished
from tests.plugins.aftersales.desk import Desk, furnish

__all__ = ["desk", "furnished"]


@pytest.fixture
def desk(world: World) -> Desk:
    """东区 with after-sales on, a customer and a technician."""
    with world.session(Scope.kernel("test")) as session:
        made = furnish(session, world.east)
        session.commit()
        return made
