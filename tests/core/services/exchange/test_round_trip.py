"""What is exported and loaded again is the same, at its own branch and at an empty one (AR-02)."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.product import Product
from dougong.core.entities.profiles import EnterpriseProfile, IndividualProfile
from dougong.core.errors import Forbidden
from dougong.core.orm import Grade
from dougong.core.services.audit.api import AuditAction, AuditEntry
from dougong.core.services.exchange import api as exchange
from dougong.core.services.exchange.api import FileKind
from dougong.core.services.exchange.files import open_table
from dougong.core.session import Session
from tests.core.services.exchange.sending import Sender, counted

WHY = "moving house"
SAFE = st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0xFFFF)
NASTY = st.one_of(
    st.text(SAFE | st.sampled_from("\n\t"), max_size=40),
    st.sampled_from(["=1+1", "-", "—", "'", "''x", "'=x", "+86", "@x", "••••••", " x ", "007",
                     "2026-01-05", "1E5", "_x0041_", "，、", "是"]),
)  # fmt: skip
NAMES = NASTY.filter(lambda text: text.strip() != "")


@st.composite
def people(draw: Any) -> list[dict[str, Any]]:
    codes = draw(st.lists(st.integers(1, 9999), min_size=1, max_size=6, unique=True))
    return [
        {
            "code": draw(st.sampled_from(["{:05d}", "K-{}", "{}", "={}", "'{}"])).format(code),
            "name": draw(NAMES), "remark": draw(NASTY), "short_name": draw(NASTY),
            "kind": draw(st.sampled_from([CustomerKind.INDIVIDUAL, CustomerKind.ENTERPRISE])),
            "since": draw(st.none() | st.dates(date(1950, 1, 1), date(2099, 12, 31))),
            "capital": draw(st.none() | st.integers(0, 10**14)),
            "birth": draw(st.none() | st.dates(date(1930, 1, 1), date(2020, 1, 1))),
            "employer": draw(NASTY),
        }
        for code in codes
    ]  # fmt: skip


def settle(session: Session, rows: list[dict[str, Any]]) -> None:
    session.execute(delete(Customer))
    for row in rows:
        own = {key: row[key] for key in ("code", "name", "remark", "short_name", "kind", "since")}
        customer = Customer(**own)
        if customer.kind is CustomerKind.INDIVIDUAL:
            customer.individual = IndividualProfile(
                branch_id=session.scope.home, birth_date=row["birth"], employer=row["employer"]
            )
        else:
            customer.enterprise = EnterpriseProfile(
                branch_id=session.scope.home, registered_capital_minor=row["capital"],
                industry=row["employer"],
            )  # fmt: skip
        session.add(customer)


def told(sender: Sender) -> list[dict[str, Any]]:
    def read(session: Session) -> list[dict[str, Any]]:
        sheet = exchange.sheet_named(session, "customers")
        return [record.values for record in sheet.stream(session)]

    return sorted(sender.do(read), key=lambda values: str(values["code"]))


@pytest.mark.parametrize("kind", FileKind)
def test_customers_come_back_the_same(east: Sender, west: Sender, kind: FileKind) -> None:
    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow],
        derandomize=True, phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @given(people())
    def holds(rows: list[dict[str, Any]]) -> None:
        east.do(lambda s: settle(s, rows))
        west.do(lambda s: settle(s, []))
        content = east.export("customers", kind, WHY)
        assert counted(east.load("customers", content)) == (0, 0, len(rows), 0, 0)
        loaded = west.load("customers", content)
        assert counted(loaded) == (len(rows), 0, 0, 0, 0), west.faults(loaded)
        assert told(west) == told(east)

    holds()


@pytest.mark.parametrize("kind", FileKind)
def test_products_come_back_the_same(east: Sender, west: Sender, kind: FileKind) -> None:
    rows = [("0001", "桶装水", 1800, Decimal(13), True), ("0002", "=x", 0, Decimal(0), False)]
    east.do(
        lambda s: s.add_all(
            Product(code=c, name=n, price_minor=p, tax_percent=t, active=a)
            for c, n, p, t, a in rows
        )
    )
    content = east.export("products", kind)
    assert counted(east.load("products", content)) == (0, 0, 2, 0, 0)
    assert counted(west.load("products", content)) == (2, 0, 0, 0, 0)
    back = [(p.code, p.name, p.price_minor, p.tax_percent, p.active) for p in west.all(Product)]
    assert back == rows


PERSON = [{"code": "1", "name": "王芳", "remark": "", "short_name": "", "since": None,
           "kind": CustomerKind.INDIVIDUAL, "birth": date(1990, 1, 1), "employer": "",
           "capital": None}]  # fmt: skip


def test_confidential_fields_are_masked_without_a_reason(east: Sender) -> None:
    """AR-06"""
    east.do(lambda s: settle(s, PERSON))
    assert "••••••" in str(list(open_table(east.export("customers")).lines))
    open_book = str(list(open_table(east.export("customers", reason=WHY)).lines))
    assert "••••••" not in open_book
    assert "1990" in open_book
    masked = east.export("customers", FileKind.CSV)
    assert counted(east.load("customers", masked)) == (0, 0, 1, 0, 0)
    assert told(east)[0]["birth_date"] == "1990-01-01"


def test_export_asks_for_permission_and_clearance(east: Sender) -> None:
    """AR-06"""
    east.do(lambda s: settle(s, PERSON))
    with pytest.raises(Forbidden):
        east.may(("core.customer", "read")).export("customers")
    may = ("core.customer", "export"), ("core.customer", "reveal")
    with pytest.raises(Forbidden):
        east.may(may[0]).export("customers", reason=WHY)
    low = east.may(*may, clearance=Grade.INTERNAL).export("customers", reason=WHY)
    assert "••••••" in str(list(open_table(low).lines))


def test_log_keeps_who_took_how_many_rows_and_why(east: Sender) -> None:
    """AR-04, AR-06"""
    east.do(lambda s: settle(s, PERSON))
    east.export("customers", reason=WHY)
    last = [e for e in east.all(AuditEntry) if e.action is AuditAction.BULK][-1]
    assert (last.actor, last.entity, last.reason) == ("sender", "core_customer", WHY)
    assert last.changes["rows"] == [None, 1]


def test_selection_alone_is_exported(east: Sender) -> None:
    east.do(lambda s: settle(s, [*PERSON, {**PERSON[0], "code": "2", "name": "李雷"}]))

    def write(session: Session) -> int:
        sheet = exchange.sheet_named(session, "customers")
        chosen = select(Customer.id).where(Customer.code == "2")
        return exchange.export(session, exchange.Asked(sheet, chosen=chosen), BytesIO())

    assert east.do(write) == 1
