"""Lists as CSV that Excel on a Chinese Windows opens rightly and that run no formulas."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final
from urllib.parse import quote

from werkzeug.wrappers import Response

BOM: Final = "\ufeff"
"""Without it Excel reads UTF-8 as the system's code page."""
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""The wide ones too: an Excel that speaks Chinese reads them as the narrow ones."""
_NUMBER: Final = re.compile(r"[+-]?[\d.,]+%?")


def harmless(value: object) -> str:
    """The value as text that a spreadsheet will not run as a formula."""
    text = "" if value is None else str(value)
    if text.startswith(_STARTS_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_response(name: str, titles: Sequence[object], rows: Iterable[Iterable[object]]) -> Response:
    """A file for download; ``name`` without its ending, Chinese allowed."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(title) for title in titles])
    writer.writerows([harmless(value) for value in row] for row in rows)
    response = Response(BOM + out.getvalue(), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=export.csv; filename*=UTF-8''{quote(name)}.csv"
    )
    return response
