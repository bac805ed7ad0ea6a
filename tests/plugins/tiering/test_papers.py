"""The relationship evaluation sheet 客户关系评估表 (TI-03)."""

import pytest

from dougong.core.errors import Refusal
from dougong.core.i18n import speaking
from dougong.core.services.printing import api as printing
from dougong.core.session import Session
from dougong.core.switches import enable
from dougong.core.testing import World
from dougong.plugins.tiering.rules import Advice, Level, advice_for
from dougong.plugins.tiering.service import evaluate_branch
from tests.plugins.tiering.sample import AS_OF, add_customer, make_up_branch


@pytest.mark.parametrize(
    ("total", "level", "advice"),
    [
        (15, Level.A, Advice.MAINTAIN), (9, Level.B, Advice.IMPROVE), (3, Level.C, Advice.IMPROVE),
        (None, Level.C, Advice.END),
    ],
)  # fmt: skip
def test_advice_follows_the_score(total: int | None, level: Level, advice: Advice) -> None:
    """TI-03"""
    assert advice_for(total, level) is advice


def test_sheet_shows_indicators_scores_and_advice(session: Session, world: World) -> None:
    """TI-03, XX-06"""
    enable(session, world.east, "tiering")
    bought = make_up_branch(session, world.east, 12)
    evaluate_branch(session, world.east, AS_OF)
    key = next(iter(bought))
    with speaking("zh_Hans_CN"):
        run = printing.print_papers(session, "tiering.evaluation_sheet", [key])
        html = "".join(printing.pieces(session, printing.printed(session, run)))
    for said in ("客户关系评估表", "ES-2026-000001", "评估指标", "权重", "/ 15", "建议"):
        assert said in html, said


def test_who_was_not_evaluated_has_no_sheet(session: Session, world: World) -> None:
    enable(session, world.east, "tiering")
    key = add_customer(session, world.east, "新客户").id
    with pytest.raises(Refusal):
        printing.print_papers(session, "tiering.evaluation_sheet", [key])
