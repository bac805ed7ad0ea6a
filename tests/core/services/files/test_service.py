"""Files on a real database: taken by what they are, walled, kept in the log."""

from hashlib import sha256

import pytest
from sqlalchemy import select

from dougong.core.entities.attachment import Attachment
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.errors import Forbidden, NotFound, Refusal
from dougong.core.scope import Grant, Scope
from dougong.core.services.audit.api import AuditAction, Question, find_entries
from dougong.core.services.files import api
from dougong.core.services.files.api import Subject, Upload
from dougong.core.session import Session
from dougong.core.testing import World

MOST = 1024
PAPER = Upload("../合同.pdf", b"%PDF-1.7 contract")


@pytest.fixture
def subject(session: Session, world: World) -> Subject:
    """A customer of 东区."""
    row = Customer(code="C1", kind=CustomerKind.ENTERPRISE, name="北京清泉饮品有限公司")
    session.add(row)
    session.flush()
    return Subject("core.customer", row.id, world.east, row.id)


def clerk(world: World, *held: str) -> Scope:
    """Somebody at 东区 who may do these."""
    pairs = [name.rsplit(" ", 1) for name in held]
    grants = frozenset(Grant(world.east, entity, verb) for entity, verb in pairs)
    return Scope("clerk", frozenset({world.east}), world.east, grants=grants)


def test_a_file_is_kept_with_its_kind_and_its_sum(session: Session, subject: Subject) -> None:
    row = api.attach(session, subject, PAPER, most=MOST)
    assert (row.name, row.media_type, row.size) == ("合同.pdf", "application/pdf", 17)
    assert row.sha256 == sha256(PAPER.content).hexdigest()
    assert [found.id for found in api.files_of(session, "core.customer", subject.id)] == [row.id]
    assert api.file_named(session, row.id).content == PAPER.content


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (Upload("a.svg", b"<svg/>"), "files.kind"),
        (Upload("a.pdf", b"<html>"), "files.kind"),
        (Upload("a.pdf", b""), "files.empty"),
        (Upload("a.pdf", b"%PDF-" + b"x" * MOST), "files.too_large"),
    ],
)
def test_what_is_not_taken_is_refused_by_name(
    session: Session, subject: Subject, upload: Upload, code: str
) -> None:
    """XX-07"""
    with pytest.raises(Refusal) as refused:
        api.attach(session, subject, upload, most=MOST)
    assert (refused.value.code, refused.value.field) == (code, "files")
    assert upload.name in str(refused.value)
    assert session.scalars(select(Attachment)).all() == []


def test_the_same_file_is_kept_once(session: Session, subject: Subject) -> None:
    first = api.attach(session, subject, PAPER, most=MOST)
    with pytest.raises(Refusal, match=r"合同\.pdf"):
        api.attach(session, subject, Upload("another.pdf", PAPER.content), most=MOST)
    api.remove(session, first.id, "放错了")
    api.attach(session, subject, PAPER, most=MOST)


def test_a_removed_file_is_gone_and_the_reason_stays(session: Session, subject: Subject) -> None:
    row = api.attach(session, subject, PAPER, most=MOST)
    api.remove(session, row.id, " 客户要求删除 ")
    session.expire_all()
    assert api.files_of(session, "core.customer", subject.id) == []
    with pytest.raises(NotFound):
        api.file_named(session, row.id)
    kept = session.get_one(Attachment, row.id)
    assert (kept.content, kept.removed_reason) == (b"", "客户要求删除")
    found = find_entries(session, Question(entities=("core_attachment",), entity_id=row.id))
    assert [entry.action for entry in found] == [AuditAction.UPDATE, AuditAction.CREATE]
    assert found[0].changes["removed_reason"] == ["", "客户要求删除"]
    assert found[0].customer_id == subject.customer_id


def test_nothing_is_removed_without_a_reason(session: Session, subject: Subject) -> None:
    row = api.attach(session, subject, PAPER, most=MOST)
    with pytest.raises(Refusal):
        api.remove(session, row.id, " ")
    assert api.file_named(session, row.id).size == 17


@pytest.mark.parametrize(
    "held",
    [
        ["core.attachment read", "core.attachment create", "core.attachment delete"],
        ["core.customer read"],
        ["core.order read", "core.attachment read"],
    ],
)
def test_a_file_asks_for_its_record_s_permission_and_its_own(
    world: World, session: Session, subject: Subject, held: list[str]
) -> None:
    row = api.attach(session, subject, PAPER, most=MOST)
    other = Upload("b.pdf", b"%PDF-2")
    with world.session(clerk(world, *held)) as his:
        with pytest.raises(Forbidden):
            api.file_named(his, row.id)
        with pytest.raises(Forbidden):
            api.remove(his, row.id, "没有权限")
        with pytest.raises(Forbidden):
            api.attach(his, subject, other, most=MOST)


def test_reading_does_not_let_remove(world: World, session: Session, subject: Subject) -> None:
    row = api.attach(session, subject, PAPER, most=MOST)
    with world.session(clerk(world, "core.customer read", "core.attachment read")) as his:
        assert api.file_named(his, row.id).name == "合同.pdf"
        with pytest.raises(Forbidden):
            api.remove(his, row.id, "没有权限")


def test_a_file_stays_behind_the_wall(world: World, session: Session, subject: Subject) -> None:
    """XX-05"""
    row = api.attach(session, subject, PAPER, most=MOST)
    with world.at(world.west) as west:
        assert api.files_of(west, "core.customer", subject.id) == []
        with pytest.raises(NotFound):
            api.file_named(west, row.id)
