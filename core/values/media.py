"""What a file is, told by its bytes: names and what browsers say of them are not believed."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

_LONGEST_NAME: Final = 120
_UNNAMED: Final = "file"
_KEPT_APART: Final = frozenset('/\\:*?"<>|')
"""Characters that some system reads as more than a name."""


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of file that is taken: its type, the endings it may have, whether it may be shown."""

    type: str
    endings: tuple[str, ...]
    picture: bool = False
    """A picture without scripts in it: a page may show it."""


PNG: Final = Media("image/png", (".png",), picture=True)
JPEG: Final = Media("image/jpeg", (".jpg", ".jpeg"), picture=True)
PDF: Final = Media("application/pdf", (".pdf",))
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_ZIPPED: Final = (
    Media(f"{_OFFICE}.wordprocessingml.document", (".docx",)),
    Media(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",)),
    Media(f"{_OFFICE}.presentationml.presentation", (".pptx",)),
    Media("application/zip", (".zip",)),
)
_COMPOUND: Final = (
    Media("application/msword", (".doc",)),
    Media("application/vnd.ms-excel", (".xls",)),
    Media("application/vnd.ms-powerpoint", (".ppt",)),
)
_TEXT: Final = (Media("text/plain", (".txt",)), Media("text/csv", (".csv",)))
_BEGINNINGS: Final[tuple[tuple[bytes, tuple[Media, ...]], ...]] = (
    (b"\x89PNG\r\n\x1a\n", (PNG,)),
    (b"\xff\xd8\xff", (JPEG,)),
    (b"%PDF-", (PDF,)),
    (b"PK\x03\x04", _ZIPPED),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _COMPOUND),
    (b"ID3", (Media("audio/mpeg", (".mp3",)),)),
    (b"#!AMR", (Media("audio/amr", (".amr",)),)),
)
TAKEN: Final = tuple(
    media for _, kinds in _BEGINNINGS for media in kinds
) + _TEXT  # fmt: skip
"""Every kind of file that is taken, for whoever tells people which."""


def media_of(name: str, content: bytes) -> Media | None:
    """The kind of the file, None for one that is not taken: unknown, or not what its name says."""
    ending = PurePosixPath(name.lower()).suffix
    for beginning, kinds in _BEGINNINGS:
        if content.startswith(beginning):
            return next((media for media in kinds if ending in media.endings), None)
    if _is_text(content):
        return next((media for media in _TEXT if ending in media.endings), None)
    return None


def safe_name(name: str, media: Media) -> str:
    """The name to keep: the last part of what was sent, without what some system misreads."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and c not in _KEPT_APART).strip(" .")
    stem, ending = PurePosixPath(kept).stem, PurePosixPath(kept).suffix.lower()
    if ending not in media.endings:
        stem, ending = kept, media.endings[0]
    return f"{stem[:_LONGEST_NAME].strip(' .') or _UNNAMED}{ending}"


def _is_text(content: bytes) -> bool:
    """Whether it reads as text in a code that offices here use; control signs are none of it."""
    if b"\x00" in content:
        return False
    for code in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        return all(sign.isprintable() or sign in "\t\r\n\x0c" for sign in text)
    return False
