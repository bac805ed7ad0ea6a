"""Search on a real database: what is found, how it is ranked, and what stays behind the wall."""

import pytest
from sqlalchemy import insert, select

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.product import Product
from dougong.core.scope import Scope
from dougong.core.services.search import service
from dougong.core.services.search.api import (
    SearchEntry,
    SearchText,
    TextKind,
    find,
    index,
    index_inserted,
)
from dougong.core.services.search.models import SearchToken
from dougong.core.session import Session
from dougong.core.testing import World


def customer(session: Session, code: str, name: str, phone: str = "") -> Customer:
    row = Customer(code=code, name=name, phone=phone, kind=CustomerKind.ENTERPRISE)
    session.add(row)
    session.flush()
    return row


def found(session: Session, words: str) -> list[tuple[str, int]]:
    return [(hit.entity, hit.entity_id) for hit in find(session, words)]


@pytest.mark.parametrize(
    "words", ["华东", "东科", "hd", "hdkj", "huadong", "hua", "重庆 hd", "KH-0007", "7", "1234"]
)
def test_customer_is_found_by(session: Session, words: str) -> None:
    row = customer(session, "KH-0007", "重庆华东科技有限公司", "023-68681234")
    customer(session, "KH-0100", "上海北方建材厂", "021-55550000")
    assert found(session, words) == [("core.customer", row.id)]


def test_every_word_must_match(session: Session) -> None:
    customer(session, "A", "重庆华东科技")
    assert found(session, "重庆 北方") == []


def test_whole_match_comes_before_a_beginning(session: Session) -> None:
    longer = customer(session, "120", "甲")
    exact = customer(session, "12", "乙")
    assert found(session, "12") == [("core.customer", exact.id), ("core.customer", longer.id)]


def test_changed_name_is_found_and_the_old_one_is_not(session: Session) -> None:
    row = customer(session, "A", "华东科技")
    row.name = "西南建材"
    session.flush()
    assert found(session, "xnjc") == [("core.customer", row.id)]
    assert found(session, "华东") == []
    assert row.search_key == "xinanjiancai xnjc"


def test_deleted_record_is_found_no_more(session: Session) -> None:
    row = customer(session, "A", "华东科技")
    session.delete(row)
    session.flush()
    assert found(session, "华东") == []


def test_unsearched_change_leaves_the_index_alone(session: Session) -> None:
    row = customer(session, "A", "华东科技")
    before = session.scalars(select(SearchToken.token)).all()
    row.remark = "北方"
    session.flush()
    assert session.scalars(select(SearchToken.token)).all() == before


def test_contact_and_product_are_found(session: Session) -> None:
    owner = customer(session, "A", "甲")
    contact = Contact(customer_id=owner.id, name="单雄信", phone="13800138000")
    product = Product(code="W-18", name="桶装水 18.9L")
    session.add_all([contact, product])
    session.flush()
    assert found(session, "sxx") == [("core.contact", contact.id)]
    assert found(session, "138 0013 8000") == [("core.contact", contact.id)]
    assert found(session, "桶装 w-18") == [("core.product", product.id)]


def test_other_branch_is_not_found(world: World) -> None:
    with world.at(world.west) as west:
        customer(west, "A", "华东科技")
        west.commit()
    with world.at(world.east) as east:
        assert found(east, "华东") == []


def test_headquarters_finds_both_branches(world: World) -> None:
    for branch in (world.east, world.west):
        with world.at(branch) as session:
            customer(session, "A", "华东科技")
            session.commit()
    scope = Scope(actor="hq", branches=frozenset({world.east, world.west}))
    with world.session(scope, writable=False) as session:
        assert {hit.branch_id for hit in find(session, "华东")} == {world.east, world.west}


def test_bulk_inserted_rows_are_found_once_indexed(session: Session, world: World) -> None:
    row = {
        "branch_id": world.east, "code": "B", "name": "华东科技", "kind": CustomerKind.SPECIAL,
        "created_at": session.now, "updated_at": session.now, "version": 1,
    }  # fmt: skip
    key = session.execute(insert(Customer).returning(Customer.id), [row]).scalar_one()
    index_inserted(session, Customer, [{**row, "id": key}])
    assert found(session, "hd") == [("core.customer", key)]


def test_plugin_indexes_records_of_its_own(session: Session, world: World) -> None:
    texts = (SearchText(TextKind.CODE, "SN-88-01"),)
    index(session, SearchEntry("aftersales.machine", 5, world.east, texts))
    assert found(session, "sn8801") == [("aftersales.machine", 5)]


def test_answer_is_narrowed_and_limited(session: Session) -> None:
    for number in range(5):
        customer(session, f"A{number}", f"华东{number}厂")
    assert len(find(session, "华东", 3)) == 3
    assert find(session, "华东", entities=["core.product"]) == []


@pytest.mark.parametrize("words", ["", "  ", "%", "'; drop table core_customer; --", "\0", "*"])
def test_odd_words_find_nothing_and_break_nothing(session: Session, words: str) -> None:
    customer(session, "A", "华东科技")
    assert found(session, words) == []


def test_rare_word_leads_however_common_the_others_are(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only so many matches are weighed: those of the rarest word, so that none of them is lost."""
    monkeypatch.setattr(service, "ENOUGH", 3)
    for number in range(10):
        customer(session, f"K{number}", "重庆长江印务有限公司")
    rare = customer(session, "K99", "重庆嘉陵印务有限公司")
    assert found(session, "重庆 嘉陵") == [("core.customer", rare.id)]
    assert found(session, "cq jialing 印务") == [("core.customer", rare.id)]
    assert len(found(session, "重庆")) == 3


@pytest.mark.parametrize("words", ["12", "重庆"])
def test_best_matches_are_among_those_that_are_weighed(
    session: Session, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """The whole of a code before its beginnings, the start of a name before its middle."""
    monkeypatch.setattr(service, "ENOUGH", 2)
    for number in range(5):
        customer(session, f"12{number}", "北方重庆路建材")
    best = customer(session, "12", "重庆建材")
    assert found(session, words)[0] == ("core.customer", best.id)
