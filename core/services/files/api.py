"""What files promise to other services, to admin and to plugins."""

from dougong.core.entities.attachment import Attachment
from dougong.core.services.files.service import (
    Subject,
    Upload,
    attach,
    file_named,
    files_of,
    remove,
)

__all__ = ["Attachment", "Subject", "Upload", "attach", "file_named", "files_of", "remove"]
