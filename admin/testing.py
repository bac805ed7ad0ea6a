"""For tests of plugins with screens: a contract to inherit, a browser that is logged in, a desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from flask.ctx import RequestContext
from flask.testing import FlaskClient

from dougong.admin.app import create_app
from dougong.admin.identity import identify
from dougong.admin.security.accounts import CHEAP, create_account
from dougong.admin.sessions import desk, sit_down
from dougong.core.database import Database
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import Membership, User
from dougong.core.entities.sales import SalesOrder
from dougong.core.house import House
from dougong.core.permissions import seed_roles
from dougong.core.plugins import Registry
from dougong.core.queue import Queue
from dougong.core.reader import Reader
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.switchboard import REGISTRY, hooks_at
from dougong.core.switches import enable
from dougong.core.testing import World

HOOKS: Final = (
    "home_cards",
    "customer_columns",
    "customer_badges",
    "customer_panels",
    "order_panels",
)


PASSWORD: Final = "correct horse"  # noqa: S105 - of people who live for one test


def visit(house: House, branch_id: int, role: str = "manager") -> FlaskClient:
    """A browser of the house's pages, logged in as a new person with that role at the branch.

    Its forms need no CSRF token. ``role`` is the code of one of the starter roles.
    """
    login = f"{role}{branch_id}"
    house.database.write(Scope.kernel("test"), partial(_employ, house, branch_id, role))
    app = create_app(house)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/login", data={"username": login, "password": PASSWORD})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def _employ(house: House, branch_id: int, role: str, session: Session) -> None:
    person = _person(session, house.registry, branch_id, role)
    create_account(session, person, PASSWORD, hasher=CHEAP)


def _person(session: Session, registry: Registry, branch_id: int, role: str) -> User:
    roles = seed_roles(session, registry)
    person = User(login=f"{role}{branch_id}", name=role, active=True)
    person.memberships.append(Membership(branch_id=branch_id, role=roles[role]))
    session.add(person)
    session.flush()
    return person


@contextmanager
def seated(world: World, folder: Path, branch_id: int, role: str = "manager") -> Iterator[Session]:
    """What a new person of that role is shown at the branch: his session, with his desk before it.

    Inside, panels, cards and formats can be called plainly: addresses, zones and permissions are
    his. ``folder`` is the test's own, ``tmp_path``.
    """
    with world.session(Scope.kernel("test")) as session:
        person = _person(session, world.registry, branch_id, role)
        identity = identify(session, person.id)
        session.commit()
    with _request(world, folder):
        sit_down(identity, "test")
        here = desk()
        with world.session(here.scope) as here.session:
            yield here.session


def _request(world: World, folder: Path) -> RequestContext:
    settings = Settings(data_dir=folder)
    database = Database(world.connection.engine, world.clock, {REGISTRY: world.registry})
    house = House(settings, database, world.registry, world.clock, Queue(settings))
    return create_app(house).test_request_context("/admin/")


class ScreenContract:
    """What a plugin with screens promises beside ``PluginContract``::

    class TestScreens(ScreenContract):
        plugin = "credit"
    """

    plugin: ClassVar[str] = ""

    def test_pages_carry_the_prefix(self, plugin_registry: Registry) -> None:
        """What ``register_views`` brings lies below ``/admin/<plugin>``.

        It asks ``<plugin>.…``, or what the core asks of its own records.
        """
        for brought in plugin_registry.contributions("register_views"):
            if brought.source == self.plugin:
                view = brought.item.view()
                asked = view.entity.partition(".")[0]
                assert asked in (self.plugin, "core"), f"{view.entity} is not ours"
                assert view.path.partition("/")[0] == self.plugin, f"{view.path} is not ours"

    def test_screens_are_answered_where_there_is_nothing_yet(
        self, world: World, tmp_path: Path
    ) -> None:
        """``home_cards`` and the customer hooks answer for a new customer, each by its source."""
        with _page(world, tmp_path) as session:
            for item in _answers(session, world, self.plugin):
                assert item.source == self.plugin, f"{item} names another source"
                _find(world.registry, self.plugin, getattr(item, "template", ""))

    def test_screens_are_silent_where_it_is_off(self, world: World, tmp_path: Path) -> None:
        """At the other branch nothing of the plugin speaks (XX-04)."""
        with _page(world, tmp_path) as session:
            list(_answers(session, world, self.plugin))
            asked = hooks_at(session, world.west)
            assert not any(getattr(asked, hook).get_hookimpls() for hook in HOOKS)


@contextmanager
def _page(world: World, folder: Path) -> Iterator[Session]:
    """A page in the making at the first branch: screens ask for addresses and zones."""
    with _request(world, folder), world.session(Scope.kernel("test")) as session:
        sit_down(None, "contract")
        here = desk()
        here.scope, here.session = Scope.at(world.east, "test"), session
        yield session


def _answers(session: Session, world: World, plugin: str) -> Iterator[Any]:
    """What the screens' hooks say of a customer who has just come."""
    for name in (*world.registry.plugins[plugin].manifest.requires, plugin):
        enable(session, world.east, name)
    customer = Customer(branch_id=world.east, code="C1", kind=CustomerKind.INDIVIDUAL, name="王芳")
    session.add(customer)
    session.flush()
    given = {
        "reader": Reader(session), "branch_id": world.east, "customer": customer,
        "customer_ids": [customer.id], "order": _order(session, customer),
    }  # fmt: skip
    package = world.registry.plugins[plugin].package
    for hook in HOOKS:
        for answering in getattr(hooks_at(session, world.east), hook).get_hookimpls():
            if answering.plugin_name.startswith(f"{package}."):
                yield from answering.function(*(given[name] for name in answering.argnames))


def _order(session: Session, customer: Customer) -> SalesOrder:
    order = SalesOrder(branch_id=customer.branch_id, customer_id=customer.id,
                       ordered_on=session.now.date())  # fmt: skip
    session.add(order)
    session.flush()
    return order


def _find(registry: Registry, plugin: str, template: str) -> None:
    if template:
        file = registry.plugins[plugin].folder / "templates" / template
        assert file.is_file(), f"{template} is not among the plugin's templates"
        assert template.startswith(f"{plugin}/"), f"{template} may be another's"
