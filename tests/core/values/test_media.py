"""What a file is: its bytes decide, its name must agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.values.media import JPEG, PDF, PNG, TAKEN, media_of, safe_name

PNG_START = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "content", "type_"),
    [
        ("a.png", PNG_START, "image/png"),
        ("A.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("合同.pdf", b"%PDF-1.7", "application/pdf"),
        ("表.xlsx", b"PK\x03\x04",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-excel"),
        ("说明.txt", "你好\r\n".encode("gb18030"), "text/plain"),
        ("a.csv", "编号,名称\n".encode(), "text/csv"),
    ],
)  # fmt: skip
def test_a_known_kind_is_taken(name: str, content: bytes, type_: str) -> None:
    media = media_of(name, content)
    assert media is not None
    assert media.type == type_


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html><script>alert(1)</script>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.png", b"\xff\xd8\xff"),
        ("a.pdf", PNG_START),
        ("a.exe", b"MZ\x90\x00"),
        ("a.txt", b"\x00\x01\x02"),
        ("a.txt", b"\x1b[31mred"),
        ("noname", b"%PDF-1.7"),
        ("a.docx.exe", b"PK\x03\x04"),
    ],
)
def test_what_is_not_what_it_says_is_not_taken(name: str, content: bytes) -> None:
    assert media_of(name, content) is None


def test_only_pictures_without_scripts_are_shown() -> None:
    assert {media.type for media in TAKEN if media.picture} == {"image/png", "image/jpeg"}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("报价单.pdf", "报价单.pdf"), ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\李\\合同.PDF", "合同.pdf"), ("a\r\nX-Evil: 1.pdf", "aX-Evil 1.pdf"),
        ("..pdf", "pdf.pdf"), ("a<b>|c?.pdf", "abc.pdf"), ("", "file.pdf"),
    ],
)  # fmt: skip
def test_names_are_made_safe(sent: str, kept: str) -> None:
    assert safe_name(sent, PDF) == kept


@given(st.text(max_size=300), st.sampled_from([PDF, PNG, JPEG]))
def test_every_name_becomes_a_short_one_that_says_its_kind(name: str, media: object) -> None:
    kept = safe_name(name, media)  # type: ignore[arg-type]
    assert 0 < len(kept) <= 130
    assert not set(kept) & set('/\\:*?"<>|\r\n\0')
    assert kept.endswith(media.endings)  # type: ignore[attr-defined]


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_break_it(content: bytes, name: str) -> None:
    media = media_of(name, content)
    assert media is None or media in TAKEN
