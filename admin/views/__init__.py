"""The view kit: ``RecordView`` for rows, ``PageView`` for everything else. No other base exists."""

from dougong.admin.views.acts import Act, Button, Related
from dougong.admin.views.chips import QuickFilter
from dougong.admin.views.guard import expose, operation
from dougong.admin.views.page import PageView
from dougong.admin.views.record import RecordView
from dougong.admin.views.sections import Section

__all__ = [
    "Act",
    "Button",
    "PageView",
    "QuickFilter",
    "RecordView",
    "Related",
    "Section",
    "expose",
    "operation",
]
