"""Logging in: throttled in the database, two factors, ended everywhere by a new password."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.admin.models import Account, LoginAttempt
from dougong.admin.security.accounts import CHEAP, create_account, set_password
from dougong.admin.security.throttle import (
    FOR_ALL_NAMES,
    FROM_ANYWHERE,
    FROM_ONE_ADDRESS,
    TooManyAttempts,
    begin_attempt,
)
from dougong.core.entities.people import Membership, Role, User
from dougong.core.errors import Refusal
from dougong.core.session import Session
from tests.admin.conftest import PASSWORD, Furnished


@pytest.fixture
def newcomer(furnished: Furnished) -> str:
    """The log-in name of somebody no other test knows: his failures are his own."""
    login = f"new{uuid4().hex[:8]}"

    def work(session: Session) -> None:
        role = session.scalars(select(Role).filter_by(code="manager")).one()
        user = User(login=login, name="新员工", locale="en")
        user.memberships.append(Membership(branch_id=furnished.east, role=role))
        session.add(user)
        session.flush()
        create_account(session, user, PASSWORD, hasher=CHEAP)

    furnished.write(work)
    return login


def try_in(client: FlaskClient, login: str, password: str, address: str = "10.0.0.1"):  # type: ignore[no-untyped-def]
    """One try from that address."""
    return client.post(
        "/login", data={"username": login, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )  # fmt: skip


def test_right_password_opens_the_start_page(furnished: Furnished, newcomer: str) -> None:
    client = furnished.client()
    assert try_in(client, newcomer.upper(), PASSWORD).headers["Location"] == "/admin/"
    assert "新员工" in client.get("/admin/").get_data(as_text=True)


def test_wrong_password_and_unknown_name_are_answered_alike(
    furnished: Furnished, newcomer: str
) -> None:
    client = furnished.client()
    wrong = try_in(client, newcomer, "not the password").get_data(as_text=True)
    unknown = try_in(client, "nobody at all", "whatever it is").get_data(as_text=True)
    for page in (wrong, unknown):
        assert "登录名或密码错误" in page
        assert "exist" not in page


def test_five_failures_make_the_person_wait_even_with_the_right_password(
    furnished: Furnished, newcomer: str
) -> None:
    for _ in range(FROM_ONE_ADDRESS):
        try_in(furnished.client(), newcomer, "wrong password")
    answer = try_in(furnished.client(), newcomer, PASSWORD)
    assert answer.status_code == 200
    assert "15" in answer.get_data(as_text=True)
    assert furnished.client().get("/admin/").status_code == 302


def test_failures_elsewhere_do_not_lock_the_person_out_at_once(
    furnished: Furnished, newcomer: str
) -> None:
    for _ in range(FROM_ONE_ADDRESS + 1):
        try_in(furnished.client(), newcomer, "wrong password", "10.9.9.9")
    assert try_in(furnished.client(), newcomer, PASSWORD, "10.0.0.2").status_code == 302


def test_many_failures_from_many_addresses_are_stopped_too(
    furnished: Furnished, newcomer: str
) -> None:
    for number in range(FROM_ANYWHERE):
        try_in(furnished.client(), newcomer, "wrong password", f"10.1.1.{number}")
    assert try_in(furnished.client(), newcomer, PASSWORD, "10.0.0.3").status_code == 200


def test_one_address_trying_many_names_is_stopped(furnished: Furnished) -> None:
    for n in range(FOR_ALL_NAMES):
        begin_attempt(furnished.house, f"name{n}", "10.7.7.7")
    with pytest.raises(TooManyAttempts):
        begin_attempt(furnished.house, "one more", "10.7.7.7")
    begin_attempt(furnished.house, "one more", "10.7.7.8")


def test_success_forgives_what_failed_before(furnished: Furnished, newcomer: str) -> None:
    for _ in range(FROM_ONE_ADDRESS - 1):
        try_in(furnished.client(), newcomer, "wrong password")
    assert try_in(furnished.client(), newcomer, PASSWORD).status_code == 302
    for _ in range(FROM_ONE_ADDRESS - 1):
        try_in(furnished.client(), newcomer, "wrong password")
    assert try_in(furnished.client(), newcomer, PASSWORD).status_code == 302


def test_new_password_ends_every_open_session(furnished: Furnished, newcomer: str) -> None:
    client = furnished.client()
    try_in(client, newcomer, PASSWORD)
    assert client.get("/admin/").status_code == 200

    def work(session: Session) -> None:
        user = session.scalars(select(User).filter_by(login=newcomer)).one()
        set_password(session, user, "another password", hasher=CHEAP)

    furnished.write(work)
    assert client.get("/admin/").status_code == 302
    assert try_in(furnished.client(), newcomer, "another password").status_code == 302


def test_person_changes_his_own_password_and_stays_in_here_only(
    furnished: Furnished, newcomer: str
) -> None:
    here, elsewhere = furnished.client(), furnished.client()
    for client in (here, elsewhere):
        try_in(client, newcomer, PASSWORD)
    sent = {"password": PASSWORD, "new_password": "a better one",
            "new_password_confirm": "a better one"}  # fmt: skip
    assert here.post("/password", data=sent).status_code == 302
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


def test_open_session_is_no_place_to_guess_the_password(
    furnished: Furnished, newcomer: str
) -> None:
    client = furnished.client()
    try_in(client, newcomer, PASSWORD)
    before = password_of(furnished, newcomer)
    new = {"new_password": "a better one", "new_password_confirm": "a better one"}
    for guess in range(FROM_ONE_ADDRESS):
        path = ("/password", "/verify")[guess % 2]
        client.post(path, data={**new, "password": f"guess number {guess}"})
    for path in ("/password", "/verify"):
        answer = client.post(path, data={**new, "password": PASSWORD})
        assert answer.status_code == 200
        assert "Too many attempts." in answer.get_data(as_text=True)
    assert password_of(furnished, newcomer) == before


def password_of(furnished: Furnished, login: str) -> str:
    statement = select(Account.password).join(Account.user).where(User.login == login)
    return furnished.read(lambda session: session.scalars(statement).one())


def test_person_switched_off_is_out_at_once(furnished: Furnished, newcomer: str) -> None:
    client = furnished.client()
    try_in(client, newcomer, PASSWORD)

    def work(session: Session) -> None:
        session.scalars(select(User).filter_by(login=newcomer)).one().active = False

    furnished.write(work)
    assert client.get("/admin/").status_code == 302


def test_passwords_are_argon2id_and_short_ones_refused(furnished: Furnished, newcomer: str) -> None:
    found = select(Account.password).join(Account.user).where(User.login == newcomer)
    assert furnished.read(lambda s: s.scalars(found).one()).startswith("$argon2id$")

    def work(session: Session) -> None:
        user = session.scalars(select(User).filter_by(login=newcomer)).one()
        set_password(session, user, "short", hasher=CHEAP)

    with pytest.raises(Refusal):
        furnished.write(work)


def test_second_factor_is_asked_for_once_it_is_set_up(furnished: Furnished, newcomer: str) -> None:
    totp = furnished.app.extensions["security"].totp_factory
    secret = totp.generate_totp_secret()

    def work(session: Session) -> None:
        found = select(Account).join(Account.user).where(User.login == newcomer)
        account = session.scalars(found).one()
        account.tf_primary_method, account.tf_totp_secret = "authenticator", secret

    furnished.write(work)
    client = furnished.client()
    assert "/two-factor/code" in try_in(client, newcomer, PASSWORD).headers["Location"]
    assert client.get("/admin/").status_code == 302
    assert client.post("/two-factor/code", data={"code": "000000"}).status_code == 200
    with furnished.app.app_context():
        code = totp.generate_totp_password(secret)
    assert client.post("/two-factor/code", data={"code": code}).status_code == 302
    assert client.get("/admin/").status_code == 200
    again = furnished.client()
    try_in(again, newcomer, PASSWORD)
    assert again.post("/two-factor/code", data={"code": code}).status_code == 200
    assert again.get("/admin/").status_code == 302


def test_second_factor_can_be_set_up(furnished: Furnished, newcomer: str) -> None:
    client = furnished.client()
    try_in(client, newcomer, PASSWORD)
    page = client.post("/two-factor", data={"setup": "authenticator"}).get_data(as_text=True)
    assert "data:image/svg+xml;base64" in page
    assert "<style" not in page


def test_attempts_are_in_the_database_for_every_host(furnished: Furnished, newcomer: str) -> None:
    try_in(furnished.client(), newcomer, "wrong password")
    found = select(LoginAttempt).where(LoginAttempt.login == newcomer)
    attempts = furnished.read(lambda s: s.scalars(found).all())
    assert [(a.address, a.succeeded) for a in attempts] == [("10.0.0.1", False)]
