"""Whether PDFs can be made here, with Chinese in them."""

import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from typing import Final

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.i18n import lazy
from dougong.core.session import Session

_LISTER: Final = "fc-list"


def can_make_pdf() -> bool:
    """Whether what makes PDFs is installed."""
    return find_spec("weasyprint") is not None


@cache
def has_chinese_font() -> bool | None:
    """Whether a font for Chinese is installed; None where nobody can tell."""
    lister = shutil.which(_LISTER)
    if lister is None:
        return None
    asked = subprocess.run(  # noqa: S603 - a fixed question, no input of anybody
        [lister, ":lang=zh", "family"], capture_output=True, check=False, timeout=10
    )
    return bool(asked.stdout.strip())


def pdf_findings(_: Session) -> list[Finding]:
    """What is missing to make PDFs; printing from the browser needs none of it."""
    if not can_make_pdf():
        text = lazy("No PDF files are made here; to have them: pip install dougong[pdf]")
        return [Finding(text, Severity.WARNING)]
    if has_chinese_font() is False:
        text = lazy("PDF files would show no Chinese: install a font, such as fonts-wqy-microhei.")
        return [Finding(text, Severity.WARNING)]
    return []


CHECKS: Final = (Check("core", lazy("Papers can be made as PDF files"), pdf_findings),)
