"""What may be handed over (AR-07)."""

import pytest

from dougong.core.services.ownership.rules import MOST_CHOSEN, Objection, objection


@pytest.mark.parametrize(
    ("from_id", "to_id", "reason", "chosen", "expected"),
    [
        (1, 2, "离职", None, None),
        (1, 2, "离职", (7,), None),
        (None, 2, "新客户", (7,), None),
        (1, 2, " ", (7,), Objection.NO_REASON),
        (1, 1, "离职", None, Objection.TO_HIMSELF),
        (1, 2, "离职", (), Objection.NOTHING_CHOSEN),
        (None, 2, "离职", None, Objection.NOTHING_CHOSEN),
        (1, 2, "离职", tuple(range(MOST_CHOSEN)), None),
        (1, 2, "离职", tuple(range(MOST_CHOSEN + 1)), Objection.TOO_MANY),
    ],
)
def test_objection(
    from_id: int | None,
    to_id: int,
    reason: str,
    chosen: tuple[int, ...] | None,
    expected: Objection | None,
) -> None:
    assert objection(from_id, to_id, reason, chosen) is expected
