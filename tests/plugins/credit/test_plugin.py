"""What every plugin promises, and how credit shows itself."""

from dougong.core.reader import Reader
from dougong.core.session import Session
from dougong.core.switchboard import hooks_at
from dougong.core.testing import PluginContract, World
from dougong.plugins.credit.api import kept_positions, position_of
from tests.plugins.credit.shop import add_customer, agree, cny, open_shop, sell


class TestCredit(PluginContract):
    plugin = "credit"


def test_column_shows_how_much_is_used_and_a_badge_who_is_over(
    session: Session, world: World
) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    sell(session, customer, 850)
    hooks, reader = hooks_at(session, world.east), Reader(session)
    ((column,),) = hooks.customer_columns(customer_ids=[customer.id], reader=reader)
    assert column.cells[customer.id].text == "85 %"
    assert column.cells[customer.id].tone == "warning"
    assert hooks.customer_badges(customer_ids=[customer.id], reader=reader) == [[]]
    agree(session, customer, 500)
    ((badge,),) = hooks.customer_badges(customer_ids=[customer.id], reader=reader)
    assert badge.tone == "danger"


def test_customer_without_an_account_stands_where_his_documents_say(
    session: Session, world: World
) -> None:
    customer = add_customer(session, world.east, "OLD")
    sell(session, customer, 700)
    open_shop(session, world.east)
    reader = Reader(session)
    assert kept_positions(reader, [customer.id]) == {}
    position = position_of(reader, world.east, customer.id)
    assert position.exposure.used == cny(700)
    assert position.most == cny(0)
    assert position.over
    assert not position.agreed
