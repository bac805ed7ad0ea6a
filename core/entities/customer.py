"""The customer archive's first page (AR-01, AR-02); what differs by kind is in profiles."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.people import User
from dougong.core.entities.profiles import (
    EnterpriseProfile,
    GroupMember,
    GroupProfile,
    IndividualProfile,
    InstitutionProfile,
    SpecialProfile,
)
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    StateType,
    Versioned,
    derived,
    one_of,
    owned,
)


class CustomerKind(StrEnum):
    """Kinds of customer (AR-01)."""

    INDIVIDUAL = "individual"
    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    SPECIAL = "special"
    GROUP = "group"


class CustomerStatus(StrEnum):
    """Closed customers keep their archive and get nothing new."""

    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSED = "closed"


class Customer(Keyed, BranchOwned, Stamped, Versioned, Base):
    """A customer of one branch; the same firm at two branches is two rows with one group code."""

    __tablename__ = "core_customer"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "code"),
        UniqueConstraint("branch_id", "source_ref"),
        one_of("kind", CustomerKind, "kind"),
        one_of("status", CustomerStatus, "status"),
        Index(None, "branch_id", "name"),
        Index(None, "branch_id", "search_key"),
        Index(None, "branch_id", "manager_id"),
        Index(None, "branch_id", "phone"),
        Index(None, "group_code"),
    )

    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[CustomerKind] = mapped_column(StateType(CustomerKind))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[CustomerStatus] = mapped_column(
        StateType(CustomerStatus), default=CustomerStatus.ACTIVE
    )
    manager_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    """The account manager who owns the customer (AR-07)."""
    since: Mapped[date | None] = mapped_column(Date)
    source_ref: Mapped[str | None] = mapped_column(String(100))
    """The key of the row an import made it from: importing again finds it."""
    group_code: Mapped[str | None] = mapped_column(String(40))
    """The same group or firm across branches, where no key may cross."""
    search_key: Mapped[str] = mapped_column(String(400), default="", info=derived())
    """Full pinyin and initials, lower case: sorts and finds by sound."""
    remark: Mapped[str] = mapped_column(Text, default="")

    manager: Mapped[User | None] = relationship()
    contacts: Mapped[list[Contact]] = relationship(
        primaryjoin="foreign(Contact.customer_id) == Customer.id",
        back_populates="customer",
        cascade="all, delete-orphan",
        order_by="Contact.is_primary.desc(), Contact.id",
    )
    addresses: Mapped[list[Address]] = relationship(
        primaryjoin="foreign(Address.customer_id) == Customer.id",
        back_populates="customer",
        cascade="all, delete-orphan",
        order_by="Address.is_default.desc(), Address.id",
    )
    individual: Mapped[IndividualProfile | None] = relationship(
        primaryjoin="foreign(IndividualProfile.customer_id) == Customer.id",
        back_populates="customer",
        cascade="all, delete-orphan",
    )
    enterprise: Mapped[EnterpriseProfile | None] = relationship(
        primaryjoin="foreign(EnterpriseProfile.customer_id) == Customer.id",
        back_populates="customer",
        cascade="all, delete-orphan",
    )
    institution: Mapped[InstitutionProfile | None] = relationship(
        primaryjoin="foreign(InstitutionProfile.customer_id) == Customer.id",
        back_populates="customer",
        cascade="all, delete-orphan",
    )
    special: Mapped[SpecialProfile | None] = relationship(
        primaryjoin="foreign(SpecialProfile.customer_id) == Customer.id",
        back_populates="customer",
        cascade="all, delete-orphan",
    )
    group: Mapped[GroupProfile | None] = relationship(
        primaryjoin="foreign(GroupProfile.customer_id) == Customer.id",
        back_populates="customer",
        cascade="all, delete-orphan",
    )
    members: Mapped[list[GroupMember]] = relationship(
        primaryjoin="foreign(GroupMember.group_id) == Customer.id",
        back_populates="group",
        cascade="all, delete-orphan",
        order_by="GroupMember.id",
    )

    def __str__(self) -> str:
        return self.name
