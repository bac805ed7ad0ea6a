"""What of after-sales the global search finds: the box in which an intake looks (AF-01)."""

from typing import Final

from dougong.core.services.search.api import Searchable, TextKind
from dougong.plugins.aftersales.models import ServiceCall, ServiceContract

SEARCHABLES: Final = (
    Searchable(
        ServiceCall,
        "aftersales.call",
        {
            "number": (TextKind.CODE, 5),
            "serial": (TextKind.CODE, 5),
            "phone": (TextKind.PHONE, 4),
            "model": (TextKind.NAME, 2),
        },
    ),
    Searchable(
        ServiceContract,
        "aftersales.contract",
        {"number": (TextKind.CODE, 5), "machines": (TextKind.NAME, 2)},
    ),
)
