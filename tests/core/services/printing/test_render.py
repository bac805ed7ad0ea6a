"""What stands on the papers: in the browser's pages and in PDFs, which are read again (XX-06)."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from dougong.core.entities.customer import Customer
from dougong.core.entities.profiles import IndividualProfile
from dougong.core.i18n import speaking
from dougong.core.scope import Grant, Scope
from dougong.core.services.printing import api, render
from dougong.core.services.printing.api import Letterhead, NoPdf, PrintEntry, Printout
from dougong.core.session import Session
from dougong.core.testing import World
from tests.core.services.printing.conftest import Traded

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """As staff read it."""
    with speaking("zh_Hans_CN"):
        yield


def printed(session: Session, paper: str, *keys: int) -> list[Printout]:
    """The papers of these records, just printed."""
    return api.printed(session, api.print_papers(session, paper, keys))


def page(session: Session, paper: str, key: int) -> str:
    """The one record's paper as HTML."""
    (piece,) = api.pieces(session, printed(session, paper, key))
    return str(piece)


def read(session: Session, printouts: list[Printout]) -> tuple[int, str]:
    """How many pages the PDF has, and its text without the breaks that lines make."""
    reader = PdfReader(BytesIO(api.pdf(session, printouts)))
    text = "".join(sheet.extract_text() for sheet in reader.pages)
    return len(reader.pages), "".join(text.split())


@pytest.mark.usefixtures("letterhead")
def test_an_order_confirmation_says_what_was_agreed(session: Session, traded: Traded) -> None:
    count, text = read(session, printed(session, "core.order_confirmation", traded.order))
    assert count == 1
    for said in (
        "清泉饮用水有限公司东区分公司", "订货确认单", "SO-2026-000001", "北京清泉饮品有限公司",
        "桶装水18.9升", "¥858.24", "捌佰伍拾捌元贰角肆分", "客户盖章处", "1/1",
        "服务监督电话",
    ):  # fmt: skip
        assert said in text, said


def test_a_delivery_note_has_a_page_for_each_copy(session: Session, traded: Traded) -> None:
    count, text = read(session, printed(session, "core.delivery_note", traded.delivery))
    assert (count, text.count("1/1")) == (3, 3)
    assert all(mark in text for mark in ("存根联", "客户联", "回单联", "收货人"))
    assert "¥" not in text, "whoever carries the goods need not know the prices"


def test_a_receipt_puts_both_slips_on_one_page(session: Session, traded: Traded) -> None:
    count, text = read(session, printed(session, "core.receipt", traded.receipt))
    assert count == 1
    assert text.count("叁佰元叁角") == 2
    assert text.count("收款收据") == 2


def test_a_statement_counts_what_we_owe_below_zero(session: Session, traded: Traded) -> None:
    session.now += timedelta(days=18)
    _, text = read(session, printed(session, "core.statement", traded.customer))
    assert "ST-2026-000001" in text
    assert "¥558.24" in text  # the invoice less what settled it
    assert "-¥0.30" in text  # money not used yet
    assert "¥557.94" in text
    assert "伍佰伍拾柒元玖角肆分" in text


def test_an_archive_sheet_masks_what_asks_for_a_reason(session: Session, traded: Traded) -> None:
    """AR-06: whoever prints it, a paper leaves the house."""
    session.add(IndividualProfile(customer_id=traded.customer, id_number="11010519491231002X"))
    session.flush()
    html = page(session, "core.archive_sheet", traded.customer)
    assert "11010519491231002X" not in html
    assert api.MASKED in html
    for said in (
        "客户档案表",
        "法定代表人",
        "王芳",
        "张三",
        "08-15（农历）",
        "海淀区清河路",
        "¥5,000,000.00",
    ):
        assert said in html, said


def test_an_archive_sheet_leaves_out_what_may_not_be_read(world: World, traded: Traded) -> None:
    grants = frozenset(Grant(world.east, name, "*") for name in ("core.paper", "core.customer"))
    with world.session(Scope("clerk", frozenset({world.east}), world.east, grants=grants)) as his:
        html = page(his, "core.archive_sheet", traded.customer)
    assert "法定代表人" in html
    assert "张三" not in html
    assert "清河路" not in html


def test_what_people_wrote_is_text(session: Session, traded: Traded) -> None:
    html = page(session, "core.order_confirmation", traded.order)
    assert "&lt;b&gt;饮水机&lt;/b&gt;" in html
    assert "<b>" not in html


def test_a_reprint_says_so(session: Session, traded: Traded) -> None:
    assert "补打" not in page(session, "core.order_confirmation", traded.order)
    assert "补打第 1 次" in page(session, "core.order_confirmation", traded.order)


def test_english_readers_get_an_english_paper(session: Session, traded: Traded) -> None:
    with speaking("en"):
        html = page(session, "core.order_confirmation", traded.order)
    assert "Order confirmation" in html
    assert "Seal of the customer" in html


def test_many_papers_make_one_file_each_with_its_own_pages(
    session: Session, traded: Traded
) -> None:
    other = Customer(code="KH-0002", name="上海长江建材有限公司", kind="enterprise")
    session.add(other)
    session.flush()
    count, text = read(session, printed(session, "core.archive_sheet", traded.customer, other.id))
    assert count == 2
    assert text.count("1/1") == 2
    assert "2/2" not in text


def test_the_logo_is_carried_inside(
    session: Session, traded: Traded, letterhead: Letterhead
) -> None:
    letterhead.logo, letterhead.logo_type = DOT, "image/png"
    session.flush()
    html = page(session, "core.receipt", traded.receipt)
    assert f"data:image/png;base64,{b64encode(DOT).decode()}" in html
    reader = PdfReader(BytesIO(api.pdf(session, printed(session, "core.receipt", traded.receipt))))
    assert len(reader.pages[0].images) >= 1


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.png", "file:///etc/hostname", "https://example.org/x.css"]
)
def test_a_paper_fetches_nothing(address: str) -> None:
    maker = api.pdf_maker()
    fetcher = maker.OwnPictures()
    with pytest.raises(maker.NothingFetched):
        fetcher.fetch(address)
    written = maker.write(
        [f'<p>纸</p><img src="{address}"><link rel=stylesheet href="{address}">'], ""
    )
    assert len(PdfReader(BytesIO(written)).pages) == 1


def test_without_the_extra_the_reader_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(render, "import_module", absent)
    with pytest.raises(NoPdf) as refused:
        api.pdf_maker()
    assert "dougong[pdf]" in str(refused.value)


def test_a_preview_is_neither_counted_nor_logged(session: Session, traded: Traded) -> None:
    paper = api.paper_named(session, "core.statement")
    assert paper is not None
    (printout,) = api.preview(session, paper, [traded.customer])
    assert (printout.turn, printout.number) == (1, "")
    assert session.query(PrintEntry).count() == 0
