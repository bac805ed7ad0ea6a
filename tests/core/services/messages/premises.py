"""A house for tests of messages: its kinds, its people, its channels; run as a module, a worker."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

from dougong.core.clock import Clock
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.house import House, open_house
from dougong.core.plugins import Registry, Unit
from dougong.core.scope import Scope
from dougong.core.services.messages import api
from dougong.core.services.messages.api import Medium, Message, OutgoingMessage
from dougong.core.services.messages.channels import PAPER, Seal
from dougong.core.services.messages.setup import ChannelDraft, add_channel
from dougong.core.session import Session
from dougong.core.settings import Settings
from tests.core.services.messages import sample_kinds, sample_off

T = TypeVar("T")


def with_samples(registry: Registry) -> Registry:
    """The registry with the kinds of the tests; those of ``sample_off`` need a plugin to be on."""
    off = Unit(sample_off, frozenset({"care"}))
    registry.always = (*registry.always, Unit(sample_kinds, frozenset()), off)
    registry.forget()
    return registry


def open_premises(url: str, folder: Path, clock: Clock | None = None) -> House:
    """A house on the database that knows the kinds of the tests."""
    settings = Settings(database_url=url, data_dir=folder, secret_key="for tests only")  # type: ignore[arg-type]
    house = open_house(settings, clock=clock)
    with_samples(house.registry)
    return house


def customer(session: Session, branch_id: int, code: str = "C1", **changes: object) -> Contact:
    """A customer with one contact who can be reached and agreed to news; the contact."""
    row = Customer(branch_id=branch_id, code=code, kind=CustomerKind.ENTERPRISE, name="星辰公司")
    values = {"name": "王芳", "email": f"{code}@example.com", "phone": "13800138000"}
    contact = Contact(branch_id=branch_id, consent=True, is_primary=True, **(values | changes))
    row.contacts.append(contact)
    session.add(row)
    session.flush()
    return contact


def channel(
    session: Session, branch_id: int, seal: Seal, medium: Medium = Medium.MAIL, at: str = PAPER
) -> api.MessageChannel:
    """A channel of the branch."""
    return add_channel(session, branch_id, ChannelDraft(f"{medium}渠道", medium, at), seal)


def notice(contact: Contact, key: str = "k1", **changes: object) -> Message:
    """A service message to the contact."""
    given: dict[str, object] = {
        "kind": "demo.service", "key": key, "customer_id": contact.customer_id,
        "contact_id": contact.id, "values": {"what": "保养"},
    }  # fmt: skip
    return Message(**(given | changes))  # type: ignore[arg-type]


def at(house: House, branch_id: int, work: Callable[[Session], T]) -> T:
    """Do something at the branch and commit it."""
    return house.database.write(Scope.at(branch_id, "test"), work)


def outbox(house: House) -> list[OutgoingMessage]:
    """Every message as it stands."""
    with house.database.reading(Scope.kernel("test")) as session:
        return list(session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))


if __name__ == "__main__":
    api.deliver(open_premises(sys.argv[1], Path(sys.argv[2])), int(sys.argv[3]))
