"""What every plugin promises, and how tiering shows itself."""

from datetime import date, timedelta

from sqlalchemy import select

from dougong.core.entities.customer import Customer
from dougong.core.i18n import speaking
from dougong.core.reader import Reader
from dougong.core.session import Session
from dougong.core.switchboard import hooks_at, settings_at
from dougong.core.switches import change_settings, enable
from dougong.core.testing import PluginContract, World
from dougong.plugins.tiering.checks import LEVELS_MATCH_HISTORY
from dougong.plugins.tiering.models import CustomerLevel
from dougong.plugins.tiering.rules import Level
from dougong.plugins.tiering.service import evaluate_branch
from dougong.plugins.tiering.settings import TieringSettings
from tests.plugins.tiering.sample import AS_OF, add_customer, add_order


class TestTiering(PluginContract):
    plugin = "tiering"


def graded_customer(session: Session, world: World) -> Customer:
    enable(session, world.east, "tiering")
    customer = add_customer(session, world.east, "T1")
    add_order(session, customer, AS_OF - timedelta(days=3), 12_300)
    evaluate_branch(session, world.east, AS_OF)
    return customer


def test_badge_carries_the_level_and_the_column_its_score(session: Session, world: World) -> None:
    customer = graded_customer(session, world)
    hooks, reader = hooks_at(session, world.east), Reader(session)
    ((badge,),) = hooks.customer_badges(customer_ids=[customer.id], reader=reader)
    assert (badge.customer_id, badge.text, badge.tone) == (customer.id, "C", "c")
    ((column,),) = hooks.customer_columns(customer_ids=[customer.id], reader=reader)
    assert column.cells[customer.id].text == "3"


def test_settings_move_the_thresholds(session: Session, world: World) -> None:
    customer = graded_customer(session, world)
    change_settings(session, world.east, "tiering", {"a_from": "4", "b_from": "3"})
    settings = settings_at(session, world.east, TieringSettings)
    assert (settings.a_from, settings.b_from, settings.as_of) == (4, 3, None)
    evaluate_branch(session, world.east, AS_OF)
    session.expire_all()
    assert session.get_one(CustomerLevel, customer.id).level is Level.B


def test_day_of_the_past_is_read_from_the_settings(session: Session, world: World) -> None:
    enable(session, world.east, "tiering")
    change_settings(session, world.east, "tiering", {"as_of": "1998-06-30"})
    assert evaluate_branch(session, world.east).as_of == date(1998, 6, 30)


def test_doctor_finds_a_level_without_history(session: Session, world: World) -> None:
    customer = graded_customer(session, world)
    assert LEVELS_MATCH_HISTORY.run(session) == []
    row = session.scalars(
        select(CustomerLevel).where(CustomerLevel.customer_id == customer.id)
    ).one()
    row.level = Level.A
    session.flush()
    with speaking("en"):
        (finding,) = LEVELS_MATCH_HISTORY.run(session)
        assert "1 customers" in str(finding.text)
