"""Fixtures of the after-sales tests."""

import pytest

from dougong.core.scope import Scope
from dougong.core.testing import World
from tests.plugins.aftersales.desk import Desk, furnish


@pytest.fixture
def desk(world: World) -> Desk:
    """东区 with after-sales on, a customer and a technician."""
    with world.session(Scope.kernel("test")) as session:
        made = furnish(session, world.east)
        session.commit()
        return made
