"""``RecordView`` closes what Flask-Admin leaves open, trap by trap."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from dougong.admin.views import RecordView
from dougong.admin.views.export import harmless
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import Role, User
from dougong.core.entities.product import Product
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.session import Session
from tests.admin.conftest import Furnished


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


def product(**changes: str) -> dict[str, str]:
    """A product form that is filled in well."""
    return {
        "code": f"P{uuid4().hex[:8]}", "name": "键盘", "unit": "只", "price_minor": "99.50",
        "currency": "CNY", "tax_percent": "13", "warranty_months": "12", "active": "y", **changes,
    }  # fmt: skip


def stored(furnished: Furnished, code: str) -> list[Product]:
    """The products with that code, wherever."""
    found = select(Product).where(Product.code == code)
    return list(furnished.read(lambda session: session.scalars(found).all()))


def test_created_row_belongs_to_the_current_branch(
    furnished: Furnished, client: FlaskClient
) -> None:
    sent = product()
    assert client.post("/admin/products/new/", data=sent).status_code == 302
    (row,) = stored(furnished, sent["code"])
    assert (row.branch_id, row.price_minor) == (furnished.east, 9950)


def test_sent_again_after_a_lost_answer_it_books_once(
    furnished: Furnished, client: FlaskClient
) -> None:
    sent = product(request_key=uuid4().hex)
    first = client.post("/admin/products/new/", data=sent)
    again = client.post("/admin/products/new/", data=sent)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(stored(furnished, sent["code"])) == 1


def test_key_of_another_form_is_refused(furnished: Furnished, client: FlaskClient) -> None:
    sent = product(request_key=uuid4().hex)
    client.post("/admin/products/new/", data=sent)
    other = product(request_key=sent["request_key"])
    assert client.post("/admin/products/new/", data=other).status_code == 303
    assert stored(furnished, other["code"]) == []


def test_form_with_errors_leaves_its_key_unused(furnished: Furnished, client: FlaskClient) -> None:
    sent = product(request_key=uuid4().hex, price_minor="1.555")
    assert client.post("/admin/products/new/", data=sent).status_code == 200
    sent["price_minor"] = "1.55"
    assert client.post("/admin/products/new/", data=sent).status_code == 302
    assert len(stored(furnished, sent["code"])) == 1


@pytest.mark.parametrize("price", ["abc", "1.555", "-1", "1e400", "99999999999999999999", "NaN"])
def test_bad_amount_is_told_at_its_field(
    furnished: Furnished, client: FlaskClient, price: str
) -> None:
    sent = product(price_minor=price)
    answer = client.post("/admin/products/new/", data=sent)
    assert answer.status_code == 200
    assert 'id="price_minor-errors"' in answer.get_data(as_text=True)
    assert stored(furnished, sent["code"]) == []


def test_value_in_use_is_told_at_its_field_without_sql(
    furnished: Furnished, client: FlaskClient
) -> None:
    sent = product()
    client.post("/admin/products/new/", data=sent)
    page = client.post("/admin/products/new/", data=sent).get_data(as_text=True)
    assert 'id="code-errors"' in page
    assert "This value is already in use." in page
    for word in ("INSERT", "UNIQUE", "sqlite3", "psycopg", "core_product"):
        assert word not in page


def test_row_that_others_refer_to_stays(furnished: Furnished, client: FlaskClient) -> None:
    key = furnished.rows["east"].customers
    answer = client.post("/admin/customers/delete/", data={"id": key}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "Other records still refer to this one; it stays." in page
    assert "FOREIGN KEY" not in page
    assert furnished.read(lambda session: session.get(Customer, key)) is not None


@pytest.mark.parametrize(
    ("path", "model", "changed"),
    [("customers", Customer, {"code": "C1", "name": "", "status": "active"}),
     ("products", Product, product(code="P1"))],
)  # fmt: skip
def test_who_saves_second_is_told_and_overwrites_nothing(
    furnished: Furnished, client: FlaskClient, path: str, model: Any, changed: dict[str, str]
) -> None:
    key = getattr(furnished.rows["west"], path)
    first = furnished.client("west_admin")
    page = first.get(f"/admin/{path}/edit/?id={key}").get_data(as_text=True)
    seen = re.search(r'name="row_seen"[^>]*value="([^"]+)"', page)
    assert seen is not None
    furnished.house.clock.advance(timedelta(seconds=5))  # type: ignore[attr-defined]
    name = furnished.read(lambda session: session.get_one(model, key)).name
    sent = {**changed, "name": name, "row_seen": seen[1]}
    assert first.post(f"/admin/{path}/edit/?id={key}", data=sent).status_code == 302
    second = {**sent, "name": "后来者"}
    answer = first.post(f"/admin/{path}/edit/?id={key}", data=second).get_data(as_text=True)
    assert "Somebody else changed this record" in answer
    assert furnished.read(lambda session: session.get_one(model, key)).name == name


def test_without_token_nothing_is_written(furnished: Furnished, client: FlaskClient) -> None:
    sent = product()
    furnished.app.config["WTF_CSRF_ENABLED"] = True
    try:
        posts = ["/admin/products/new/", "/admin/products/delete/", "/admin/products/action/",
                 "/admin/orders/act/confirm/?id=1", "/desk/branch", "/admin/plugins/switch/1/x/",
                 "/logout"]  # fmt: skip
        assert {client.post(path, data=sent).status_code for path in posts} == {400}
    finally:
        furnished.app.config["WTF_CSRF_ENABLED"] = False
    assert stored(furnished, sent["code"]) == []


def test_inline_edit_needs_the_permission(furnished: Furnished) -> None:
    reader = furnished.client("technician")
    sent = {"list_form_pk": furnished.rows["east"].products, "name": "x"}
    assert reader.post("/admin/products/ajax/update/", data=sent).status_code == 403


def test_look_up_is_capped_and_needs_the_permission(
    furnished: Furnished, client: FlaskClient
) -> None:
    for number in range(60):
        client.post("/admin/products/new/", data=product(name=f"多{number}"))
    path = "/admin/orders/ajax/lookup/?name=product&query=&limit=1000000&offset=-5"
    assert len(client.get(path).get_json()) == 50
    assert furnished.client("technician").get(path).status_code == 403
    assert client.get("/admin/contacts/ajax/lookup/?name=nothing&query=").status_code == 404


def test_look_up_takes_wildcards_as_they_are_written(client: FlaskClient) -> None:
    path = "/admin/contacts/ajax/lookup/?name=customer&query=%25"
    assert client.get(path).get_json() == []


def test_people_of_other_branches_are_not_looked_up(client: FlaskClient) -> None:
    path = "/admin/customers/ajax/lookup/?name=manager&query="
    names = [text for _, text in client.get(path).get_json()]
    assert "员工manager" in names
    assert "员工west_admin" not in names


@pytest.mark.parametrize("chosen", ["999999999", "abc", "foreign"])
def test_what_was_chosen_and_is_gone_is_told_not_emptied(
    furnished: Furnished, client: FlaskClient, chosen: str
) -> None:
    """XX-07, and XX-05: a customer of another branch is as if it were not there."""
    manager = chosen
    if chosen == "foreign":
        stranger = select(User.id).filter_by(login="west_admin")
        manager = str(furnished.read(lambda s: s.scalars(stranger).one()))
        chosen = str(furnished.rows["west"].products)
    sent = {"customer": str(furnished.rows["east"].customers), "lines-0-product": chosen,
            "lines-0-text": "键盘", "lines-0-unit_price_minor": "1"}  # fmt: skip
    before = furnished.read(lambda s: s.scalar(select(func.count(SalesOrder.id))))
    page = client.post("/admin/orders/new/", data=sent).get_data(as_text=True)
    assert "What you chose is not there any more; choose again." in page
    gone = {"kind": "enterprise", "code": f"K{uuid4().hex[:8]}", "name": "甲", "manager": manager}
    page = client.post("/admin/customers/new/?kind=enterprise", data=gone).get_data(as_text=True)
    assert "What you chose is not there any more; choose again." in page
    assert furnished.read(lambda s: s.scalar(select(func.count(SalesOrder.id)))) == before


def test_who_was_switched_off_stays_where_he_stands_and_is_not_chosen_anew(
    furnished: Furnished, client: FlaskClient
) -> None:
    def leave(session: Session) -> tuple[int, int]:
        gone = User(login=f"gone{uuid4().hex[:8]}", name="离职", active=False)
        session.add(gone)
        session.flush()
        his = Customer(
            branch_id=furnished.east, code=f"K{uuid4().hex[:8]}", name="乙",
            kind=CustomerKind.ENTERPRISE, manager_id=gone.id,
        )  # fmt: skip
        session.add(his)
        session.flush()
        return gone.id, his.id

    user_id, customer_id = furnished.write(leave)
    sent = {"code": f"K{uuid4().hex[:8]}", "name": "乙", "kind": "enterprise",
            "phone": "13800138000", "status": "active", "manager": str(user_id)}  # fmt: skip
    path = f"/admin/customers/edit/?id={customer_id}"
    assert client.post(path, data=sent).status_code == 302
    kept = furnished.read(lambda s: s.get(Customer, customer_id))
    assert kept is not None
    assert (kept.phone, kept.manager_id) == ("13800138000", user_id)
    other = f"/admin/customers/edit/?id={furnished.rows['east'].customers}"
    assert client.post(other, data=sent).status_code == 200


def test_export_opens_in_excel_and_runs_no_formula(
    furnished: Furnished, client: FlaskClient
) -> None:
    client.post("/admin/products/new/", data=product(name='=HYPERLINK("x")'))
    answer = client.get("/admin/products/export/csv/")
    assert answer.data.startswith("\ufeff".encode())
    assert "'=HYPERLINK" in answer.get_data(as_text=True)
    assert "filename*=UTF-8''Products_2026" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1+1", "'=1+1"), ("＝1+1", "'＝1+1"), ("＠x", "'＠x"), ("\n=1", "'\n=1"),
     ("@x", "'@x"), ("-12.50", "-12.50"), ("+86 21", "'+86 21"), ("\tx", "'\tx"),
     ("电脑", "电脑"), (None, ""), (-5, "-5")],
)  # fmt: skip
def test_what_starts_a_formula_is_quoted(value: object, written: str) -> None:
    assert harmless(value) == written


@pytest.mark.parametrize("login", ["east_admin", "technician"])
def test_confidential_fields_are_masked_on_every_page(furnished: Furnished, login: str) -> None:
    """Clearance is not enough: test_audit.py shows how they are asked for (AR-06)."""
    key = furnished.rows["east"].contacts
    path = f"/admin/contacts/details/?id={key}"
    masked = furnished.client(login).get(path).get_data(as_text=True)
    assert "1980" not in masked
    assert "••••••" in masked


def test_graded_fields_are_in_no_form_below_clearance(furnished: Furnished) -> None:
    def lower(session: Session, clearance: int) -> None:
        session.scalars(select(Role).filter_by(code="manager")).one().clearance = clearance

    key = furnished.rows["east"].contacts
    furnished.write(lambda session: lower(session, 1))
    try:
        client = furnished.client("manager")
        page = client.get(f"/admin/contacts/edit/?id={key}").get_data(as_text=True)
        assert 'name="birth_month"' in page
        assert 'name="birth_year"' not in page
        sent = {"customer": furnished.rows["east"].customers, "name": "张三", "birth_year": "1900"}
        assert client.post(f"/admin/contacts/edit/?id={key}", data=sent).status_code == 302
    finally:
        furnished.write(lambda session: lower(session, 2))
    assert furnished.read(lambda session: session.get_one(Contact, key)).birth_year == 1980


def test_view_that_would_tell_graded_fields_is_refused() -> None:
    class Telling(RecordView):
        model = Contact
        entity = "core.contact"
        path = "telling"
        column_filters = ("birth_year",)

    with pytest.raises(TypeError, match="graded"):
        Telling()._refuse_graded()


def test_view_may_not_open_what_permissions_close() -> None:
    with pytest.raises(TypeError, match="offers"):
        type("Loose", (RecordView,), {"can_delete": True})


def test_bulk_delete_is_all_or_nothing(furnished: Furnished, client: FlaskClient) -> None:
    sent = product()
    client.post("/admin/products/new/", data=sent)
    (row,) = stored(furnished, sent["code"])
    foreign = furnished.rows["west"].products
    bulk = {"action": "delete", "rowid": [row.id, foreign]}
    assert client.post("/admin/products/action/", data=bulk).status_code == 404
    assert len(stored(furnished, sent["code"])) == 1
    bulk["rowid"] = [row.id]
    assert client.post("/admin/products/action/", data=bulk).status_code == 302
    assert stored(furnished, sent["code"]) == []


def test_order_of_a_list_is_the_same_every_time(client: FlaskClient) -> None:
    for _ in range(3):
        client.post("/admin/products/new/", data=product(name="同名"))
    pages = {client.get("/admin/products/?sort=name").get_data() for _ in range(3)}
    assert len({page.count(b"<tr") for page in pages}) == 1


def test_refused_act_says_why_and_changes_nothing(
    furnished: Furnished, client: FlaskClient
) -> None:
    key = furnished.rows["east"].orders
    path = f"/admin/orders/act/confirm/?id={key}"
    page = client.post(path, follow_redirects=True).get_data(as_text=True)
    assert "alert-danger" in page
    order = furnished.read(lambda session: session.get_one(SalesOrder, key))
    assert order.state is OrderState.CONFIRMED


def test_form_of_an_act_speaks_of_the_act(furnished: Furnished) -> None:
    head = furnished.client("admin")
    user = furnished.read(lambda session: session.scalars(select(User.id)).first())
    page = head.get(f"/admin/users/act/password/?id={user}").get_data(as_text=True)
    assert re.findall(r"<h[12][^>]*>([^<]+)</h[12]>", page)[:2] == ["Set password"] * 2
    assert re.findall(r'<button class="btn btn-primary" type="submit">(.+?)</button>', page) == [
        "Set password"
    ]


def test_act_needs_its_own_permission(furnished: Furnished) -> None:
    key = furnished.rows["east"].invoices
    reader = furnished.client("technician")
    assert reader.post(f"/admin/invoices/act/void/?id={key}").status_code == 303
    shown = reader.get(f"/admin/invoices/details/?id={key}").get_data(as_text=True)
    assert "/act/void/" not in shown
    assert "You are not allowed to do this." in shown


def test_in_the_whole_house_only_its_head_decides(furnished: Furnished) -> None:
    of_a_branch = furnished.client("east_admin")
    assert of_a_branch.get("/admin/users/").status_code == 200
    assert of_a_branch.get("/admin/users/new/").status_code == 403
    assert of_a_branch.post("/admin/roles/permissions/?id=1").status_code in (303, 403)
    seen = of_a_branch.get("/admin/users/").get_data(as_text=True)
    assert "west_admin" not in seen
    assert furnished.client("admin").get("/admin/users/new/").status_code == 200


def test_user_is_made_given_a_role_and_a_password(furnished: Furnished) -> None:
    head = furnished.client("admin")
    login = f"u{uuid4().hex[:8]}"
    sent = {"login": login, "name": "新人", "active": "y", "locale": ""}
    assert head.post("/admin/users/new/", data=sent).status_code == 302
    found = select(User).where(User.login == login)
    user = furnished.read(lambda session: session.scalars(found).one())
    roles = select(Role.id).where(Role.code == "manager")
    role = furnished.read(lambda session: session.scalars(roles).one())
    joined = {"role": role, "branch": furnished.east}
    assert head.post(f"/admin/users/act/join/?id={user.id}", data=joined).status_code == 303
    secret = {"password": "correct horse", "again": "correct horse"}
    assert head.post(f"/admin/users/act/password/?id={user.id}", data=secret).status_code == 303
    assert furnished.client(login).get("/admin/customers/").status_code == 200


def test_counting_and_listing_obey_the_same_scope(
    furnished: Furnished, client: FlaskClient
) -> None:
    count = select(func.count(Customer.id)).where(Customer.branch_id == furnished.east)
    mine = furnished.read(lambda session: session.scalar(count))
    page = client.get("/admin/customers/").get_data(as_text=True)
    assert f'<span class="count">{mine}</span>' in page
