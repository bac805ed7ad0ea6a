"""The verbs of files; whether the record itself may be seen is decided where it is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dougong.core.entities.attachment import Attachment
from dougong.core.errors import Forbidden, NotFound, Refusal
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.session import Session
from dougong.core.values.media import TAKEN, media_of, safe_name

FILES: Final = "core.attachment"
SHORTEST_REASON: Final = 2
LONGEST_REASON: Final = 300
_MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Subject:
    """The record that files belong to; ``kind`` is its permission name (``core.order``)."""

    kind: str
    id: int
    branch_id: int
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


def attach(session: Session, subject: Subject, upload: Upload, *, most: int) -> Attachment:
    """Keep the file with the record; ``most`` is how many bytes are taken.

    It is what its bytes say: one of another kind than its name, of an unknown kind, an empty one
    and one that the record has already are refused (XX-07).
    """
    _refuse_forbidden(session, Operation.CREATE, subject.kind, subject.branch_id)
    _refuse_size(upload, most)
    media = media_of(upload.name, upload.content)
    if media is None:
        endings = " ".join(ending for kind in TAKEN for ending in kind.endings)
        raise Refusal(
            lazy("%(name)s is none of the kinds of file that are taken.", name=upload.name),
            code="files.kind",
            next_step=lazy("Taken are: %(endings)s", endings=endings),
            field="files",
        )
    digest = sha256(upload.content).hexdigest()
    _refuse_twice(session, subject, digest)
    row = Attachment(
        branch_id=subject.branch_id, subject_kind=subject.kind, subject_id=subject.id,
        customer_id=subject.customer_id, name=safe_name(upload.name, media), media_type=media.type,
        size=len(upload.content), sha256=digest, content=upload.content,
        user_id=session.scope.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def files_of(session: Session, kind: str, subject_id: int) -> Sequence[Attachment]:
    """The record's files, newest first, without their contents; none without the permission."""
    rows = session.scalars(
        select(Attachment)
        .where(
            Attachment.subject_kind == kind,
            Attachment.subject_id == subject_id,
            Attachment.removed_at.is_(None),
        )
        .options(joinedload(Attachment.user))
        .order_by(Attachment.id.desc())
    ).all()
    allows = session.scope.allows
    return [row for row in rows if allows(Operation.READ, FILES, row.branch_id)]


def file_named(session: Session, key: int) -> Attachment:
    """The file, where its kind of record and files may be read there; ``NotFound`` if removed."""
    row = session.scalars(
        select(Attachment).where(Attachment.id == key, Attachment.removed_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    _refuse_forbidden(session, Operation.READ, row.subject_kind, row.branch_id)
    return row


def remove(session: Session, key: int, reason: str) -> Attachment:
    """Take the file away for good: its content is gone, its name and the reason stay in the log."""
    row = file_named(session, key)
    _refuse_forbidden(session, Operation.DELETE, row.subject_kind, row.branch_id)
    given = reason.strip()
    if len(given) < SHORTEST_REASON:
        raise Refusal(
            lazy("Say why the file is removed."),
            code="files.reason",
            next_step=lazy("A few words are enough; they are kept with your name."),
            field="reason",
        )
    row.removed_at = session.now
    row.removed_reason = given[:LONGEST_REASON]
    row.content = b""
    session.flush()
    return row


def _refuse_forbidden(session: Session, operation: str, kind: str, branch_id: int) -> None:
    allows = session.scope.allows
    if not (allows(Operation.READ, kind, branch_id) and allows(operation, FILES, branch_id)):
        raise Forbidden


def _refuse_size(upload: Upload, most: int) -> None:
    if not upload.content:
        raise Refusal(
            lazy("%(name)s is empty.", name=upload.name), code="files.empty", field="files"
        )
    if len(upload.content) > most:
        raise Refusal(
            lazy("%(name)s is larger than %(most)s MB.", name=upload.name, most=most // _MEGABYTE),
            code="files.too_large",
            next_step=lazy("Send a smaller one, or a photo of lower resolution."),
            field="files",
        )


def _refuse_twice(session: Session, subject: Subject, digest: str) -> None:
    twin = session.scalars(
        select(Attachment.name)
        .where(
            Attachment.subject_kind == subject.kind,
            Attachment.subject_id == subject.id,
            Attachment.sha256 == digest,
            Attachment.removed_at.is_(None),
        )
        .limit(1)
    ).one_or_none()
    if twin is not None:
        raise Refusal(
            lazy("The same file is here already: %(name)s", name=twin),
            code="files.twice",
            field="files",
        )
