"""Requests from asking to the end, by the people of a small firm (XX-03)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.people import Membership, User
from dougong.core.errors import Forbidden, Refusal
from dougong.core.reader import Reader
from dougong.core.scope import Scope
from dougong.core.services.activities.api import NewAbsence, note_absence
from dougong.core.services.approvals import api
from dougong.core.services.approvals.api import (
    Approval,
    ApprovalState,
    AskedAlready,
    EntryKind,
    MayNotDecide,
    NobodyDecides,
    NotApproved,
    NotOpen,
    PersonNeeded,
    Step,
    Verdict,
)
from dougong.core.testing import World
from dougong.core.values import Money
from tests.core.services.approvals.conftest import (
    CONTENT,
    HOUR,
    STATED,
    Office,
    above,
    matter,
    person,
    request,
    role,
)


def state(office: Office, key: int) -> ApprovalState:
    """Where the request stands."""
    with office.desk("boss") as session:
        return session.get_one(Approval, key).state


def use(office: Office, content: object = CONTENT, number: int = 1) -> Approval:
    """Use the approval of that order."""
    with office.desk("asker") as session:
        row = api.use(session, office.firm.branch_id, matter(number), content)  # type: ignore[arg-type]
        session.commit()
        return row


def told(office: Office, name: str) -> list[dict[str, object]]:
    """The events of that name."""
    with office.desk("boss") as session:
        found = select(EventRecord.payload).where(EventRecord.name == f"core.approval_{name}")
        return list(session.scalars(found.order_by(EventRecord.id)).all())


def away(office: Office, login: str, stand_in: str) -> None:
    """That person is away today, and the other one stands in."""
    ids = office.firm.ids
    with office.world.session(Scope.kernel("test")) as session:
        today = date(2026, 3, 2)
        note_absence(session, NewAbsence(
            user_id=ids[login], first_day=today, last_day=today, stand_in_id=ids[stand_in],
        ))  # fmt: skip
        session.commit()


def test_asked_approved_and_used_once(office: Office) -> None:
    key = office.ask()
    (called,) = told(office, "waiting")
    assert called["people"] == sorted([office.firm.ids["boss"], office.firm.ids["deputy"]])
    assert office.decide("boss", key).state is ApprovalState.APPROVED
    assert use(office).id == key
    with pytest.raises(NotApproved):
        use(office)
    assert state(office, key) is ApprovalState.USED
    assert [len(told(office, name)) for name in ("answered", "used")] == [1, 1]


def test_only_exactly_what_was_approved_is_used(office: Office) -> None:
    office.decide("boss", office.ask())
    for content in ({"percent": 13, "lines": [["电脑", "2"]]}, {"percent": 12}, {}):
        with pytest.raises(NotApproved):
            use(office, content)
    use(office)


def test_nothing_is_used_before_it_is_approved(office: Office) -> None:
    office.ask()
    with pytest.raises(NotApproved):
        use(office)


def test_what_is_frozen_is_not_the_callers_own(office: Office) -> None:
    mine = {"percent": 12, "lines": [["电脑", "2"]]}
    key = office.ask(content=mine)
    mine["percent"] = 90
    with office.desk("boss") as session:
        assert session.get_one(Approval, key).content == CONTENT


def test_steps_follow_one_another_and_take_different_people(office: Office) -> None:
    """The deputy holds both roles and counts once."""
    office.policy(Step((role("boss"),)), Step((role("audit"),)))
    key = office.ask()
    assert office.decide("deputy", key).step == 2
    with pytest.raises(MayNotDecide):
        office.decide("deputy", key)
    assert office.decide("clerk", key).state is ApprovalState.APPROVED


@pytest.mark.parametrize(("needed", "yeses"), [(0, 3), (1, 1), (2, 2)])
def test_places_side_by_side(office: Office, needed: int, yeses: int) -> None:
    """All of, any of, two of."""
    office.policy(Step((role("boss"), role("boss"), role("audit")), needed=needed))
    key = office.ask()
    for login in ("boss", "deputy", "clerk")[:yeses]:
        assert state(office, key) is ApprovalState.WAITING
        office.decide(login, key)
    assert state(office, key) is ApprovalState.APPROVED


def test_who_could_sit_anywhere_makes_room(office: Office) -> None:
    office.policy(Step((role("boss"), role("audit"))))
    key = office.ask()
    office.decide("deputy", key)  # boss and auditor both
    assert office.decide("boss", key).state is ApprovalState.APPROVED


def test_one_no_ends_it_and_says_why(office: Office) -> None:
    office.policy(Step((role("boss"), role("audit")), needed=1))
    key = office.ask()
    with pytest.raises(Refusal) as refused:
        office.decide("boss", key, Verdict.REFUSE, "  ")
    assert refused.value.field == "reason"
    assert office.decide("boss", key, Verdict.REFUSE, "太多").state is ApprovalState.REFUSED
    with pytest.raises(NotOpen):
        office.decide("clerk", key)
    with pytest.raises(NotApproved):
        use(office)


def test_a_greater_amount_takes_more_steps(office: Office) -> None:
    more = Step((role("audit"),), from_amount=Money(500_00, "CNY"))
    office.policy(Step((role("boss"),)), more)
    assert office.decide("boss", office.ask(number=1, minor=499_99)).state is ApprovalState.APPROVED
    assert office.decide("boss", office.ask(number=2, minor=500_00)).state is ApprovalState.WAITING


@pytest.mark.parametrize(
    ("level", "login"), [(1, "boss"), (2, "chief"), (3, "owner"), (9, "owner")]
)
def test_the_line_above_the_asker_decides(office: Office, level: int, login: str) -> None:
    office.policy(Step((above(level),)))
    key = office.ask()
    for other in {"boss", "chief", "owner"} - {login}:
        with pytest.raises(MayNotDecide):
            office.decide(other, key)
    assert office.decide(login, key).state is ApprovalState.APPROVED


def test_a_supervisor_whose_own_matter_it_is_is_passed_over(office: Office) -> None:
    office.policy(Step((above(),)))
    key = office.ask(asked_for=office.firm.ids["boss"])
    with pytest.raises(MayNotDecide):
        office.decide("boss", key)
    assert office.decide("chief", key).state is ApprovalState.APPROVED


def test_nobody_decides_his_own_request(office: Office) -> None:
    """XX-03"""
    key = office.ask("boss")
    with pytest.raises(MayNotDecide, match=r"own request|自己"):
        office.decide("boss", key)
    with pytest.raises(MayNotDecide):
        office.decide("boss", key, Verdict.REFUSE)
    office.decide("deputy", key)


def test_no_system_asks_or_decides(office: Office) -> None:
    key = office.ask()
    for scope in (Scope.at(office.firm.branch_id, "job"), Scope.kernel("kernel")):
        with office.world.session(scope) as session, pytest.raises(PersonNeeded):
            api.decide(session, key, Verdict.APPROVE)
    with office.world.at(office.firm.branch_id) as session, pytest.raises(PersonNeeded):
        api.ask(session, office.firm.branch_id, request(2))


def test_the_stand_in_decides_for_who_is_away(office: Office) -> None:
    office.policy(Step((person(office.firm.ids["boss"]),)))
    key = office.ask()
    away(office, "boss", "clerk")
    with office.desk("clerk") as session:
        assert [row.id for row in api.waiting_for(session, session.scope.home or 0,
                                                  office.firm.ids["clerk"])] == [key]  # fmt: skip
    office.decide("clerk", key)
    with office.desk("boss") as session:
        entry = api.entries_of(session, session.get_one(Approval, key))[1]
    assert (entry.user_id, entry.for_id) == (office.firm.ids["clerk"], office.firm.ids["boss"])


def test_the_asker_is_no_stand_in_for_an_approver(office: Office) -> None:
    """XX-03"""
    office.policy(Step((person(office.firm.ids["boss"]),)))
    key = office.ask()
    away(office, "boss", "asker")
    with pytest.raises(MayNotDecide):
        office.decide("asker", key)


def test_the_askers_stand_in_does_not_decide(office: Office) -> None:
    """XX-03"""
    key = office.ask()
    away(office, "asker", "boss")
    with pytest.raises(MayNotDecide, match=r"stand in|代"):
        office.decide("boss", key)
    office.decide("deputy", key)


def test_who_was_decided_for_does_not_decide_again(office: Office) -> None:
    office.policy(Step((role("boss"), role("boss"))))
    key = office.ask()
    away(office, "boss", "clerk")
    office.decide("clerk", key)
    with pytest.raises(MayNotDecide):
        office.decide("boss", key)
    assert office.decide("deputy", key).state is ApprovalState.APPROVED


def test_asking_what_nobody_could_decide_names_the_role(office: Office) -> None:
    office.policy(Step((role("boss"),)), Step((role("seller"),)))
    with pytest.raises(NobodyDecides, match="Seller"):
        office.ask("asker")


def test_two_seats_need_two_people_who_are_there(office: Office) -> None:
    office.policy(Step((role("boss"), role("boss"))))
    with pytest.raises(NobodyDecides, match="Boss"):
        office.ask("boss")


def test_who_left_or_works_elsewhere_decides_nothing(office: Office) -> None:
    office.policy(Step((person(office.firm.ids["chief"]), role("boss")), needed=1))
    key = office.ask()
    with office.world.session(Scope.kernel("test")) as session:
        session.get_one(User, office.firm.ids["boss"]).active = False
        chief = session.get_one(User, office.firm.ids["chief"])
        for membership in chief.memberships:
            membership.branch_id = office.world.west
        session.commit()
    for login in ("boss", "chief"):
        with pytest.raises(MayNotDecide):
            office.decide(login, key)


def test_a_role_held_above_with_all_below_counts(office: Office) -> None:
    with office.world.session(Scope.kernel("test")) as session:
        held = select(Membership).where(Membership.user_id == office.firm.ids["boss"])
        for membership in session.scalars(held):
            membership.branch_id, membership.below = office.world.headquarters, True
        session.commit()
    assert office.decide("boss", office.ask()).state is ApprovalState.APPROVED


def test_the_same_is_not_asked_twice(office: Office) -> None:
    office.ask()
    with pytest.raises(AskedAlready):
        office.ask()


def test_asking_other_content_voids_what_was_asked(office: Office) -> None:
    first = office.ask()
    office.decide("boss", first)
    second = office.ask(content={"percent": 20})
    assert state(office, first) is ApprovalState.VOIDED
    assert state(office, second) is ApprovalState.WAITING


def test_asking_needs_permission_reason_and_an_end_in_time(office: Office) -> None:
    branch = office.firm.branch_id
    nobody = Scope("asker", frozenset({branch}), branch, office.firm.ids["asker"])
    with office.world.session(nobody) as session, pytest.raises(Forbidden):
        api.ask(session, branch, request())
    with pytest.raises(Refusal) as refused:
        office.ask(reason=" ")
    assert refused.value.field == "reason"
    for days in (0, 400):
        ends = office.world.clock.now() + timedelta(days=days)
        with pytest.raises(Refusal) as refused:
            office.ask(expires=ends)
        assert refused.value.field == "expires"


def test_only_the_asker_withdraws(office: Office) -> None:
    key = office.ask()
    with office.desk("boss") as session, pytest.raises(MayNotDecide):
        api.withdraw(session, key)
    with office.desk("asker") as session:
        api.withdraw(session, key, "不需要了")
        session.commit()
    with pytest.raises(NotOpen):
        office.decide("boss", key)
    office.ask()  # and may ask again


def test_a_changed_record_voids_its_approval(office: Office) -> None:
    key = office.ask()
    office.decide("boss", key)
    with office.world.at(office.firm.branch_id) as session:
        assert api.void(session, office.firm.branch_id, matter(), "改单") == 1
        assert api.void(session, office.firm.branch_id, matter(), "改单") == 0
        session.commit()
    assert state(office, key) is ApprovalState.VOIDED
    with pytest.raises(NotApproved):
        use(office)


def test_who_comes_to_decide_what_has_changed_finds_it_void(office: Office) -> None:
    STATED[7] = {"percent": 12}
    key = office.ask(number=7, kind="demo.checked", content={"percent": 12})
    STATED[7] = {"percent": 50}
    assert office.decide("boss", key).state is ApprovalState.VOIDED


def test_nothing_is_decided_or_used_after_the_end(office: Office) -> None:
    """The end holds before any sweep has come by."""
    first, second = office.ask(number=1), office.ask(number=2)
    office.decide("boss", first)
    office.later(timedelta(days=7))
    with pytest.raises(NotApproved):
        use(office)
    with pytest.raises(NotOpen):
        office.decide("boss", second)
    office.ask(number=2)  # the one that ran out is out of the way


def test_a_running_request_keeps_its_policy(office: Office) -> None:
    """XX-03"""
    key = office.ask()
    office.policy(Step((role("audit"),)), Step((role("boss"),)))
    assert office.decide("boss", key).state is ApprovalState.APPROVED
    with office.desk("boss") as session:
        assert session.get_one(Approval, key).policy_version == 0


def test_the_same_policy_again_is_no_new_version(office: Office) -> None:
    steps = (Step((role("audit"),), needed=1, remind_hours=4),)
    with office.world.at(office.firm.branch_id) as session:
        branch = office.firm.branch_id
        assert api.write_policy(session, branch, "demo.discount", steps).version == 1
        assert api.write_policy(session, branch, "demo.discount", steps).version == 1
        assert api.write_policy(session, branch, "demo.discount", steps * 2).version == 2


def test_a_flawed_policy_is_refused_at_its_step(office: Office) -> None:
    with pytest.raises(api.PolicyFlawed) as refused:
        office.policy(Step((role("boss"),)), Step(()))
    assert refused.value.field == "step-2"


def test_another_branch_sees_and_decides_nothing(office: Office) -> None:
    """XX-05"""
    key = office.ask()
    west = Scope.at(office.world.west, "boss", user_id=office.firm.ids["boss"])
    with office.world.session(west) as session:
        with pytest.raises(Refusal):
            api.decide(session, key, Verdict.APPROVE)
        assert api.try_use(session, office.firm.branch_id, matter(), CONTENT) is None


def test_what_waits_for_whom(office: Office) -> None:
    office.policy(Step((role("boss"),)), Step((role("audit"),)))
    first, second = office.ask(number=1), office.ask(number=2)
    office.decide("deputy", second)

    def waiting(login: str) -> list[int]:
        with office.desk(login) as session:
            found = api.waiting_for(session, office.firm.branch_id, office.firm.ids[login])
            return [row.id for row in found]

    assert {who: waiting(who) for who in ("boss", "deputy", "clerk", "asker")} == {
        "boss": [first], "deputy": [first], "clerk": [second], "asker": [],
    }  # fmt: skip


def test_the_history_tells_all_in_order(office: Office) -> None:
    key = office.ask()
    office.decide("boss", key)
    use(office)
    with office.desk("boss") as session:
        row = session.get_one(Approval, key)
        assert [entry.kind for entry in api.entries_of(session, row)] == [
            EntryKind.ASKED, EntryKind.APPROVED, EntryKind.PASSED, EntryKind.USED,
        ]  # fmt: skip
        assert api.is_usable(Reader(session), row.branch_id, matter(), CONTENT) is False
        last = api.latest(Reader(session), row.branch_id, matter())
        assert last is not None
        assert last.id == key


def test_doctor_finds_what_was_tampered_with(office: Office, world: World) -> None:
    key = office.ask()
    office.decide("boss", key)
    checks = [c.item for c in world.registry.contributions("register_checks")]
    mine = [check for check in checks if check.run.__module__.endswith("approvals.checks")]
    with world.session(Scope.kernel("doctor")) as session:
        assert [check.run(session) for check in mine] == [[], []]
        row = Approval(
            branch_id=world.east, kind="demo.discount", subject_kind="x", subject_id=9,
            asked_by_id=office.firm.ids["asker"], asked_for_id=office.firm.ids["asker"],
            asked_at=session.now, content={"percent": 1}, content_hash="0" * 64, reason="x",
            policy_version=0, steps=[{"approvers": [{"kind": "role", "role": "boss"}]}],
            state=ApprovalState.APPROVED, step=1, expires_at=session.now + HOUR,
        )  # fmt: skip
        session.add(row)
        session.flush()
        assert [len(check.run(session)) for check in mine] == [1, 1]


def test_a_policy_is_tried_before_anybody_asks(office: Office) -> None:
    steps = (
        Step((role("boss"), above())),
        Step((role("audit"),), from_amount=Money(500_00, "CNY")),
    )
    ids, branch = office.firm.ids, office.firm.branch_id
    with office.desk("chief") as session:
        small = api.foresee(session, branch, steps, ids["asker"], Money(1, "CNY"))
        large = api.foresee(session, branch, steps, ids["asker"], Money(500_00, "CNY"))
        owner = api.foresee(session, branch, steps, ids["owner"], None)
    assert [step.seats for step in small.steps] == [(("Boss", "Deputy"), ("Boss",))]
    assert (len(large.steps), large.refusal) == (2, "")
    assert owner.refusal  # nobody is above the owner
