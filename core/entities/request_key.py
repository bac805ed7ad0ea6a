"""Keys of writing requests that were used."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dougong.core.orm import Base, BigKey, UtcDateTime


class RequestKey(Base):
    """A key that was used, by whom, for which form, and what came of it."""

    __tablename__ = "core_request_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(BigKey)
    digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime())
