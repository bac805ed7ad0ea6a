"""The token table: our own, because trigram indexes cannot find two Chinese characters."""

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from dougong.core.orm import Base, BigKey, BranchOwned, Untracked

# Byte order on both databases, so that "begins with" is a range of the index.
_BYTES = String(40).with_variant(String(40, collation="C"), "postgresql")


class SearchToken(BranchOwned, Untracked, Base):
    """A record is found by this token; derived from the record, nobody edits it."""

    __tablename__ = "core_search_token"
    __table_args__ = (
        Index(None, "branch_id", "token", "weight", "entity", "entity_id"),
        {"sqlite_with_rowid": False},
    )

    branch_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_branch.id"), primary_key=True)
    entity: Mapped[str] = mapped_column(String(40), primary_key=True)
    entity_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(_BYTES, primary_key=True)
    weight: Mapped[int] = mapped_column(SmallInteger)
