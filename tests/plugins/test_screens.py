"""The bundled plugins keep what plugins with screens promise."""

from pathlib import Path

import pytest

from dougong.admin.formats import customer_url
from dougong.admin.sessions import current_session, desk
from dougong.admin.testing import ScreenContract, seated
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.reader import Reader
from dougong.core.switches import enable
from dougong.core.testing import World
from dougong.plugins.credit.panels import card, panel


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


@pytest.mark.parametrize(("role", "may"), [("credit", True), ("technician", False)])
def test_panel_is_called_plainly_as_somebody_at_a_branch(
    world: World, tmp_path: Path, role: str, may: bool
) -> None:
    with world.at(world.east) as session:
        enable(session, world.east, "credit")
        customer = Customer(
            branch_id=world.east, code="C1", kind=CustomerKind.INDIVIDUAL, name="王芳"
        )
        session.add(customer)
        session.flush()
        key = customer.id
        session.commit()
    with seated(world, tmp_path, world.east, role) as session:
        reader = Reader(session)
        (shown,) = panel(session.get_one(Customer, key), reader)
        assert shown.context["may_agree"] is may
        assert [shown.url for shown in card(world.east, reader)] == ["/admin/credit/accounts/"]
        assert customer_url(key) == f"/admin/customers/details/?id={key}"
        assert session is current_session()
        assert session.scope.branches == {world.east}
        place = desk().place
        assert place is not None
        assert place.zone == "Asia/Shanghai"
