"""Which permissions exist: (entity, operation) pairs, declared by core and by plugins."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """A permission that can be granted; ``roles`` are the codes of roles that start with it."""

    entity: str
    operation: str
    roles: tuple[str, ...] = ()
