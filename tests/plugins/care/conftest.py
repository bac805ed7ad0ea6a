"""Fixtures of the care tests; ``furnished`` is the admin's."""

import pytest

from dougong.core.scope import Scope
from dougong.core.testing import World
from tests.admin.conftest import furnished
from tests.plugins.care.people import People, settle

__all__ = ["furnished", "people"]


@pytest.fixture
def people(world: World) -> People:
    """东区 with care on and a key customer."""
    with world.session(Scope.kernel("test")) as session:
        made = settle(session, world.east)
        session.commit()
        return made
