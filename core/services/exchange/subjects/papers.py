"""How papers are named in a file: by the key of another system, by our number, else by ``#id``."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import or_, select

from dougong.core.i18n import lazy
from dougong.core.services.exchange.columns import Column, ColumnType
from dougong.core.session import Session

_DIGITS: Final = 18
"""Of a key that the database still holds."""
REFERENCE: Final = Column(
    key="reference",
    label=lazy("Reference"),
    type=ColumnType.CODE,
    required=True,
    fixed=True,
    longest=100,
    example="SO-7731",
    note=lazy("The paper's number in the other system; loading again finds it by this."),
    aliases=(
        "单据编号",
        "单号",
        "订单号",
        "订单编号",
        "收款单号",
        "流水号",
        "order no",
        "receipt no",
    ),
)


def reference_of(source_ref: str | None, number: str | None, key: int) -> str:
    """What a paper is called in a file."""
    return source_ref or number or f"#{key}"


def ids_by_reference(session: Session, model: Any, texts: Collection[str]) -> dict[str, int]:
    """The papers' ids by what they are called; the other system's key goes before our number."""
    keys = [int(text[1:]) for text in texts if _is_key(text)]
    wanted = select(model.source_ref, model.number, model.id).where(
        model.branch_id == session.scope.home,
        or_(model.source_ref.in_(texts), model.number.in_(texts), model.id.in_(keys)),
    )
    rows = session.execute(wanted).all()
    found = {f"#{key}": key for _, _, key in rows}
    found |= {number: key for _, number, key in rows if number}
    return found | {source_ref: key for source_ref, _, key in rows if source_ref}


def _is_key(text: str) -> bool:
    digits = text[1:]
    return text.startswith("#") and digits.isascii() and digits.isdecimal() and (
        len(digits) <= _DIGITS
    )  # fmt: skip
