"""What a customer carries beyond the first page, one 0..1 profile per kind (AR-01, AR-02)."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.contact import Sex
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Grade,
    Keyed,
    MoneyField,
    Stamped,
    StateType,
    graded,
    one_of,
    owned,
    reference,
)

if TYPE_CHECKING:
    from dougong.core.entities.customer import Customer


class CompanySize(StrEnum):
    """Size classes as the statistics bureau names them."""

    UNKNOWN = "unknown"
    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class PartnerRole(StrEnum):
    """Special subscribers are leaders or partners (AR-01)."""

    LEADER = "leader"
    PARTNER = "partner"


class IndividualProfile(Keyed, BranchOwned, Stamped, Base):
    """A private person: background, state and devices (AR-02)."""

    __tablename__ = "core_individual_profile"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint("customer_id"),
        one_of("sex", Sex, "sex"),
        Index(None, "branch_id", "device_number"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    sex: Mapped[Sex] = mapped_column(StateType(Sex), default=Sex.UNKNOWN)
    id_number: Mapped[str] = mapped_column(String(30), default="", info=graded(Grade.CONFIDENTIAL))
    birth_date: Mapped[date | None] = mapped_column(Date, info=graded(Grade.CONFIDENTIAL))
    employer: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(100), default="")
    title: Mapped[str] = mapped_column(String(60), default="")
    device_number: Mapped[str] = mapped_column(String(60), default="")
    card_number: Mapped[str] = mapped_column(
        String(60), default="", info=graded(Grade.CONFIDENTIAL)
    )

    customer: Mapped["Customer"] = relationship(
        primaryjoin="foreign(IndividualProfile.customer_id) == Customer.id",
        back_populates="individual",
    )


class EnterpriseProfile(Keyed, BranchOwned, Stamped, Base):
    """An enterprise as its licence and the cooperation show it (AR-01)."""

    __tablename__ = "core_enterprise_profile"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint("customer_id"),
        one_of("size", CompanySize, "size"),
        CheckConstraint("headcount >= 0", name="headcount"),
        CheckConstraint("registered_capital_minor >= 0", name="registered_capital"),
        Index(None, "branch_id", "credit_code"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    credit_code: Mapped[str] = mapped_column(String(30), default="")
    """Unified social credit code (统一社会信用代码)."""
    legal_representative: Mapped[str] = mapped_column(String(100), default="")
    business_scope: Mapped[str] = mapped_column(Text, default="")
    headcount: Mapped[int | None] = mapped_column(Integer)
    registered_capital_minor: Mapped[int | None] = mapped_column(BigKey)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    industry: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[CompanySize] = mapped_column(StateType(CompanySize), default=CompanySize.UNKNOWN)
    cooperation_since: Mapped[date | None] = mapped_column(Date)
    settlement_name: Mapped[str] = mapped_column(String(200), default="")
    """The name that pays: it must equal the customer's and the contract's (CR-05)."""

    registered_capital = MoneyField("registered_capital_minor")
    customer: Mapped["Customer"] = relationship(
        primaryjoin="foreign(EnterpriseProfile.customer_id) == Customer.id",
        back_populates="enterprise",
    )


class InstitutionProfile(Keyed, BranchOwned, Stamped, Base):
    """A public institution and the authority above it (AR-01)."""

    __tablename__ = "core_institution_profile"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint("customer_id"),
        CheckConstraint("headcount >= 0", name="headcount"),
        Index(None, "branch_id", "organisation_code"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    organisation_code: Mapped[str] = mapped_column(String(30), default="")
    legal_representative: Mapped[str] = mapped_column(String(100), default="")
    headcount: Mapped[int | None] = mapped_column(Integer)
    authority: Mapped[str] = mapped_column(String(200), default="")
    funding: Mapped[str] = mapped_column(String(100), default="")
    cooperation_since: Mapped[date | None] = mapped_column(Date)

    customer: Mapped["Customer"] = relationship(
        primaryjoin="foreign(InstitutionProfile.customer_id) == Customer.id",
        back_populates="institution",
    )


class SpecialProfile(Keyed, BranchOwned, Stamped, Base):
    """A special subscriber and the agreement with him (AR-01)."""

    __tablename__ = "core_special_profile"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint("customer_id"),
        one_of("partner_role", PartnerRole, "partner_role"),
        CheckConstraint("agreed_until >= agreed_from", name="agreed_span"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    partner_role: Mapped[PartnerRole] = mapped_column(
        StateType(PartnerRole), default=PartnerRole.PARTNER
    )
    agreement: Mapped[str] = mapped_column(Text, default="")
    agreed_from: Mapped[date | None] = mapped_column(Date)
    agreed_until: Mapped[date | None] = mapped_column(Date)

    customer: Mapped["Customer"] = relationship(
        primaryjoin="foreign(SpecialProfile.customer_id) == Customer.id",
        back_populates="special",
    )


class GroupProfile(Keyed, BranchOwned, Stamped, Base):
    """A group of companies; its members at this branch are ``GroupMember`` rows (AR-01)."""

    __tablename__ = "core_group_profile"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint("customer_id"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    headquarters: Mapped[str] = mapped_column(String(200), default="")
    industry: Mapped[str] = mapped_column(String(100), default="")
    remark: Mapped[str] = mapped_column(Text, default="")

    customer: Mapped["Customer"] = relationship(
        primaryjoin="foreign(GroupProfile.customer_id) == Customer.id", back_populates="group"
    )


class GroupMember(Keyed, BranchOwned, Stamped, Base):
    """A customer that belongs to a group; both stand at one branch."""

    __tablename__ = "core_group_member"
    __table_args__ = owned(
        reference("group_id", "core_customer", ondelete="CASCADE"),
        reference("member_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint("group_id", "member_id"),
        CheckConstraint("group_id <> member_id", name="not_itself"),
        Index(None, "branch_id", "member_id"),
    )

    group_id: Mapped[int] = mapped_column(BigKey)
    member_id: Mapped[int] = mapped_column(BigKey)

    group: Mapped["Customer"] = relationship(
        primaryjoin="foreign(GroupMember.group_id) == Customer.id", back_populates="members"
    )
    member: Mapped["Customer"] = relationship(
        primaryjoin="foreign(GroupMember.member_id) == Customer.id"
    )
