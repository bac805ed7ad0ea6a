"""What is confidential is shown to who says why; the log is read in words (AR-04, AR-06)."""

from functools import partial
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import Permission, Role
from dougong.core.entities.profiles import IndividualProfile
from dougong.core.scope import Scope
from dougong.core.services.audit.api import AuditAction, AuditEntry
from dougong.core.session import Session
from tests.admin.conftest import Furnished

SECRET = "310101198001010018"


@pytest.fixture
def person(furnished: Furnished) -> int:
    """A private customer of 东区 with an ID number."""

    def work(session: Session) -> int:
        code = uuid4().hex[:8]
        customer = Customer(code=code, kind=CustomerKind.INDIVIDUAL, name="李四", phone="13800")
        customer.individual = IndividualProfile(id_number=SECRET, card_number="")
        session.add(customer)
        session.flush()
        return customer.id

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def looks(furnished: Furnished, customer_id: int) -> list[AuditEntry]:
    """Who looked at what of the customer."""
    chosen = select(AuditEntry).filter_by(customer_id=customer_id, action=AuditAction.REVEAL)
    return furnished.read(lambda session: list(session.scalars(chosen).all()))


def page(client: FlaskClient, path: str) -> str:
    """The page at that address."""
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def ask(client: FlaskClient, key: int, reason: str, field: str = "individual.id_number"):  # type: ignore[no-untyped-def]
    """Ask to see a field of the customer."""
    sent = {"field": field, "reason": reason}
    return client.post(f"/admin/customers/reveal/?id={key}", data=sent)


def test_confidential_field_is_masked_for_everybody_until_asked(
    furnished: Furnished, person: int
) -> None:
    shown = page(furnished.client("east_admin"), f"/admin/customers/details/?id={person}")
    assert SECRET not in shown
    assert "••••••" in shown
    assert 'value="individual.id_number"' in shown
    assert 'value="individual.card_number"' not in shown  # there is nothing behind it


def test_with_a_reason_it_is_shown_for_that_view_and_kept(
    furnished: Furnished, person: int
) -> None:
    client = furnished.client("manager")
    answer = ask(client, person, "核对身份")
    assert SECRET in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    (look,) = looks(furnished, person)
    assert (look.actor, look.reason, look.entity) == (
        "manager",
        "核对身份",
        "core_individual_profile",
    )
    assert look.changes == {"id_number": []}
    assert look.request_id == answer.headers["X-Request-Id"]
    assert SECRET not in page(client, f"/admin/customers/details/?id={person}")


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_without_a_reason_it_stays_masked(furnished: Furnished, person: int, reason: str) -> None:
    answer = ask(furnished.client("manager"), person, reason)
    assert answer.status_code == 303
    assert SECRET not in answer.get_data(as_text=True)
    assert looks(furnished, person) == []


def test_look_that_would_leave_no_record_shows_nothing(furnished: Furnished, person: int) -> None:
    """A one-time key undoes what ends in a page; it must not undo the record alone."""
    before = looks(furnished, person)
    sent = {"field": "individual.id_number", "reason": "核对身份", "request_key": "k" * 32}
    client = furnished.client("manager")
    answer = client.post(f"/admin/customers/reveal/?id={person}", data=sent)
    kept = looks(furnished, person) != before
    assert kept or SECRET not in answer.get_data(as_text=True)


def test_without_the_permission_it_is_refused(furnished: Furnished, person: int) -> None:
    client = furnished.client("technician")
    assert "/reveal/" not in page(client, f"/admin/customers/details/?id={person}")
    assert ask(client, person, "好奇").status_code == 403
    assert looks(furnished, person) == []


def test_below_the_grade_the_permission_does_not_help(furnished: Furnished, person: int) -> None:
    def allow(session: Session, add: bool) -> None:
        role = session.scalars(select(Role).filter_by(code="technician")).one()
        if add:
            role.permissions.append(Permission(entity="core.customer", operation="reveal"))
        else:
            role.permissions = [p for p in role.permissions if p.operation != "reveal"]

    furnished.write(lambda session: allow(session, True))
    try:
        client = furnished.client("technician")
        assert "/reveal/" not in page(client, f"/admin/customers/details/?id={person}")
        answer = ask(client, person, "好奇")
    finally:
        furnished.write(lambda session: allow(session, False))
    assert SECRET not in answer.get_data(as_text=True)
    assert looks(furnished, person) == []


def test_customer_of_another_branch_is_not_revealed(furnished: Furnished, person: int) -> None:
    """XX-05"""
    assert ask(furnished.client("west_admin"), person, "核对").status_code == 404


@pytest.mark.parametrize("field", ["name", "individual.employer", "enterprise.credit_code", "x.y",
                                   "individual.__class__", ""])  # fmt: skip
def test_only_fields_that_ask_are_revealed(furnished: Furnished, person: int, field: str) -> None:
    assert ask(furnished.client("manager"), person, "核对身份", field).status_code == 404
    assert looks(furnished, person) == []


def test_reveal_needs_the_token(furnished: Furnished, person: int) -> None:
    client = furnished.client("manager")
    furnished.app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert ask(client, person, "核对身份").status_code == 400
    finally:
        furnished.app.config["WTF_CSRF_ENABLED"] = False


def test_any_record_is_revealed_alike(furnished: Furnished) -> None:
    key, client = furnished.rows["east"].contacts, furnished.client("manager")
    assert "1980" not in page(client, f"/admin/contacts/details/?id={key}")
    sent = {"field": "birth_year", "reason": "生日祝福"}
    answer = client.post(f"/admin/contacts/reveal/?id={key}", data=sent)
    assert "1980" in answer.get_data(as_text=True)


def test_form_neither_shows_nor_loses_what_is_confidential(
    furnished: Furnished, person: int
) -> None:
    client = furnished.client("manager")
    path = f"/admin/customers/edit/?id={person}"
    form = page(client, path)
    assert SECRET not in form
    assert 'name="individual__id_number"' in form
    code = furnished.read(lambda s: s.get_one(Customer, person).code)
    sent = {"code": code, "name": "李四", "status": "active", "individual__sex": "male"}
    assert client.post(path, data=sent).status_code == 302
    assert held(furnished, person) == SECRET
    changed = "310101198001010034"
    answer = client.post(path, data={**sent, "individual__id_number": changed})
    assert answer.status_code == 302
    assert held(furnished, person) == changed


def held(furnished: Furnished, key: int) -> str:
    """The ID number that is stored."""
    chosen = select(IndividualProfile.id_number).filter_by(customer_id=key)
    return furnished.read(lambda session: session.scalars(chosen).one())


def test_history_stands_on_the_customers_page_in_words(furnished: Furnished, person: int) -> None:
    def work(session: Session) -> None:
        customer = session.get_one(Customer, person)
        customer.phone = "13900"
        customer.contacts.append(Contact(name="王芳"))
        assert customer.individual is not None
        customer.individual.id_number = "310101198001010026"

    furnished.house.database.write(Scope.at(furnished.east, "clerk"), work)
    shown = page(furnished.client("manager"), f"/admin/customers/details/?id={person}")
    assert 'id="history"' in shown
    assert "13800 → 13900" in shown
    assert "clerk" in shown
    assert "王芳" in shown
    assert "310101198001010026" not in shown  # a history does not tell it either
    assert SECRET not in shown


def test_history_leaves_out_what_the_person_may_not_read(furnished: Furnished, person: int) -> None:
    scope = Scope.at(furnished.east, "clerk")
    furnished.house.database.write(
        scope, lambda s: s.add(Contact(customer_id=person, name="赵六"))
    )  # fmt: skip

    def take(session: Session) -> None:
        role = session.scalars(select(Role).filter_by(code="technician")).one()
        role.permissions = [p for p in role.permissions if p.entity != "core.contact"]

    furnished.write(take)
    try:
        path = f"/admin/customers/details/?id={person}"
        assert "赵六" not in page(furnished.client("technician"), path)
        assert "赵六" in page(furnished.client("manager"), path)
    finally:
        furnished.write(_give_back)


def _give_back(session: Session) -> None:
    role = session.scalars(select(Role).filter_by(code="technician")).one()
    role.permissions.append(Permission(entity="core.contact", operation="read"))


def test_log_is_searched_by_who_what_and_field(furnished: Furnished, person: int) -> None:
    client = furnished.client("manager")
    ask(client, person, "核对身份证")
    assert "核对身份证" in page(client, f"/admin/audit/?customer={person}&action=reveal")
    assert "核对身份证" in page(client, f"/admin/audit/?customer={person}&q=manager")
    assert "核对身份证" in page(client, f"/admin/audit/?customer={person}&q=id_number")
    assert "核对身份证" not in page(client, f"/admin/audit/?customer={person}&action=delete")
    assert "核对身份证" not in page(client, f"/admin/audit/?customer={person}&q=nobody")
    assert "核对身份证" not in page(client, f"/admin/audit/?customer={person}&until=2000-01-01")
    kind = f"/admin/audit/?customer={person}&kind="
    assert "核对身份证" in page(client, f"{kind}core_individual_profile")
    assert "核对身份证" not in page(client, f"{kind}core_contact")


@pytest.mark.parametrize(
    "query",
    ["action=x", "since=x&until=y", "before=x", "customer=99999999999999", "kind=%27", "q=%25_%22"],
)
def test_bad_addresses_are_no_error(furnished: Furnished, query: str) -> None:
    assert furnished.client("manager").get(f"/admin/audit/?{query}").status_code == 200


def _call_him(key: int, phone: str, session: Session) -> None:
    session.get_one(Customer, key).phone = phone


def test_log_is_paged(furnished: Furnished, person: int) -> None:
    for number in range(51):
        call_him = partial(_call_him, person, f"555{number}")
        furnished.house.database.write(Scope.at(furnished.east, "clerk"), call_him)
    client = furnished.client("manager")
    first = page(client, f"/admin/audit/?customer={person}")
    assert "13800 → 5550" not in first
    older = first.split(f"/admin/audit/?customer={person}&amp;before=")[1].split('"')[0]
    assert "13800 → 5550" in page(client, f"/admin/audit/?customer={person}&before={older}")


def test_log_is_for_who_may_read_it_at_his_branches(furnished: Furnished, person: int) -> None:
    assert furnished.client("technician").get("/admin/audit/").status_code == 403
    assert "李四" not in page(furnished.client("west_admin"), f"/admin/audit/?customer={person}")


def test_record_pages_carry_their_history(furnished: Furnished) -> None:
    key = furnished.rows["east"].products
    shown = page(furnished.client("manager"), f"/admin/products/details/?id={key}")
    assert "History" in shown
    assert "¥1,000.00" in shown.split("History", 1)[1]


def test_names_of_other_branches_are_not_told(furnished: Furnished) -> None:
    """XX-05: a log that names a key of another branch shows the key alone."""
    there = furnished.rows["west"].customers
    forged = {
        "branch_id": furnished.east, "at": furnished.house.clock.now(), "actor": "x",
        "action": "update", "entity": "core_contact", "entity_id": furnished.rows["west"].contacts,
        "changes": {"customer_id": [there, there]}, "request_id": "forged", "reason": "",
    }  # fmt: skip
    furnished.write(lambda session: session.execute(insert(AuditEntry), [forged]))
    shown = page(furnished.client("east_admin"), "/admin/audit/?q=forged")
    assert f"#{there} → #{there}" in shown
    assert f"星辰{furnished.west}公司" not in shown
