"""How commands speak: tables, one clear line for a refusal, and the logs."""

import logging
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import structlog
from rich.console import Console
from rich.table import Table

from dougong.core.settings import Settings


def console() -> Console:
    """Standard output, wide enough for tables when it is not a terminal."""
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def fail(message: str) -> NoReturn:
    """Say why on standard error and end with code 1."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(message, style="red", markup=False)
    sys.exit(1)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under column heads."""
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console().print(table)


def configure_logging(settings: Settings) -> None:
    """Structured logs on standard error, for people or as JSON lines."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # the rich one prints locals
        )
    )
    # the dozen files of one page wait for each other a moment: that is no warning
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr)
