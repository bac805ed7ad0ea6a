"""Looking needs right, grade and reason; bulk writes tell of themselves (AR-04, AR-06)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dougong.core.entities.customer import Customer
from dougong.core.entities.profiles import IndividualProfile
from dougong.core.errors import Forbidden
from dougong.core.orm import Grade, Untracked
from dougong.core.scope import Grant, Scope
from dougong.core.services.audit.api import (
    AuditAction,
    AuditSeal,
    Question,
    ReasonMissing,
    asks_why,
    find_entries,
    record_access,
    record_bulk,
    reveal,
    tracked,
)
from dougong.core.session import Session
from dougong.core.testing import World
from tests.core.services.audit.conftest import entries

PERMISSION = "core.customer"


@pytest.fixture
def profile(session: Session, customer: Customer) -> IndividualProfile:
    """What is confidential about the customer."""
    customer.individual = IndividualProfile(id_number="310101198001010018")
    session.flush()
    return customer.individual


def looker(world: World, clearance: Grade, *operations: str) -> Scope:
    """Somebody at 东区 with these operations on customers."""
    grants = frozenset(Grant(world.east, PERMISSION, operation) for operation in operations)
    return replace(Scope.at(world.east, "li"), clearance=clearance, grants=grants)


def test_a_look_is_kept_with_its_reason(session: Session, profile: IndividualProfile) -> None:
    reveal(session, profile, ["id_number"], "  核对身份  ", PERMISSION)
    (look,) = entries(session, "core_individual_profile", action=AuditAction.REVEAL)
    assert (look.reason, look.changes, look.actor) == ("核对身份", {"id_number": []}, "test")
    assert (look.entity_id, look.customer_id) == (profile.id, profile.customer_id)


@pytest.mark.parametrize("reason", ["", " ", "x", " x "])
def test_a_look_without_a_reason_is_refused(
    session: Session, profile: IndividualProfile, reason: str
) -> None:
    with pytest.raises(ReasonMissing) as refused:
        reveal(session, profile, ["id_number"], reason, PERMISSION)
    assert refused.value.field == "reason"
    assert entries(session, "core_individual_profile", action=AuditAction.REVEAL) == []


@pytest.mark.parametrize(
    ("clearance", "operations"),
    [
        (Grade.SECRET, ("read", "update")),
        (Grade.INTERNAL, ("read", "reveal")),
        (Grade.PUBLIC, ("reveal",)),
    ],
)
def test_a_look_needs_the_permission_and_the_grade(
    world: World, profile: IndividualProfile, clearance: Grade, operations: tuple[str, ...]
) -> None:
    scope = looker(world, clearance, *operations)
    with world.session(scope) as session, pytest.raises(Forbidden):
        reveal(session, profile, ["id_number"], "核对身份", PERMISSION)
    with world.session(looker(world, Grade.CONFIDENTIAL, "reveal")) as session:
        reveal(session, profile, ["id_number"], "核对身份", PERMISSION)


def test_what_the_log_does_not_keep_is_not_looked_at(session: Session, customer: Customer) -> None:
    with pytest.raises(LookupError):
        record_access(session, AuditSeal(branch_id=customer.branch_id), ["digest"], "核对身份")


def test_only_what_is_confidential_asks_why() -> None:
    assert asks_why(IndividualProfile, "id_number")
    assert not asks_why(IndividualProfile, "employer")
    assert tracked(AuditSeal) is None
    assert issubclass(AuditSeal, Untracked)


def test_a_bulk_write_is_told_in_one_entry(session: Session, customer: Customer) -> None:
    record_bulk(session, Customer, customer.branch_id, {"rows": 5000}, "from a file")
    (told,) = entries(session, action=AuditAction.BULK)
    assert (told.changes, told.entity_id, told.reason) == (
        {"rows": [None, 5000]}, None, "from a file"
    )  # fmt: skip


def test_the_log_is_narrowed_by_every_question(session: Session, customer: Customer) -> None:
    session.info["request_id"] = "r-17"
    customer.phone = "010-2"
    session.flush()
    changed = find_entries(session, Question(customer_id=customer.id, action=AuditAction.UPDATE))[0]
    later = session.now + timedelta(seconds=1)
    answered = {
        "r-17": 1, "phone": 2, "test phone": 2, "pho": 0, "r-17 email": 0, "%": 0, "010": 0,
    }  # fmt: skip
    for words, count in answered.items():
        question = Question(words=words, customer_id=customer.id)
        assert len(find_entries(session, question)) == count, words
    narrow = {
        Question(entities=("core_customer",), entity_id=customer.id): 2,
        Question(entities=("core_contact",)): 0,
        Question(branches=(customer.branch_id + 1,), customer_id=customer.id): 0,
        Question(customer_id=customer.id, since=session.now): 2,
        Question(customer_id=customer.id, since=later): 0,
        Question(customer_id=customer.id, until=session.now): 0,
        Question(customer_id=customer.id, before=changed.id): 1,
    }
    for question, count in narrow.items():
        assert len(find_entries(session, question)) == count, question
    assert find_entries(session, Question(customer_id=customer.id), 1) == [changed]
