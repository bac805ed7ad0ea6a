"""The demo data's seam: what a plugin's part is, and what it is given for each demo branch.

The loading itself is ``dougong.core.services.demo``: it stands on services, this does not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import orm, select

from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.scope import Scope
from dougong.core.session import Session

if TYPE_CHECKING:  # Faker comes with the extra "demo" only
    from faker import Faker


@dataclass(frozen=True, slots=True)
class DemoContext:
    """One demo branch, in one writable session that the loader commits.

    ``rng`` and ``faker`` (zh_CN) are seeded: the same day gives the same data. ``today`` is the
    day in the branch's zone; ``staff`` are the branch's people by role code, demo log-ins all.
    """

    session: Session
    branch: Branch
    rng: Random
    faker: "Faker"
    today: date
    staff: Mapping[str, tuple[User, ...]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The instant the demo is loaded at: dates are told relative to it."""
        return self.session.now

    def people(self, role: str) -> tuple[User, ...]:
        """The branch's staff with that role, none when the branch has none."""
        return self.staff.get(role, ())

    def desk(self, person: User) -> Session:
        """A session of that person's in the same transaction: for verbs that ask who does them.

        Commit it; the loader's own commit keeps it.
        """
        return Session(
            orm.Session.connection(self.session),
            Scope.at(self.branch.id, person.login, user_id=person.id),
            self.now, writable=True, info=dict(self.session.info),
            join_transaction_mode="create_savepoint",
        )  # fmt: skip

    def customers(self) -> list[Customer]:
        """The branch's customers, in a fixed order."""
        mine = select(Customer).where(Customer.branch_id == self.branch.id).order_by(Customer.id)
        return list(self.session.scalars(mine))


@dataclass(frozen=True, slots=True)
class DemoPart:
    """A plugin's part of the demo data; run by (order, name) where the plugin is on."""

    name: str
    load: Callable[[DemoContext], None]
    order: int = 100
