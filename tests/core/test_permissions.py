"""Roles start with permissions, and keep what people changed (AR-06)."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from dougong.core.entities.people import Permission, Role
from dougong.core.orm import Grade
from dougong.core.permissions import ROLES, all_permits, seed_roles
from dougong.core.scope import ANY, Grant, Scope
from dougong.core.testing import World


def test_starter_roles_have_their_permissions(world: World) -> None:
    with world.session(Scope.kernel("test")) as session:
        roles = seed_roles(session, world.registry)
        assert set(roles) == {starter.code for starter in ROLES}
        assert [(p.entity, p.operation) for p in roles["administrator"].permissions] == [(ANY, ANY)]
        allowed = {(p.entity, p.operation) for p in roles["technician"].permissions}
        assert ("core.customer", "read") in allowed
        assert ("core.customer", "delete") not in allowed


def test_seeding_again_gives_nothing_back_that_was_taken(world: World) -> None:
    with world.session(Scope.kernel("test")) as session:
        roles = seed_roles(session, world.registry)
        manager = roles["manager"]
        taken = next(p for p in manager.permissions if p.entity == "core.product")
        key = (taken.entity, taken.operation)
        manager.permissions.remove(taken)
        session.flush()
        before = session.scalars(select(Permission.id)).all()
        seed_roles(session, world.registry)
        assert session.scalars(select(Permission.id)).all() == before
        assert key not in {(p.entity, p.operation) for p in manager.permissions}


def test_every_permit_names_roles_that_exist(world: World) -> None:
    codes = {starter.code for starter in ROLES}
    for permit in all_permits(world.registry):
        assert set(permit.roles) <= codes, permit


def test_a_role_made_by_hand_is_left_alone(world: World) -> None:
    with world.session(Scope.kernel("test")) as session:
        session.add(Role(code="intern", name="实习生", clearance=int(Grade.PUBLIC)))
        session.flush()
        roles = seed_roles(session, world.registry)
        assert roles["intern"].permissions == []


@pytest.mark.parametrize(
    ("operation", "entity", "branch", "answer"),
    [
        ("read", "core.customer", 1, True),
        ("update", "core.customer", 1, False),
        ("read", "core.customer", 2, False),
        ("update", "core.order", 2, True),
        ("anything", "core.order", 2, True),
        ("read", "core.customer", None, True),
        ("read", "core.invoice", None, False),
        ("read", "core.customer", 3, False),
    ],
)
def test_a_grant_holds_at_its_branch_only(
    operation: str, entity: str, branch: int | None, answer: bool
) -> None:
    grants = frozenset({Grant(1, "core.customer", "read"), Grant(2, "core.order", ANY),
                        Grant(3, "core.customer", "read")})  # fmt: skip
    scope = Scope(actor="x", branches=frozenset({1, 2}), grants=grants)
    assert scope.allows(operation, entity, branch) is answer


def test_clearance_reaches_its_grade_and_no_further() -> None:
    scope = Scope(actor="x", clearance=Grade.INTERNAL)
    assert scope.clears(Grade.PUBLIC)
    assert scope.clears(Grade.INTERNAL)
    assert not scope.clears(Grade.CONFIDENTIAL)


def test_a_narrowed_scope_does_not_inherit_cached_answers() -> None:
    wide = Scope(actor="x", branches=frozenset({1}), grants=frozenset({Grant(1, "e", "read")}))
    assert wide.allows("read", "e", 1)
    assert not replace(wide, grants=frozenset()).allows("read", "e", 1)
