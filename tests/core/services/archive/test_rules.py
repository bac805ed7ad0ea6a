"""Scores, flaws and freshness: pure decisions (AR-02, AR-05)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.services.archive.rules import (
    LOOK_AGAIN,
    WEIGHTS,
    Dossier,
    Facet,
    FindingKind,
    Person,
    Standard,
    completeness,
    judge,
)

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
KINDS = sorted(WEIGHTS)


def dossier(kind: str = "enterprise", **fields: object) -> Dossier:
    """An archive that was made today."""
    given: dict[str, object] = {
        "id": 1, "branch_id": 1, "kind": kind, "name": "清泉", "created_at": NOW, **fields,
    }  # fmt: skip
    return Dossier(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_empty_archive_scores_nothing_and_a_full_one_all(kind: str) -> None:
    standard = Standard()
    expected = frozenset(standard.expected(kind))
    assert completeness(dossier(kind), standard)[0] == 0
    assert completeness(dossier(kind, filled=expected), standard) == (100, [])


@given(kind=st.sampled_from(KINDS), data=st.data())
def test_each_field_that_is_filled_never_lowers_the_score(kind: str, data: st.DataObject) -> None:
    standard = Standard()
    names = sorted(standard.expected(kind))
    some = data.draw(st.frozensets(st.sampled_from(names)))
    one = data.draw(st.sampled_from(names))
    before, missing = completeness(dossier(kind, filled=some), standard)
    after, _ = completeness(dossier(kind, filled=some | {one}), standard)
    assert 0 <= before <= after <= 100
    assert {flaw.field for flaw in missing} == set(names) - some


def test_what_matters_most_is_told_first() -> None:
    _, missing = completeness(dossier(filled=frozenset({"credit_code"})), Standard())
    assert [flaw.field for flaw in missing[:3]] == ["phone", "address", "contacts"]


def test_branch_decides_what_counts() -> None:
    standard = Standard(weights={"group": {"phone": 5, "email": 0}})
    expected = standard.expected("group")
    assert expected["phone"] == 5
    assert "email" not in expected
    assert expected["contacts"] == 8, "what the branch says nothing of stays as it is"


def test_nothing_expected_is_all_there() -> None:
    standard = Standard(weights={"group": dict.fromkeys(WEIGHTS["group"], 0)})
    assert completeness(dossier("group"), standard) == (100, [])


def test_wrong_numbers_are_found_where_they_stand() -> None:
    wrong = dossier(
        phone="不详", email="a@", codes={"credit_code": "123"}, people=(Person(7, "1"), Person(8)),
    )  # fmt: skip
    verdict = judge(wrong, Standard(), "CN", NOW)
    found = [(f.field, f.subject_id) for f in verdict.flaws if f.kind is FindingKind.INVALID]
    assert found == [("phone", 0), ("email", 0), ("credit_code", 0), ("phone", 7)]


def test_empty_numbers_are_missing_and_not_invalid() -> None:
    verdict = judge(dossier(codes={"credit_code": ""}), Standard(), "CN", NOW)
    assert "credit_code" in verdict.fields(FindingKind.MISSING)
    assert verdict.fields(FindingKind.INVALID) == []


@pytest.mark.parametrize(("days", "stale"), [(364, []), (365, ["phone"]), (4000, ["phone"])])
def test_phone_grows_old_after_a_year(days: int, stale: list[str]) -> None:
    checked = {Facet.PHONE: NOW - timedelta(days=days)}
    old = dossier(
        filled=frozenset({"phone"}), phone="13800138000", checked=checked,
        created_at=NOW - timedelta(days=5000),
    )  # fmt: skip
    assert judge(old, Standard(), "CN", NOW).fields(FindingKind.STALE) == stale


def test_what_nobody_verified_is_as_old_as_the_archive() -> None:
    old = dossier(filled=frozenset({"phone"}), created_at=NOW - timedelta(days=400))
    assert judge(old, Standard(), "CN", NOW).fields(FindingKind.STALE) == ["phone"]


def test_limit_of_zero_never_ends() -> None:
    standard = Standard(limits={"phone": 0})
    old = dossier(filled=frozenset({"phone"}), created_at=NOW - timedelta(days=4000))
    assert judge(old, standard, "CN", NOW).fields(FindingKind.STALE) == []


def test_next_look_is_when_something_grows_old() -> None:
    soon = dossier(filled=frozenset({"phone"}), created_at=NOW - timedelta(days=360))
    assert judge(soon, Standard(), "CN", NOW).look_again_at == NOW + timedelta(days=5)
    assert judge(dossier(), Standard(), "CN", NOW).look_again_at == NOW + LOOK_AGAIN
