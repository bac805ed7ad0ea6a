"""Addresses: where a customer is, and whether that counts as urban or suburban (AF-04)."""

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, CheckConstraint, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    StateType,
    one_of,
    owned,
    reference,
)

if TYPE_CHECKING:
    from dougong.core.entities.customer import Customer


class Area(StrEnum):
    """The dispatch clock runs 4 h in urban and 6 h in suburban areas (AF-04)."""

    URBAN = "urban"
    SUBURBAN = "suburban"


class AddressKind(StrEnum):
    """What the address is for."""

    OFFICE = "office"
    HOME = "home"
    DELIVERY = "delivery"
    BILLING = "billing"
    SITE = "site"


class Address(Keyed, BranchOwned, Stamped, Base):
    """One address of a customer; coordinates are WGS 84 degrees where known."""

    __tablename__ = "core_address"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        one_of("kind", AddressKind, "kind"),
        one_of("area", Area, "area"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates_both"),
        Index(None, "branch_id", "customer_id"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    kind: Mapped[AddressKind] = mapped_column(StateType(AddressKind), default=AddressKind.OFFICE)
    line: Mapped[str] = mapped_column(String(200))
    district: Mapped[str] = mapped_column(String(60), default="")
    city: Mapped[str] = mapped_column(String(60), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    area: Mapped[Area] = mapped_column(StateType(Area), default=Area.URBAN)
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)

    customer: Mapped["Customer"] = relationship(
        primaryjoin="foreign(Address.customer_id) == Customer.id", back_populates="addresses"
    )

    def __str__(self) -> str:
        return f"{self.city}{self.district}{self.line}"
