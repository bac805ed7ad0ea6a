"""What an approval is made of: canonical content, the steps of an amount, sound policies."""

import pytest

from dougong.core.services.approvals.rules import (
    Approver,
    ApproverKind,
    Flaw,
    Step,
    canonical,
    fingerprint,
    flaw_of,
    steps_for,
)
from dougong.core.values import Money

BOSS = Approver(ApproverKind.ROLE, role="boss")
ALWAYS = Step((BOSS,))


def from_(minor: int, currency: str = "CNY") -> Step:
    """A step needed from an amount on."""
    return Step((BOSS,), from_amount=Money(minor, currency))


def test_the_order_of_keys_does_not_count() -> None:
    assert fingerprint({"a": 1, "b": ["x", None]}) == fingerprint({"b": ("x", None), "a": 1})


@pytest.mark.parametrize("other", [{"a": "1"}, {"a": 2}, {"b": 1}, {"a": 1, "b": None}, {"a": [1]}])
def test_any_other_content_has_another_fingerprint(other: dict[str, object]) -> None:
    assert fingerprint(other) != fingerprint({"a": 1})  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [{"a": 0.1}, {"a": [{"b": 1.0}]}, {"a": object()}, {1: "a"}])
def test_what_two_machines_may_write_differently_is_no_content(bad: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        canonical(bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "count"),
    [
        (Money(0, "CNY"), 1),
        (Money(999, "CNY"), 1),
        (Money(1000, "CNY"), 2),
        (Money(9_999_999, "CNY"), 3),
        (Money(1, "USD"), 3),  # what cannot be compared needs every step
        (None, 3),
    ],
)
def test_steps_are_taken_by_the_amount(amount: Money | None, count: int) -> None:
    """XX-03: steps by amount."""
    policy = (ALWAYS, from_(1000), from_(50_000))
    assert len(steps_for(policy, amount)) == count


@pytest.mark.parametrize(
    ("steps", "flaw"),
    [
        ((), (1, Flaw.EMPTY)),
        ((ALWAYS,) * 9, (9, Flaw.TOO_LONG)),
        ((from_(100),), (1, Flaw.FIRST_FROM)),
        ((ALWAYS, Step(())), (2, Flaw.NOBODY)),
        ((Step((BOSS,) * 4),), (1, Flaw.TOO_MANY)),
        ((ALWAYS, Step((BOSS,), needed=2)), (2, Flaw.NEEDED)),
        ((Step((BOSS,), remind_hours=-1),), (1, Flaw.HOURS)),
        ((ALWAYS, from_(100)), None),
        ((from_(0),), None),
        ((Step((BOSS, BOSS), needed=1),), None),
    ],
)
def test_a_policy_that_cannot_be_carried_out_is_told(
    steps: tuple[Step, ...], flaw: tuple[int, Flaw] | None
) -> None:
    assert flaw_of(steps) == flaw
