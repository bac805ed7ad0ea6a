"""What exchange tells of."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FileImported(Event):
    """A file of a sheet was loaded; nothing of it was announced row by row."""

    name: ClassVar[str] = "core.file_imported"
    import_id: int
    sheet: str
    created_count: int
    updated_count: int
