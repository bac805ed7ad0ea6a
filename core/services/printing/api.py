"""What printing promises to other services, to admin and to plugins."""

from dougong.core.services.printing.checks import can_make_pdf, has_chinese_font
from dougong.core.services.printing.models import Letterhead, PrintedPaper, PrintEntry
from dougong.core.services.printing.papers import MASKED, Paper, Sheet, seen
from dougong.core.services.printing.render import STYLES, NoPdf, pdf, pdf_maker, pieces
from dougong.core.services.printing.service import (
    AT_ONCE,
    PRINTING,
    Head,
    Printout,
    has_papers,
    head_of,
    paper_named,
    papers_of,
    preview,
    print_papers,
    printed,
    prints_of,
)
from dougong.core.services.printing.trade import Party, party_of

__all__ = [
    "AT_ONCE",
    "MASKED",
    "PRINTING",
    "STYLES",
    "Head",
    "Letterhead",
    "NoPdf",
    "Paper",
    "Party",
    "PrintEntry",
    "PrintedPaper",
    "Printout",
    "Sheet",
    "can_make_pdf",
    "has_chinese_font",
    "has_papers",
    "head_of",
    "paper_named",
    "papers_of",
    "party_of",
    "pdf",
    "pdf_maker",
    "pieces",
    "preview",
    "print_papers",
    "printed",
    "prints_of",
    "seen",
]
