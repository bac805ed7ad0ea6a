"""Loading files: what is made, changed, left and refused, and by whom (AR-02, XX-05, XX-07)."""

from datetime import date
from functools import partial
from threading import Barrier, Thread

import pytest

from dougong.core.entities.contact import Contact, Sex
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.product import Product
from dougong.core.entities.profiles import EnterpriseProfile, IndividualProfile
from dougong.core.errors import Forbidden, Refusal
from dougong.core.i18n import speaking
from dougong.core.orm import Grade
from dougong.core.services.audit.api import AuditAction, AuditEntry
from dougong.core.services.exchange import api as exchange
from dougong.core.services.exchange import jobs, loading
from dougong.core.services.exchange.api import ImportMode, ImportState
from dougong.core.services.search.api import find
from tests.core.services.exchange.sending import Rows, Sender, as_csv, as_xlsx, counted

GOOD = [
    ["客户编号", "客户名称*", "类型", "联系电话", "身份证号", "注册资金", "开户日期"],
    ["00017", " 华东精密机械有限公司 ", "企业", "021-62345678", "", "¥1,000,000", ""],
    ["00018", "王芳", "个人", "+86 13800138000", "11010519491231002x", "", "2026年1月5日"],
]


def test_rows_become_customers_with_the_profile_of_their_kind(east: Sender) -> None:
    """AR-01, AR-02"""
    done = east.load("customers", as_xlsx(GOOD))
    assert (done.state, counted(done)) == (ImportState.DONE, (2, 0, 0, 0, 0))
    firm, person = east.all(Customer)
    assert (firm.code, firm.name, firm.kind) == (
        "00017",
        "华东精密机械有限公司",
        CustomerKind.ENTERPRISE,
    )
    assert (person.phone, person.since) == ("13800138000", date(2026, 1, 5))
    assert east.all(EnterpriseProfile)[0].registered_capital_minor == 100_000_000
    assert east.all(IndividualProfile)[0].id_number == "11010519491231002X"


def test_imported_customer_is_found_and_kept_by_the_log(east: Sender) -> None:
    """AR-04"""
    east.load("customers", as_xlsx(GOOD))
    assert [hit.entity for hit in east.do(lambda s: find(s, "华东"))] == ["core.customer"]
    assert [hit.entity for hit in east.do(lambda s: find(s, "wangfang"))] == ["core.customer"]
    bulk = [e for e in east.all(AuditEntry) if e.action is AuditAction.BULK]
    assert [(e.entity, e.changes["rows"]) for e in bulk if e.entity == "core_customer"] == [
        ("core_customer", [None, 2])
    ]


def test_fault_names_the_choices_in_the_readers_language(east: Sender) -> None:
    rows = [["客户编号", "客户名称", "类型"], ["00019", "华东", "火星"]]
    with speaking("zh_Hans_CN"):
        checked = east.check("customers", as_xlsx(rows))
    with speaking("en"):
        (told,) = east.faults(checked)
    assert told.text.startswith("Choose one of: Individual / Enterprise / ")


def test_loading_again_changes_nothing(east: Sender) -> None:
    east.load("customers", as_xlsx(GOOD))
    assert counted(east.load("customers", as_csv(GOOD))) == (0, 0, 2, 0, 0)
    assert len(east.all(Customer)) == 2


def test_only_what_differs_is_changed_and_each_change_is_kept(east: Sender) -> None:
    """AR-04"""
    east.load("customers", as_xlsx(GOOD))
    news = [["客户编号", "客户名称", "联系电话", "注册资金", "备注"],
            ["00017", "华东精密机械有限公司", "-", "2000000", "大客户"],
            ["00018", "", "", "", ""]]  # fmt: skip
    assert counted(east.load("customers", as_csv(news))) == (0, 1, 1, 0, 0)
    firm, person = east.all(Customer)
    assert (firm.phone, firm.remark, firm.version) == ("", "大客户", 2)
    assert (person.phone, person.name) == ("13800138000", "王芳")
    changed = [e.changes for e in east.all(AuditEntry) if e.action is AuditAction.UPDATE]
    assert {"phone": ["021-62345678", ""], "remark": ["", "大客户"]} in changed


def test_check_writes_nothing_and_says_what_would_happen(east: Sender) -> None:
    checked = east.check("customers", as_xlsx(GOOD))
    assert (checked.state, counted(checked)) == (ImportState.CHECKED, (2, 0, 0, 0, 0))
    assert east.all(Customer) == []


def test_bad_rows_are_told_by_row_and_column_and_stop_no_good_one(east: Sender) -> None:
    """XX-07"""
    rows: Rows = [
        ["客户编号", "客户名称", "类型", "电话", "身份证号", "开户日期", "客户经理"],
        ["A1", "好客户", "企业", "", "", "", ""],
        ["A2", "", "企业", "", "", "", ""],
        ["A3", "电话错", "企业", "12", "", "", ""],
        ["A4", "类型错", "外星人", "", "", "", ""],
        ["A5", "企业没有证件", "企业", "", "11010519491231002X", "", ""],
        ["A6", "日期错", "企业", "", "", "5月1日", ""],
        ["A1", "重复", "企业", "", "", "", ""],
        ["A8", "没有这个人", "企业", "", "", "", "nobody"],
    ]
    done = east.load("customers", as_csv(rows, "gb18030"))
    assert counted(done) == (1, 0, 0, 0, 7)
    assert [(f.line, f.column) for f in east.faults(done)] == [
        (3, "name"), (4, "phone"), (5, "kind"), (6, "id_number"), (7, "since"), (8, "code"),
        (9, "manager"),
    ]  # fmt: skip
    assert [c.code for c in east.all(Customer)] == ["A1"]


def test_all_or_nothing_writes_nothing_when_one_row_is_bad(east: Sender) -> None:
    rows: Rows = [*GOOD, ["00019", "", "企业", "", "", "", ""]]
    checked = east.check("customers", as_csv(rows), whole=True)
    with pytest.raises(Refusal) as refused:
        east.do(lambda s: exchange.start(s, checked.id))
    assert refused.value.code == "exchange.whole"
    assert east.all(Customer) == []


def test_all_or_nothing_undoes_what_was_written_when_a_row_turns_bad(
    east: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PART", 1)
    news = [
        ["客户编号", "名称", "类型", "原系统编号"],
        ["N1", "新", "企业", "1"],
        ["N2", "新", "企业", "2"],
    ]
    checked = east.check("customers", as_csv(news), whole=True)
    taken = Customer(code="X", name="x", kind=CustomerKind.GROUP, source_ref="2")
    east.do(lambda s: s.add(taken))
    east.do(lambda s: exchange.start(s, checked.id))
    east.work_off()
    refused = east.again(checked)
    assert (refused.state, refused.faulty_count) == (ImportState.REFUSED, 1)
    assert {f.line for f in east.faults(refused)} == {3}
    assert [c.code for c in east.all(Customer)] == ["X"]


def test_modes(east: Sender) -> None:
    east.load("customers", as_csv(GOOD[:2]))
    rows: Rows = [GOOD[0], ["00017", "改名", "企业", "", "", "", ""], GOOD[2]]
    made = east.load("customers", as_csv(rows), ImportMode.CREATE)
    assert counted(made) == (1, 0, 0, 1, 0)
    changed = east.load("customers", as_csv([*rows, ["9", "新", "企业"]]), ImportMode.UPDATE)
    assert counted(changed) == (0, 1, 1, 1, 0)


def test_customer_without_a_code_gets_the_next_one(east: Sender) -> None:
    east.do(lambda s: s.add(Customer(branch_id=s.scope.home, code="C-2026-000002", name="x",
                                     kind=CustomerKind.GROUP)))  # fmt: skip
    east.load("customers", as_csv([["客户名称", "类型"], ["甲", "企业"], ["乙", "企业"]]))
    assert [c.code for c in east.all(Customer)][1:] == ["C-2026-000001", "C-2026-000003"]


def test_kind_and_code_never_change(east: Sender) -> None:
    east.load("customers", as_csv(GOOD))
    done = east.load("customers", as_csv([["客户编号", "类型"], ["00017", "个人"]]))
    assert [(f.line, f.column) for f in east.faults(done)] == [(2, "kind")]


def test_contacts_name_their_customer(east: Sender, west: Sender) -> None:
    """XX-05"""
    east.load("customers", as_csv(GOOD))
    rows: Rows = [["客户编号", "姓名", "性别", "手机", "Birthday (month)", "Birthday (day)"],
            ["00017", "李雷", "男", "13800138001", 8, 15],
            ["00017", "韩梅梅", "女士", "", 8, ""],
            ["99999", "无名", "", "", "", ""]]  # fmt: skip
    done = east.load("contacts", as_xlsx(rows))
    assert counted(done) == (1, 0, 0, 0, 2)
    assert [(f.line, f.column) for f in east.faults(done)] == [(3, "birth_day"), (4, "customer")]
    assert [(c.name, c.sex, c.birth_month) for c in east.all(Contact)] == [("李雷", Sex.MALE, 8)]
    assert counted(west.load("contacts", as_xlsx(rows)))[4] == 3, "no customer of another branch"


def test_products(east: Sender) -> None:
    rows: Rows = [
        ["商品编码", "品名", "单价", "税率", "保修期", "启用"],
        ["0001", "桶装水", "18.00", "13%", 12, "是"],
        ["0002", "冰箱", "1.234", "0.13", "", ""],
    ]
    done = east.load("products", as_csv(rows))
    assert [(f.line, f.column) for f in east.faults(done)] == [(3, "tax_percent"), (3, "price")]
    assert [(p.code, p.price_minor, p.active) for p in east.all(Product)] == [("0001", 1800, True)]


# --- who may what ---------------------------------------------------------------------------------


def test_who_may_only_make_changes_nothing(east: Sender) -> None:
    east.load("customers", as_csv(GOOD[:2]))
    maker = east.may(("core.customer", "create"))
    rows: Rows = [GOOD[0], ["00017", "改名", "企业", "", "", "", ""], GOOD[2]]
    assert counted(maker.load("customers", as_csv(rows))) == (1, 0, 0, 0, 1)
    with pytest.raises(Forbidden):
        east.may(("core.product", "create")).load("customers", as_csv(GOOD))


def test_what_is_above_the_clearance_is_never_overwritten(east: Sender) -> None:
    """AR-06"""
    east.load("customers", as_csv(GOOD))
    low = east.may(("core.customer", "update"), clearance=Grade.INTERNAL)
    rows: Rows = [["客户编号", "身份证号", "备注"], ["00018", "110101199003070855", "x"]]
    assert counted(low.load("customers", as_csv(rows))) == (0, 1, 0, 0, 0)
    assert east.all(IndividualProfile)[0].id_number == "11010519491231002X"
    masked = [["客户编号", "身份证号"], ["00018", "••••••"]]
    assert counted(east.load("customers", as_csv(masked))) == (0, 0, 1, 0, 0)


def test_import_stands_behind_the_wall(east: Sender, west: Sender) -> None:
    """XX-05"""
    sent = east.load("customers", as_csv(GOOD))
    with pytest.raises(Refusal):
        west.do(lambda s: exchange.start(s, sent.id))
    west.load("customers", as_csv(GOOD))
    assert len(west.all(Customer)) == 2


# --- twice, half way ------------------------------------------------------------------------------


def test_started_twice_it_runs_once(east: Sender) -> None:
    """XX-03"""
    checked = east.check("customers", as_csv(GOOD))
    gate = Barrier(2)

    def press() -> None:
        gate.wait()
        east.do(lambda s: exchange.start(s, checked.id))

    both = [Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    east.work_off()
    assert len(east.all(Customer)) == 2


def test_killed_run_goes_on_where_it_was(east: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PART", 2)
    rows: Rows = [
        ["客户编号", "客户名称", "类型"],
        *([f"K{n}", f"客户{n}", "企业"] for n in range(7)),
    ]
    checked = east.check("customers", as_csv(rows))
    started = east.do(lambda s: exchange.start(s, checked.id))
    load, left = loading.load_rows, [2]

    def die(*arguments: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return load(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "load_rows", die)
        with pytest.raises(KeyboardInterrupt):
            east.work_off()
    assert len(east.all(Customer)) == 4
    east.work_off()
    assert counted(east.again(started)) == (7, 0, 0, 0, 0)
    assert len(east.all(Customer)) == 7


def test_check_of_an_older_mapping_tells_nothing(east: Sender) -> None:
    sent = east.do(lambda s: exchange.receive(s, "customers", "a.csv", as_csv(GOOD)))
    plans = [exchange.Plan(("code",)), exchange.Plan(tuple(sent.mapping))]
    for plan in plans:
        east.do(partial(exchange.plan, import_id=sent.id, asked=plan))
    east.work_off()
    assert counted(east.again(sent)) == (2, 0, 0, 0, 0)
