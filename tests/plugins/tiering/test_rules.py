"""Scores by rank, totals and thresholds: truth tables and properties (TI-01, TI-02)."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.plugins.tiering.rules import (
    Level,
    Thresholds,
    fifths,
    level_for,
    missing_to_next,
    window_start,
)

BOUNDS = Thresholds(a_from=12, b_from=8)


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        ([10, 20, 30, 40, 50], [1, 2, 3, 4, 5]),
        ([50, 40, 30, 20, 10], [5, 4, 3, 2, 1]),
        ([7, 7, 7, 7, 7], [1, 1, 1, 1, 1]),
        ([1, 1, 1, 9, 9], [1, 1, 1, 4, 4]),
        ([3], [1]),
        ([], []),
    ],
)
def test_score_is_the_fifth_of_the_ranking(values: list[int], scores: list[int]) -> None:
    assert fifths(values) == scores


@given(st.lists(st.integers(-1000, 1000), max_size=60))
def test_equal_values_get_equal_scores_and_more_is_never_less(values: list[int]) -> None:
    pairs = sorted(zip(values, fifths(values), strict=True))
    for (lower, its), (higher, theirs) in pairwise(pairs):
        assert 1 <= its <= theirs <= 5
        assert lower < higher or its == theirs


@pytest.mark.parametrize(
    ("total", "level", "missing"),
    [
        (15, Level.A, 0),
        (12, Level.A, 0),
        (11, Level.B, 1),
        (8, Level.B, 4),
        (7, Level.C, 1),
        (3, Level.C, 5),
        (None, Level.C, 8),
    ],
)
def test_reaching_a_threshold_exactly_is_enough(
    total: int | None, level: Level, missing: int
) -> None:
    assert level_for(total, BOUNDS) is level
    assert missing_to_next(total, BOUNDS) == missing


@pytest.mark.parametrize("bounds", [(8, 8), (8, 12), (16, 8), (12, 2)])
def test_thresholds_out_of_order_raise(bounds: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not in order"):
        Thresholds(*bounds)


@pytest.mark.parametrize(
    ("as_of", "months", "start"),
    [
        (date(2026, 3, 2), 12, date(2025, 3, 2)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(1998, 6, 30), 24, date(1996, 6, 30)),
    ],
)
def test_window_starts_the_same_day_of_an_earlier_month(
    as_of: date, months: int, start: date
) -> None:
    assert window_start(as_of, months) == start
