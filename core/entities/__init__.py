"""The business entities that plugins extend by tables of their own.

Importing any of them imports all: relationships name each other, and the metadata is complete.
"""

from dougong.core.entities import (
    absence,
    address,
    attachment,
    billing,
    branch,
    contact,
    customer,
    event_log,
    interaction,
    job,
    numbering,
    people,
    product,
    profiles,
    request_key,
    sales,
)

__all__ = [
    "absence",
    "address",
    "attachment",
    "billing",
    "branch",
    "contact",
    "customer",
    "event_log",
    "interaction",
    "job",
    "numbering",
    "people",
    "product",
    "profiles",
    "request_key",
    "sales",
]
