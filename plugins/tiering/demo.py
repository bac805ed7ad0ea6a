"""Tiering's part of the demo data: the demo's customers, graded."""

from typing import Final

from dougong.core.demo import DemoContext, DemoPart
from dougong.plugins.tiering.service import evaluate_branch


def _load(context: DemoContext) -> None:
    evaluate_branch(context.session, context.branch.id)


DEMO: Final = DemoPart("tiering", _load, order=50)
"""Early: other plugins' parts may look at the levels."""
