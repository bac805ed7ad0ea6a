"""Contacts as a sheet: a person is named by his customer and his name."""

from decimal import Decimal
from typing import Final

from dougong.core.entities.contact import Contact, ContactDay, Sex
from dougong.core.i18n import lazy
from dougong.core.services.exchange.columns import (
    ColumnType,
    Values,
    choices_of,
    column,
)
from dougong.core.services.exchange.sheets import Fault, Known, Sheet
from dougong.core.services.exchange.subjects.checks import check_mail, check_phone
from dougong.core.services.exchange.subjects.references import CUSTOMER

SEXES: Final = choices_of(
    {Sex.UNKNOWN: lazy("Unknown"), Sex.MALE: lazy("Male"), Sex.FEMALE: lazy("Female")},
    male=("m", "先生"), female=("f", "女士"), unknown=("未知",),
)  # fmt: skip


class ContactSheet(Sheet):
    """Contacts; a birthday has both its month and its day."""

    __slots__ = ()

    def check(self, values: Values, known: Known | None) -> list[Fault]:
        """Refuse half a birthday."""
        month, day = values.get("birth_month"), values.get("birth_day")
        if (month is None) == (day is None):
            return []
        lacking = "birth_day" if day is None else "birth_month"
        return [Fault(lacking, lazy("A birthday has a month and a day."))]


CONTACTS: Final = ContactSheet(
    key="contacts",
    title=lazy("Contacts"),
    entity="core.contact",
    model=Contact,
    identity=(("customer", "name"),),
    parts=(ContactDay,),
    columns=(
        column(
            Contact.customer_id, lazy("Customer code"), type=ColumnType.REFERENCE, required=True,
            fixed=True, reference=CUSTOMER, example="C-000123",
            note=lazy("The customer must be there already."),
            aliases=("客户编号", "客户编码", "customer", "customer no"),
        ),
        column(
            Contact.name, lazy("Contact"), required=True, example="王芳", fixed=True,
            aliases=("联系人姓名", "姓名", "contact name", "name"),
        ),
        column(Contact.sex, lazy("Sex"), choices=SEXES, aliases=("gender",)),
        column(Contact.title, lazy("Position"), example="采购经理", aliases=("职位", "岗位")),
        column(Contact.department, lazy("Department"), aliases=("所在部门",)),
        column(
            Contact.phone, lazy("Phone"), type=ColumnType.PHONE, check=check_phone,
            example="13800138000",
            aliases=("手机", "手机号", "手机号码", "联系电话", "mobile", "tel"),
        ),
        column(
            Contact.email, lazy("E-mail"), type=ColumnType.CODE, check=check_mail,
            aliases=("邮箱", "电子邮件", "email"),
        ),
        column(Contact.birth_year, lazy("Year of birth"), least=Decimal(1900), most=Decimal(2100)),
        column(Contact.birth_month, lazy("Birthday (month)"), least=Decimal(1), most=Decimal(12)),
        column(Contact.birth_day, lazy("Birthday (day)"), least=Decimal(1), most=Decimal(31)),
        column(Contact.birth_lunar, lazy("Lunar calendar"), aliases=("农历生日", "是否农历")),
        column(Contact.birth_leap, lazy("Leap month")),
        column(Contact.is_primary, lazy("Main contact"), aliases=("是否主要联系人",)),
        column(Contact.consent, lazy("Agreed to news and greetings")),
        column(Contact.best_time, lazy("Best time to call"), aliases=("方便联系时间",)),
        column(Contact.relation, lazy("Family and relations"), aliases=("备注",)),
    ),
)  # fmt: skip
