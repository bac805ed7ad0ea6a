"""The rows that were not taken, as a workbook to mend and send again."""

from collections.abc import Iterator
from typing import BinaryIO

from dougong.core.errors import NotFound
from dougong.core.i18n import lazy
from dougong.core.services.exchange.files import Table, open_table
from dougong.core.services.exchange.imports import all_faults, import_named
from dougong.core.services.exchange.loading import Told
from dougong.core.services.exchange.workbooks import Row, write_faulty
from dougong.core.session import Session


def write_rows_to_mend(session: Session, import_id: int, target: BinaryIO) -> None:
    """Each faulty row as it stood in the file, its bad cells marked, the reason beside it."""
    row = import_named(session, import_id, content=True)
    if row.content is None:
        raise NotFound(lazy("The file is not kept any more."))
    faults: dict[int, list[Told]] = {}
    for fault in all_faults(session, row):
        for line in range(fault.line, fault.last + 1):
            faults.setdefault(line, []).append(fault)
    places = {key: at for at, key in enumerate(row.mapping) if key}
    write_faulty(target, row.headings, _rows(open_table(row.content), faults, places))


def _rows(
    table: Table, faults: dict[int, list[Told]], places: dict[str, int]
) -> Iterator[tuple[Row, str]]:
    for line in table.lines:
        mine = faults.get(line.number, [])
        if not mine:
            continue
        marked = frozenset(places[f.column] for f in mine if f.column in places)
        own = [fault for fault in mine if fault.line == line.number]
        heads = {at: table.headings[at] for at in marked}
        texts = [
            f"{heads[places[f.column]]}: {f.text}" if f.column in places else f.text for f in own
        ]
        yield Row(line.cells, marked), "\n".join(texts)
