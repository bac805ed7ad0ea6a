"""Customers as a sheet: the archive's first page and the profile of the row's kind (AR-02)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, insert, inspect, select
from sqlalchemy.orm import selectinload

from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.numbering import take_numbers
from dougong.core.entities.profiles import (
    CompanySize,
    EnterpriseProfile,
    GroupProfile,
    IndividualProfile,
    InstitutionProfile,
    PartnerRole,
    SpecialProfile,
)
from dougong.core.i18n import lazy
from dougong.core.orm import Base
from dougong.core.services.audit.api import record_bulk
from dougong.core.services.exchange.columns import (
    Column,
    ColumnType,
    Scalar,
    Values,
    choices_of,
    column,
)
from dougong.core.services.exchange.sheets import (
    IMPORTED,
    Change,
    Fault,
    Known,
    Sheet,
    canonical,
    currency_here,
    default_of,
    stored,
)
from dougong.core.services.exchange.subjects.checks import (
    check_credit_code,
    check_identity,
    check_mail,
    check_organisation_code,
    check_phone,
)
from dougong.core.services.exchange.subjects.contacts import SEXES
from dougong.core.services.exchange.subjects.references import USER
from dougong.core.services.search.api import search_key
from dougong.core.session import Session

SERIES: Final = "C"
PROFILES: Final[dict[CustomerKind, tuple[str, type[Base]]]] = {
    CustomerKind.INDIVIDUAL: ("individual", IndividualProfile),
    CustomerKind.ENTERPRISE: ("enterprise", EnterpriseProfile),
    CustomerKind.INSTITUTION: ("institution", InstitutionProfile),
    CustomerKind.SPECIAL: ("special", SpecialProfile),
    CustomerKind.GROUP: ("group", GroupProfile),
}
KINDS: Final = {
    CustomerKind.INDIVIDUAL: lazy("Individual"),
    CustomerKind.ENTERPRISE: lazy("Enterprise"),
    CustomerKind.INSTITUTION: lazy("Public institution"),
    CustomerKind.SPECIAL: lazy("Special subscriber"),
    CustomerKind.GROUP: lazy("Group"),
}
STATUSES: Final = choices_of(
    {
        CustomerStatus.ACTIVE: lazy("Active customer"),
        CustomerStatus.DORMANT: lazy("Dormant"),
        CustomerStatus.CLOSED: lazy("Account closed"),
    },
    active=("正常", "启用"), dormant=("停用",), closed=("注销",),
)  # fmt: skip
SIZES: Final = choices_of(
    {
        CompanySize.UNKNOWN: lazy("Unknown"),
        CompanySize.MICRO: lazy("Micro"),
        CompanySize.SMALL: lazy("Small"),
        CompanySize.MEDIUM: lazy("Medium"),
        CompanySize.LARGE: lazy("Large"),
    }
)
ROLES: Final = choices_of(
    {PartnerRole.LEADER: lazy("Leader"), PartnerRole.PARTNER: lazy("Partner")}
)


def kinds_with(key: str) -> list[CustomerKind]:
    """The kinds of customer whose profile has the column."""
    return [kind for kind in PROFILES if _field(kind, key) is not None]


@cache
def _field(kind: CustomerKind | str, key: str) -> str | None:
    """The field of the kind's profile behind a column's key."""
    columns = inspect(PROFILES[CustomerKind(kind)][1]).columns
    name = "remark" if key == "group_remark" else key
    return next((n for n in (name, f"{name}_minor") if n in columns), None)


def _profile(attribute: Any, label: Any, **options: Any) -> Column:
    return replace(column(attribute, label, **options), field="")


class CustomerSheet(Sheet):
    """Customers; a column of the profile counts where the row's kind has it."""

    __slots__ = ()

    def load(self, session: Session, *conditions: ColumnElement[bool]) -> list[Known]:
        """The customers with their profiles: one query more a kind."""
        records = Sheet.load(self, session, *conditions)
        for kind in {record.values["kind"] for record in records}:
            mine = {r.id: r.values for r in records if r.values["kind"] == kind}
            self._load_profiles(session, CustomerKind(kind), mine)
        return records

    def _load_profiles(
        self, session: Session, kind: CustomerKind, records: dict[int, Values]
    ) -> None:
        model: Any = PROFILES[kind][1]
        columns = list(self.of_kind(kind))
        fields = [getattr(model, name) for _, name in columns]
        currency = [model.currency] if hasattr(model, "currency") else []
        wanted = select(model.customer_id, *fields, *currency)
        for values in records.values():
            values |= {item.key: default_of(model, item, name) for item, name in columns}
        for row in session.execute(wanted.where(model.customer_id.in_(list(records)))):
            told = zip(columns, row[1 : len(columns) + 1], strict=True)
            unit = row[-1] if currency else ""
            records[row[0]] |= {item.key: canonical(item, value, unit) for (item, _), value in told}

    def of_kind(self, kind: CustomerKind | str) -> Iterator[tuple[Column, str]]:
        """The columns of the kind's profile, with the field behind each."""
        for item in self.columns:
            name = None if item.field else _field(kind, item.key)
            if name is not None:
                yield item, name

    def cleared(self, column: Column) -> Scalar:
        """The default of the customer's field, or of his profile's."""
        kinds = kinds_with(column.key)
        if column.field or not kinds:
            return Sheet.cleared(self, column)
        model = PROFILES[kinds[0]][1]
        return default_of(model, column, _field(kinds[0], column.key) or "")

    def check(self, values: Values, known: Known | None) -> list[Fault]:
        """A profile's column counts for kinds that have it; an agreement ends after it begins."""
        kind = (known.values if known else values).get("kind") or CustomerKind.ENTERPRISE
        reason = lazy("A customer of the kind “%(kind)s” has nothing here.", kind=KINDS[kind])
        faults = [
            Fault(item.key, reason)
            for item in self.columns
            if values.get(item.key) not in (None, "")
            and not item.field
            and _field(kind, item.key) is None
        ]
        since, until = values.get("agreed_from"), values.get("agreed_until")
        if since and until and until < since:
            faults.append(Fault("agreed_until", lazy("An agreement cannot end before it begins.")))
        return faults

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """The customers, codes for those without, and their profiles: one statement a kind."""
        rows = self._with_codes(session, rows)
        ids = Sheet.insert(self, session, rows)
        for kind in PROFILES:
            mine = [(i, r) for i, r in zip(ids, rows, strict=True) if r["kind"] == kind]
            if mine:
                self._insert_profiles(session, kind, mine)
        return ids

    def fields(self, session: Session, row: Values) -> dict[str, Any]:
        """The customer's own fields, sorted by sound."""
        return {**Sheet.fields(self, session, row), "search_key": search_key(row["name"])}

    def _with_codes(self, session: Session, rows: Sequence[Values]) -> list[Values]:
        rows = [{"kind": CustomerKind.ENTERPRISE.value} | row for row in rows]
        lacking = [row for row in rows if not row.get("code")]
        for row, code in zip(lacking, self._free_codes(session, len(lacking)), strict=True):
            row["code"] = code
        return rows

    def _free_codes(self, session: Session, count: int) -> list[str]:
        free: list[str] = []
        while len(free) < count:
            taken = take_numbers(session, session.scope.home or 0, SERIES, count - len(free))
            known = set(session.scalars(select(Customer.code).where(Customer.code.in_(taken))))
            free += [code for code in taken if code not in known]
        return free

    def _insert_profiles(
        self, session: Session, kind: CustomerKind, rows: Sequence[tuple[int, Values]]
    ) -> None:
        model = PROFILES[kind][1]
        blank = replace(PLAIN, model=model).blank(session)
        columns = list(self.of_kind(kind))
        unit = currency_here(session)
        full = []
        for key, row in rows:
            filled = [(c, n) for c, n in columns if row.get(c.key) not in (None, "")]
            values = {name: stored(item, row[item.key], unit) for item, name in filled}
            full.append(blank | {"customer_id": key} | values)
        session.execute(insert(model), full)
        told = {"rows": len(full)}
        record_bulk(session, model, blank["branch_id"], told, IMPORTED.source)

    def change(self, session: Session, changes: Sequence[Change]) -> None:
        """The customers and their profiles through the session; a lacking profile is made."""
        ids = [change.id for change in changes]
        loads = [selectinload(getattr(Customer, name)) for name, _ in PROFILES.values()]
        wanted = select(Customer).where(Customer.id.in_(ids)).options(*loads)
        rows = {row.id: row for row in session.scalars(wanted)}
        Sheet.change(self, session, changes)
        for change in changes:
            self._change_profile(rows[change.id], change.values)
        session.flush()

    def _change_profile(self, customer: Customer, values: Values) -> None:
        told = [(c, n) for c, n in self.of_kind(customer.kind) if c.key in values]
        if not told:
            return
        relation, model = PROFILES[customer.kind]
        held = getattr(customer, relation)
        if held is None:
            held = model(branch_id=customer.branch_id)
            setattr(customer, relation, held)
        unit = getattr(held, "currency", None) or "CNY"
        for item, name in told:
            setattr(held, name, stored(item, values[item.key], unit))


PLAIN: Final = Sheet(
    key="", title=lazy("Customers"), entity="core.customer", model=Customer, columns=()
)
CUSTOMERS: Final = CustomerSheet(
    key="customers",
    title=lazy("Customers"),
    entity="core.customer",
    model=Customer,
    identity=(("code",), ("source_ref",)),
    parts=tuple(model for _, model in PROFILES.values()),
    columns=(
        column(
            Customer.code, lazy("Customer code"), type=ColumnType.CODE, example="C-000123",
            fixed=True, note=lazy("Without one the branch's next number is given."),
            aliases=("客户编号", "客户编码", "客户号", "编号", "编码", "customer no", "customer id",
                     "account number"),
        ),
        column(
            Customer.source_ref, lazy("Key in the other system"), type=ColumnType.CODE,
            note=lazy("Loading again finds the customer by it where there is no code."),
            aliases=("外部编号", "原系统编号", "旧编号", "external id"),
        ),
        column(
            Customer.kind, lazy("Kind"), required=True, fixed=True,
            choices=choices_of(
                KINDS, individual=("个人", "个人客户", "person"),
                enterprise=("企业", "公司", "企业客户", "company"),
                institution=("事业单位", "机关", "政府"), special=("特殊客户",),
                group=("集团", "集团客户"),
            ),
            example="enterprise", aliases=("客户类型", "客户类别", "类型", "customer type", "type"),
        ),
        column(
            Customer.name, lazy("Customer name"), required=True, example="华东精密机械有限公司",
            aliases=("客户名称", "客户全称", "客户", "名称", "公司", "公司名称", "单位名称", "姓名",
                     "name", "company", "company name", "customer"),
        ),
        column(
            Customer.short_name, lazy("Short name"), example="华东精密",
            aliases=("客户简称",),
        ),
        column(
            Customer.phone, lazy("Phone"), type=ColumnType.PHONE, check=check_phone,
            example="021-62345678",
            aliases=("联系电话", "手机", "手机号", "手机号码", "固定电话", "电话号码", "mobile",
                     "tel", "telephone", "phone number"),
        ),
        column(
            Customer.email, lazy("E-mail"), type=ColumnType.CODE, check=check_mail,
            example="office@example.com", aliases=("邮箱", "电子邮箱", "电子邮件", "mail"),
        ),
        column(Customer.status, lazy("Status"), choices=STATUSES, aliases=("客户状态",)),
        column(
            Customer.manager_id, lazy("Account manager"), type=ColumnType.REFERENCE,
            reference=USER, note=lazy("His log-in name, or his name where it is the only one."),
            aliases=("负责人", "业务员", "销售员", "owner", "sales rep"),
        ),
        column(
            Customer.since, lazy("Customer since"), example="2026-01-05",
            aliases=("开户日期", "建档日期", "合作日期", "customer since"),
        ),
        column(
            Customer.group_code, lazy("Group code"), type=ColumnType.CODE,
            aliases=("集团代码",),
        ),
        column(Customer.remark, lazy("Remark"), aliases=("说明", "notes", "remarks", "comment")),
        _profile(IndividualProfile.sex, lazy("Sex"), choices=SEXES, aliases=("gender",)),
        _profile(
            IndividualProfile.id_number, lazy("ID number"), type=ColumnType.CODE,
            check=check_identity, aliases=("身份证", "身份证号", "身份证号码", "id card"),
        ),
        _profile(
            IndividualProfile.birth_date, lazy("Date of birth"), aliases=("生日", "birthday"),
        ),
        _profile(IndividualProfile.employer, lazy("Employer"), aliases=("任职单位",)),
        _profile(IndividualProfile.department, lazy("Department"), aliases=("所在部门",)),
        _profile(IndividualProfile.title, lazy("Position"), aliases=("职位", "职称", "岗位")),
        _profile(
            IndividualProfile.device_number, lazy("Device number"), type=ColumnType.CODE,
            aliases=("设备号",),
        ),
        _profile(
            IndividualProfile.card_number, lazy("Card number"), type=ColumnType.CODE,
            aliases=("会员卡号",),
        ),
        _profile(
            EnterpriseProfile.credit_code, lazy("Unified social credit code"),
            type=ColumnType.CODE, check=check_credit_code,
            aliases=("信用代码", "社会信用代码", "税号", "纳税人识别号", "tax id"),
        ),
        _profile(
            EnterpriseProfile.legal_representative, lazy("Legal representative"),
            aliases=("法人", "法定代表人", "法人代表"),
        ),
        _profile(EnterpriseProfile.business_scope, lazy("Business scope")),
        _profile(
            EnterpriseProfile.headcount, lazy("Headcount"), least=Decimal(0),
            most=Decimal(10**7), aliases=("员工数", "人数", "employees"),
        ),
        _profile(
            EnterpriseProfile.registered_capital_minor, lazy("Registered capital"),
            least=Decimal(0), aliases=("注册资金",),
        ),
        _profile(EnterpriseProfile.industry, lazy("Industry"), aliases=("所属行业",)),
        _profile(EnterpriseProfile.size, lazy("Size"), choices=SIZES, aliases=("企业规模",)),
        _profile(EnterpriseProfile.cooperation_since, lazy("Cooperation since")),
        _profile(EnterpriseProfile.settlement_name, lazy("Settlement name")),
        _profile(
            InstitutionProfile.organisation_code, lazy("Organisation code"),
            type=ColumnType.CODE, check=check_organisation_code, aliases=("机构代码",),
        ),
        _profile(InstitutionProfile.authority, lazy("Authority above")),
        _profile(InstitutionProfile.funding, lazy("Funding")),
        _profile(SpecialProfile.partner_role, lazy("Leader or partner"), choices=ROLES),
        _profile(SpecialProfile.agreement, lazy("Agreement")),
        _profile(SpecialProfile.agreed_from, lazy("Agreed from")),
        _profile(SpecialProfile.agreed_until, lazy("Agreed until")),
        _profile(GroupProfile.headquarters, lazy("Headquarters of the group")),
        _profile(GroupProfile.remark, lazy("Remark on the group"), key="group_remark"),
    ),
)  # fmt: skip
