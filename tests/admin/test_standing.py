"""Nobody raises himself, or takes over somebody who may more (AR-06, XX-05)."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.admin.models import Account
from dougong.admin.security.accounts import CHEAP, create_account
from dougong.core.entities.people import Membership, Permission, Role, User
from dougong.core.session import Session
from tests.admin.conftest import PASSWORD, Furnished

NEW = {"password": "battery staple", "again": "battery staple"}


def hire(furnished: Furnished, role: str, *decides: str) -> str:
    """A person with that role at the head of the house; ``decides`` makes the role a new one."""
    login = f"{role}-{uuid4().hex[:8]}"

    def work(session: Session) -> None:
        if decides:
            permissions = [Permission(entity=e, operation=o) for e, o in map(_split, decides)]
            held = Role(code=login, name=login, clearance=0, permissions=permissions)
        else:
            held = session.scalars(select(Role).where(Role.code == role)).one()
        user = User(login=login, name=login, locale="en")
        user.memberships.append(Membership(branch_id=furnished.hq, role=held, below=True))
        session.add(user)
        session.flush()
        create_account(session, user, PASSWORD, hasher=CHEAP)

    furnished.write(work)
    return login


def _split(name: str) -> tuple[str, str]:
    entity, _, operation = name.partition(":")
    return entity, operation


def user_id(furnished: Furnished, login: str) -> int:
    return furnished.read(lambda s: s.scalars(select(User.id).where(User.login == login)).one())


def role_id(furnished: Furnished, code: str) -> int:
    return furnished.read(lambda s: s.scalars(select(Role.id).where(Role.code == code)).one())


def roles_of(furnished: Furnished, login: str) -> set[str]:
    def work(session: Session) -> set[str]:
        user = session.scalars(select(User).where(User.login == login)).one()
        return {membership.role.code for membership in user.memberships}

    return furnished.read(work)


def secrets_of(furnished: Furnished, login: str) -> tuple[str | None, ...]:
    def work(session: Session) -> tuple[str | None, ...]:
        account = session.get_one(Account, user_id(furnished, login))
        return account.password, account.fs_uniquifier, account.tf_totp_secret

    return furnished.read(work)


@pytest.fixture
def deployer(furnished: Furnished) -> Iterator[tuple[str, FlaskClient]]:
    login = hire(furnished, "deployer")
    with furnished.client(login) as client:
        client.post("/desk/branch", data={"branch": "*"})
        yield login, client


def give(client: FlaskClient, furnished: Furnished, to: str, role: str) -> str:
    answer = client.post(
        f"/admin/users/act/join/?id={user_id(furnished, to)}",
        data={"role": role_id(furnished, role), "branch": furnished.hq},
        follow_redirects=True,
    )
    return answer.get_data(as_text=True)


def test_deployer_makes_nobody_administrator(
    furnished: Furnished, deployer: tuple[str, FlaskClient]
) -> None:
    login, client = deployer
    other = hire(furnished, "manager")
    for person in (login, other):
        give(client, furnished, person, "administrator")
        assert "administrator" not in roles_of(furnished, person)
    give(client, furnished, other, "credit")
    assert roles_of(furnished, other) == {"manager", "credit"}


def test_nobody_gives_himself_a_role(
    furnished: Furnished, deployer: tuple[str, FlaskClient]
) -> None:
    login, client = deployer
    said = give(client, furnished, login, "credit")
    assert "Nobody changes his own roles." in said
    assert roles_of(furnished, login) == {"deployer"}


@pytest.mark.parametrize("act", ["password", "factor", "leave"])
def test_deployer_does_nothing_to_an_administrator(
    furnished: Furnished, deployer: tuple[str, FlaskClient], act: str
) -> None:
    _, client = deployer
    above = hire(furnished, "administrator")
    furnished.write(
        lambda s: setattr(s.get_one(Account, user_id(furnished, above)), "tf_totp_secret", "x")
    )
    before = secrets_of(furnished, above)
    membership = furnished.read(
        lambda s: s.scalars(
            select(Membership.id).where(Membership.user_id == user_id(furnished, above))
        ).one()
    )
    key = user_id(furnished, above)
    client.post(f"/admin/users/act/{act}/?id={key}", data={**NEW, "membership": membership})
    assert secrets_of(furnished, above) == before
    assert roles_of(furnished, above) == {"administrator"}


def test_deployer_does_not_switch_an_administrator_off(
    furnished: Furnished, deployer: tuple[str, FlaskClient]
) -> None:
    _, client = deployer
    above = hire(furnished, "administrator")
    key = user_id(furnished, above)
    sent = {"login": above, "name": "gone", "locale": "en"}
    assert client.post(f"/admin/users/edit/?id={key}", data=sent).status_code == 403
    assert furnished.read(lambda s: s.get_one(User, key).active)


def test_deployer_sets_the_password_of_those_below(
    furnished: Furnished, deployer: tuple[str, FlaskClient]
) -> None:
    _, client = deployer
    below = hire(furnished, "manager")
    before = secrets_of(furnished, below)
    client.post(f"/admin/users/act/password/?id={user_id(furnished, below)}", data=NEW)
    assert secrets_of(furnished, below) != before


def test_who_shapes_roles_raises_neither_his_own_nor_one_above(furnished: Furnished) -> None:
    login = hire(furnished, "shaper", "core.role:read", "core.role:update", "core.role:delete")
    with furnished.client(login) as client:
        client.post("/desk/branch", data={"branch": "*"})
        for code in (login, "administrator"):
            key = role_id(furnished, code)
            before = held(furnished, key)
            client.post(f"/admin/roles/permissions/?id={key}", data={"permit": "core.user:update"})
            client.post(f"/admin/roles/edit/?id={key}", data={"code": code, "clearance": 3})
            client.post("/admin/roles/delete/", data={"id": key})
            assert held(furnished, key) == before


def test_who_shapes_roles_grants_nothing_above_his_own(furnished: Furnished) -> None:
    login = hire(furnished, "shaper", "core.role:read", "core.role:update")
    hire(furnished, other := f"plain{uuid4().hex[:6]}", "core.customer:read")
    key = furnished.read(
        lambda s: s.scalars(select(Role.id).where(Role.code.startswith(other))).one()
    )
    with furnished.client(login) as client:
        client.post("/desk/branch", data={"branch": "*"})
        where = f"/admin/roles/permissions/?id={key}"
        client.post(where, data={"permit": ["core.customer:read", "core.user:update"]})
        assert held(furnished, key)[1] == {("core.customer", "read")}
        client.post(where, data={"permit": ["core.customer:read", "core.order:read"]})
        assert ("core.order", "read") in held(furnished, key)[1]


def held(furnished: Furnished, key: int) -> tuple[int, set[tuple[str, str]]]:
    def work(session: Session) -> tuple[int, set[tuple[str, str]]]:
        role = session.get_one(Role, key)
        return role.clearance, {(p.entity, p.operation) for p in role.permissions}

    return furnished.read(work)
