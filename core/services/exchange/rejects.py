"""The report of rows that were not taken over, for people who mend them in Excel."""

import csv
from collections.abc import Iterable
from pathlib import Path

from dougong.core.errors import Refusal
from dougong.core.i18n import gettext, lazy
from dougong.core.services.exchange.cells import FORMULA
from dougong.core.services.exchange.purchases import BadRow


def write_report(path: Path, rows: Iterable[BadRow]) -> None:
    """Line, text and reason of each row, in the user's language; Excel reads it (UTF-8, BOM)."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([gettext("Line"), gettext("Text"), gettext("Reason")])
            writer.writerows([row.line, _harmless(row.text), str(row.reason)] for row in rows)
    except OSError as error:
        raise Refusal(
            lazy("The report %(path)s cannot be written.", path=path),
            code="exchange.report",
            next_step=lazy("Name another file with --report."),
            field="report",
        ) from error


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
