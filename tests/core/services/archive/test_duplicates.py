"""Who may be there twice is found, told at once, and judged once (AR-05)."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.profiles import EnterpriseProfile, IndividualProfile
from dougong.core.services.archive import api
from dougong.core.services.archive.api import (
    ArchiveFinding,
    DuplicatePair,
    FindingKind,
    MergePlan,
    Reason,
)
from dougong.core.services.archive.matching import are_alike, plain_name, score_of
from dougong.core.services.archive.models import CustomerKey
from dougong.core.session import Session
from dougong.core.testing import World
from tests.core.services.archive.conftest import CREDIT_CODE, ID_NUMBER, add_customer


def firm(session: Session, name: str, *, phone: str = "", code: str = "") -> Customer:
    """A firm that was looked at."""
    row = add_customer(session, name=name, phone=phone)
    row.enterprise = EnterpriseProfile(branch_id=row.branch_id, credit_code=code)
    session.commit()
    return row


def person(session: Session, name: str, *, phone: str = "", number: str = "") -> Customer:
    """A private person who was looked at."""
    row = add_customer(session, name=name, phone=phone, kind=CustomerKind.INDIVIDUAL)
    row.individual = IndividualProfile(branch_id=row.branch_id, id_number=number)
    session.commit()
    return row


def pairs(session: Session) -> dict[tuple[str, str], set[str]]:
    """The open pairs by the customers' names, with the reasons."""
    found = api.open_pairs(session, [session.scope.home or 0], 50)
    return {(row.low.name, row.high.name): set(row.reasons) for row in found}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("清泉（北京）饮品有限责任公司", "清泉(北京)饮品 有限公司"),
        ("ＡＢＣ科技公司", "abc科技有限公司"),
        ("星海集团有限公司", "星海集团"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


def test_names_are_alike_by_most_of_their_pieces() -> None:
    assert are_alike("重庆山城清泉饮品有限公司", "重庆山城清泉饮料有限公司")
    assert are_alike("重庆山城清泉饮品有限公司", "山城清泉饮品公司")
    assert not are_alike("重庆山城清泉饮品有限公司", "重庆山城机电设备有限公司")


def test_numbered_and_neighbouring_places_are_not_alike() -> None:
    assert not are_alike("渝中区第十七人民医院", "渝中区第七人民医院")
    assert not are_alike("渝中区三号社区卫生服务中心", "江北区三号社区卫生服务中心")


def test_more_reasons_leave_less_doubt() -> None:
    assert score_of({Reason.PHONE}, people=False) < score_of(
        {Reason.PHONE, Reason.NAME}, people=False
    )
    assert score_of({Reason.NAME}, people=True) < 50, "many people are called Wang Fang"


def test_equal_code_phone_and_name_make_pairs(session: Session) -> None:
    firm(session, "甲公司", code=CREDIT_CODE)
    firm(session, "乙厂", code=f" {CREDIT_CODE.lower()}")
    firm(session, "丙店", phone="+86 138-0013-8000")
    firm(session, "丁行", phone="13800138000")
    firm(session, "清泉（北京）饮品有限责任公司")
    firm(session, "清泉北京饮品有限公司")
    assert pairs(session) == {
        ("甲公司", "乙厂"): {"code"},
        ("丙店", "丁行"): {"phone"},
        ("清泉（北京）饮品有限责任公司", "清泉北京饮品有限公司"): {"name", "sound"},
    }


def test_people_of_one_name_are_two_until_more_is_equal(session: Session) -> None:
    person(session, "王芳")
    person(session, "王芳")
    assert pairs(session) == {}
    person(session, "李娜", number=ID_NUMBER)
    person(session, "李那", number=ID_NUMBER)
    assert pairs(session) == {("李娜", "李那"): {"person", "sound"}}


def test_owner_and_his_firm_are_two(session: Session) -> None:
    firm(session, "王芳", phone="13800138000")
    person(session, "王芳", phone="13800138000")
    assert pairs(session) == {}


def test_id_number_is_not_kept_in_the_clear(session: Session) -> None:
    """AR-06"""
    person(session, "李娜", number=ID_NUMBER)
    assert ID_NUMBER not in set(session.scalars(select(CustomerKey.value)))


def test_similar_names_are_found_through_rare_pieces(session: Session) -> None:
    firm(session, "重庆山城碧螺春茶业有限公司")
    firm(session, "重庆山城碧螺春茶叶有限公司")
    assert pairs(session) == {
        ("重庆山城碧螺春茶业有限公司", "重庆山城碧螺春茶叶有限公司"): {"similar", "sound"}
    }


def test_number_of_a_crowd_says_nothing(session: Session) -> None:
    for number in range(25):
        firm(session, f"{uuid4().hex[:6]}{number}", phone="02386345678")
    rows = [row.id for row in session.scalars(select(Customer))]
    api.look_at(session, session.scope.home or 0, rows)
    assert pairs(session) == {}


def test_pair_is_a_finding_of_both_and_goes_when_mended(session: Session) -> None:
    one = firm(session, "丙店", phone="13800138000")
    other = firm(session, "丁行", phone="13800138000")
    wanted = select(ArchiveFinding.customer_id, ArchiveFinding.other_id).where(
        ArchiveFinding.kind == FindingKind.DOUBLE
    )
    assert set(session.execute(wanted).all()) == {(one.id, other.id), (other.id, one.id)}
    other.phone = "13900139000"
    session.commit()
    assert session.execute(wanted).all() == []
    assert pairs(session) == {}


def test_what_was_judged_to_be_two_is_not_asked_again(session: Session) -> None:
    firm(session, "丙店", phone="13800138000")
    other = firm(session, "丁行", phone="13800138000")
    row = session.scalars(select(DuplicatePair)).one()
    api.dismiss(session, row.id)
    other.remark = "看过了"
    session.commit()
    api.look_at(session, session.scope.home or 0, [row.low_id, row.high_id])
    assert pairs(session) == {}
    doubles = select(ArchiveFinding).where(ArchiveFinding.kind == FindingKind.DOUBLE)
    assert session.scalars(doubles).all() == []


def test_merged_pair_is_no_pair(session: Session) -> None:
    one = firm(session, "丙店", phone="13800138000")
    other = firm(session, "丁行", phone="13800138000")
    done = api.merge(session, MergePlan(survivor_id=one.id, merged_id=other.id))
    session.commit()
    assert pairs(session) == {}
    api.undo_merge(session, done.id)
    session.commit()
    assert len(pairs(session)) == 1
    assert other.status is CustomerStatus.ACTIVE


def test_suspects_are_told_before_a_customer_is_written_down(session: Session) -> None:
    there = firm(session, "清泉北京饮品有限公司", phone="13800138000")
    draft = api.Dossier(
        id=0, branch_id=there.branch_id, kind="enterprise", name="清泉（北京）饮品有限责任公司",
        phone="138 0013 8000", created_at=session.now,
    )  # fmt: skip
    (found,) = api.suspects(session, draft)
    assert (found.customer_id, found.code) == (there.id, there.code)
    assert {Reason.PHONE, Reason.NAME} <= set(found.reasons)


def test_other_branches_are_neither_found_nor_told(world: World) -> None:
    """XX-05"""
    with world.at(world.west) as session:
        firm(session, "丙店", phone="13800138000", code=CREDIT_CODE)
    with world.at(world.east) as session:
        here = firm(session, "丙店", phone="13800138000", code=CREDIT_CODE)
        assert pairs(session) == {}
        draft = api.Dossier(
            id=here.id, branch_id=world.east, kind="enterprise", name="丙店",
            phone="13800138000", codes={"credit_code": CREDIT_CODE}, created_at=session.now,
        )  # fmt: skip
        assert api.suspects(session, draft) == []
