"""``dougong branch`` and ``dougong user``: the first rows of a new installation."""

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from sqlalchemy import select

from dougong.admin.cli.context import OPERATOR, branch_named, house, refusals
from dougong.admin.cli.output import show_table
from dougong.admin.security.accounts import create_account, set_password
from dougong.core.entities.branch import Branch
from dougong.core.entities.people import Membership, Role, User
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import gettext as _
from dougong.core.i18n import lazy
from dougong.core.permissions import seed_roles
from dougong.core.session import Session

PASSWORD: Final = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="DOUGONG_PASSWORD"
)


@click.group("branch")
def branch() -> None:
    """List and add branches."""


@branch.command("list")
@refusals
def list_branches() -> None:
    """Every branch and what it stands under."""
    with house().database.reading(OPERATOR) as session:
        rows = session.scalars(select(Branch).order_by(Branch.code)).all()
        shown = [(b.code, b.name, b.zone, b.currency, b.parent or "", b.active) for b in rows]
    heads = (_("Code"), _("Name"), _("Time zone"), _("Currency"), _("Under"), _("Active"))
    show_table(heads, shown)


@branch.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--under", help="Code of the branch it stands under; none for headquarters.")
@click.option("--zone", default="Asia/Shanghai", show_default=True)
@click.option("--currency", default="CNY", show_default=True)
@refusals
def add_branch(code: str, name: str, under: str | None, zone: str, currency: str) -> None:
    """Add a branch; the first one, under nothing, is headquarters."""
    _refuse_unknown_zone(zone)

    def work(session: Session) -> None:
        if session.scalars(select(Branch).filter_by(code=code)).one_or_none():
            raise Refusal(lazy("A branch has the code %(code)s already.", code=code))
        parent = branch_named(session, under).id if under else None
        if parent is None and session.scalars(select(Branch.id)).first() is not None:
            raise Refusal(
                lazy("There is a headquarters already."),
                next_step=lazy("Say with --under which branch it stands under."),
            )
        session.add(
            Branch(code=code, name=name, zone=zone, currency=currency.upper(), parent_id=parent)
        )

    house().database.write(OPERATOR, work)
    click.echo(_("Branch %(name)s was added.", name=name))


def _refuse_unknown_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refusal(lazy("%(zone)s is not a time zone.", zone=zone)) from error


@click.group("user")
def user() -> None:
    """List and add users, and set passwords."""


@user.command("list")
@refusals
def list_users() -> None:
    """Every user, with the roles at each branch."""
    with house().database.reading(OPERATOR) as session:
        rows = session.scalars(select(User).order_by(User.login)).all()
        shown = [(u.login, u.name, u.active, "; ".join(map(str, u.memberships))) for u in rows]
    show_table((_("Log-in"), _("Name"), _("Active"), _("Roles")), shown)


@user.command("add")
@click.argument("login")
@click.option("--name", required=True)
@click.option("--role", required=True, help="Role code: administrator, manager, credit, …")
@click.option("--branch", "-b", required=True, help="Branch code.")
@click.option("--below/--only-here", default=False, help="Also at every branch under that one.")
@PASSWORD
@refusals
def add_user(  # noqa: PLR0913 - each is an option of the command
    login: str, name: str, role: str, branch: str, below: bool, password: str
) -> None:
    """Add a user with one role at one branch."""
    opened = house()

    def work(session: Session) -> None:
        roles = seed_roles(session, opened.registry)
        if session.scalars(select(User).filter_by(login=login)).one_or_none():
            raise Refusal(lazy("%(login)s is taken.", login=login))
        if role not in roles:
            known = ", ".join(sorted(roles))
            raise Refusal(lazy("No role %(role)s; there are %(known)s.", role=role, known=known))
        person = User(login=login, name=name, active=True)
        person.memberships.append(_membership(session, branch, roles[role], below))
        session.add(person)
        session.flush()
        create_account(session, person, password)

    opened.database.write(OPERATOR, work)
    click.echo(_("User %(login)s was added.", login=login))


def _membership(session: Session, branch: str, role: Role, below: bool) -> Membership:
    return Membership(branch_id=branch_named(session, branch).id, role_id=role.id, below=below)


@user.command("password")
@click.argument("login")
@PASSWORD
@refusals
def change_password(login: str, password: str) -> None:
    """Set a user's password; sessions open elsewhere end."""

    def work(session: Session) -> None:
        person = session.scalars(select(User).filter_by(login=login)).one_or_none()
        if person is None:
            raise NotFound(lazy("No user has the log-in %(login)s.", login=login))
        set_password(session, person, password)

    house().database.write(OPERATOR, work)
    click.echo(_("The password of %(login)s was changed.", login=login))


COMMANDS: Final = (branch, user)
