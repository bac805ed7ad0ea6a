"""Products: what a branch sells, at what price, and whether each piece has a serial number."""

from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from dougong.core.orm import Base, BigKey, BranchOwned, Keyed, MoneyField, Stamped, owned


class Product(Keyed, BranchOwned, Stamped, Base):
    """A product of one branch; ``tax_percent`` is the rate its price is taxed with."""

    __tablename__ = "core_product"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "code"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("tax_percent BETWEEN 0 AND 100", name="tax_percent"),
        CheckConstraint("warranty_months >= 0", name="warranty_months"),
        Index(None, "branch_id", "name"),
    )

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20), default="")
    price_minor: Mapped[int] = mapped_column(BigKey, default=0)
    """Net of tax, per unit."""
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    serial_tracked: Mapped[bool] = mapped_column(Boolean, default=False)
    warranty_months: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    price = MoneyField("price_minor")

    def __str__(self) -> str:
        return self.name
