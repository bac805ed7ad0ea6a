"""Branches, users and roles: decided at the head of the house, read where one works (XX-05)."""

from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from flask import flash, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.utils import redirect
from wtforms import BooleanField, Form, PasswordField, SelectField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from dougong.admin.frame import LANGUAGES
from dougong.admin.models import Account
from dougong.admin.permission_words import entity_word, operation_word
from dougong.admin.security.accounts import SHORTEST, set_password
from dougong.admin.sessions import current_house, current_session, desk
from dougong.admin.standing import exceeds, holds, is_above, is_his_own, outranks
from dougong.admin.views import Act, RecordView, Related, Section, expose, operation
from dougong.admin.views.validity import EmailAddress, PhoneNumber
from dougong.admin.words import GRADES
from dougong.core.entities.branch import Branch
from dougong.core.entities.people import Membership, Permission, Role, User
from dougong.core.errors import Forbidden, Refusal
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext, lazy
from dougong.core.permissions import all_permits
from dougong.core.scope import Operation
from dougong.core.session import Session


@cache
def zones() -> list[tuple[str, str]]:
    """The time zones to choose from; looked up once, when first asked."""
    return [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone]


class BranchView(RecordView):
    """The branches of the company; headquarters at the top."""

    model = Branch
    entity = "core.branch"
    in_house = True
    path = "branches"
    title = lazy("Branches")
    one = lazy("Branch")
    offers = frozenset({Operation.CREATE, Operation.UPDATE})
    column_list = ("code", "name", "parent", "zone", "currency", "active")
    column_default_sort = "code"
    column_sortable_list = ("code", "name")
    form_columns = ("code", "name", "parent", "zone", "currency", "active")
    form_overrides: ClassVar[dict[str, Any]] = {"zone": SelectField}
    form_args: ClassVar[dict[str, Any]] = {
        "zone": {"choices": zones},
        "currency": {"validators": [Regexp("[A-Z]{3}", message=_("Three capital letters."))]},
    }

    def scoped(self, query: Any) -> Any:
        """The branches where the person works."""
        identity = desk().identity
        return query.filter(Branch.id.in_(identity.everywhere.branches if identity else ()))

    def update_row(self, form: Any, row: Branch) -> None:
        """A branch never stands under itself."""
        above = form.parent.data if "parent" in form._fields else None
        seen = above
        while seen is not None:
            if seen.id == row.id:
                raise Refusal(lazy("A branch cannot stand under itself."), field="parent")
            seen = seen.parent
        super().update_row(form, row)


class PasswordAct(Form):
    """A new password, twice."""

    password = PasswordField(_("New password"), [InputRequired(), Length(min=SHORTEST)])
    again = PasswordField(
        _("Once more"),
        [EqualTo("password", _("The two differ."))],
    )


class MembershipAct(Form):
    """A role at a branch."""

    role = SelectField(_("Role"), coerce=int)
    branch = SelectField(_("Branch"), coerce=int)
    below = BooleanField(_("Branches below too"))


class LeaveAct(Form):
    """Which role ends."""

    membership = SelectField(_("Role"), coerce=int)


def _refuse_own(user: User) -> None:
    if is_his_own(user):
        raise Refusal(
            lazy("Nobody changes his own roles."), next_step=lazy("Ask an administrator.")
        )


def _join(session: Session, user: User, form: Any) -> None:
    _refuse_own(user)
    known = select(Membership).filter_by(
        user_id=user.id, branch_id=form.branch.data, role_id=form.role.data
    )
    if session.scalars(known).first() is not None:
        raise Refusal(lazy("He has this role there already."), field="role")
    session.add(
        Membership(
            user_id=user.id, branch_id=form.branch.data, role_id=form.role.data,
            below=form.below.data,
        )
    )  # fmt: skip


def _leave(session: Session, user: User, form: Any) -> None:
    _refuse_own(user)
    membership = session.get(Membership, form.membership.data)
    if membership is not None and membership.user_id == user.id:
        session.delete(membership)


def _forget_factor(session: Session, user: User, form: object) -> None:
    account = session.get(Account, user.id)
    if account is not None:
        account.tf_primary_method = account.tf_totp_secret = None


class UserView(RecordView):
    """The people who work with the system."""

    model = User
    entity = "core.user"
    in_house = True
    path = "users"
    title = lazy("Users")
    one = lazy("User")
    offers = frozenset({Operation.CREATE, Operation.UPDATE})
    column_list = ("login", "name", "phone", "email", "active")
    column_details_list = ("login", "name", "phone", "email", "locale", "supervisor", "active")
    column_default_sort = "login"
    column_searchable_list = ("login", "name", "phone")
    column_filters = ("active",)
    column_sortable_list = ("login", "name")
    sections = (
        Section(lazy("Person"), ("name", "phone", "email", "supervisor")),
        Section(lazy("Log-in"), ("login", "locale", "active")),
    )
    form_args: ClassVar[dict[str, Any]] = {
        "phone": {"validators": [PhoneNumber()]},
        "email": {"validators": [EmailAddress()]},
    }
    form_choices: ClassVar[dict[str, Any]] = {"locale": [("", "—"), *LANGUAGES]}
    labels: ClassVar[dict[str, Any]] = {"supervisor": lazy("Supervisor")}
    acts = (
        Act(
            name="join", title=lazy("Give a role"), icon="plus", form=MembershipAct, run=_join,
            done=lazy("The role holds from the next page on."), primary=True,
            offered=lambda user: not is_his_own(user),
        ),
        Act(
            name="leave", title=lazy("Take a role away"), icon="x", form=LeaveAct, run=_leave,
            offered=lambda user: bool(user.memberships) and not is_his_own(user),
        ),
        Act(
            name="password", title=lazy("Set password"), icon="key", form=PasswordAct,
            done=lazy("The password is set; his open sessions have ended."),
            run=lambda session, user, form: set_password(session, user, form.password.data),
        ),
        Act(
            name="factor", title=lazy("Remove second factor"), icon="lock", run=_forget_factor,
            confirm=lazy("Remove the second factor? He can set up a new one."),
        ),
    )  # fmt: skip

    def allows(self, operation: str, row: object = None) -> bool:
        """Nobody changes somebody who decides more in the house than himself."""
        may = super().allows(operation, row)
        above = operation != Operation.READ and isinstance(row, User) and outranks(row)
        return may and not above

    def scoped(self, query: Any) -> Any:
        """At the head of the house all, else the people of one's own branches."""
        identity = desk().identity
        if identity is None or identity.allows_in_house(Operation.READ, self.entity):
            return query
        at = User.memberships.any(Membership.branch_id.in_(identity.everywhere.branches))
        return query.filter(at)

    def related(self, row: User) -> list[Related]:
        """His roles."""
        yes, no = gettext("Yes"), gettext("No")
        shown: list[tuple[str, tuple[object, ...]]] = [
            ("", (gettext(m.role.name), m.branch.name, yes if m.below else no))
            for m in row.memberships
        ]
        return [Related(lazy("Roles"), (lazy("Role"), lazy("Branch"),
                                        lazy("Branches below too")), shown)]  # fmt: skip

    def offer_choices(self, act: Act, form: Any, row: Any) -> None:
        """Roles and branches to choose from."""
        session = current_session()
        if act.name == "join":
            roles = session.scalars(
                select(Role).options(selectinload(Role.permissions)).order_by(Role.name)
            ).all()
            given = [role for role in roles if not is_above(role)]
            form.role.choices = [(role.id, gettext(role.name)) for role in given]
            identity = desk().identity
            form.branch.choices = [(p.id, p.name) for p in (identity.places if identity else ())]
        elif act.name == "leave":
            form.membership.choices = [(m.id, str(m)) for m in row.memberships]


class RoleView(RecordView):
    """Roles: a clearance for graded fields, and a matrix of permissions (AR-06)."""

    model = Role
    entity = "core.role"
    in_house = True
    path = "roles"
    title = lazy("Roles")
    one = lazy("Role")
    offers = frozenset({Operation.CREATE, Operation.UPDATE, Operation.DELETE})
    column_list = ("code", "name", "clearance")
    column_details_list = column_list
    column_default_sort = "code"
    column_sortable_list = ("code", "name")
    form_columns = ("code", "name", "clearance")
    form_overrides: ClassVar[dict[str, Any]] = {"clearance": SelectField}
    form_args: ClassVar[dict[str, Any]] = {
        "clearance": {
            "coerce": int,
            "choices": lambda: [(int(grade), str(text)) for grade, text in GRADES.items()],
        }
    }

    def allows(self, operation: str, row: object = None) -> bool:
        """Nobody changes a role of his own, nor one that decides more than he does."""
        may = super().allows(operation, row)
        if operation == Operation.READ or not isinstance(row, Role):
            return may
        return may and not (is_above(row) or holds(row))

    def shown(self, value: Any, row: Any) -> Any:
        """Clearances by name, starter roles in the reader's language."""
        if isinstance(value, int) and not isinstance(value, bool) and value in set(GRADES):
            return str(GRADES[value])  # type: ignore[index]
        if isinstance(row, Role) and value == row.name:
            return gettext(row.name)
        return super().shown(value, row)

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """After saving, the permissions."""
        return url_for("roles.permissions", id=model.id)

    def related(self, row: Role) -> list[Related]:
        """What the role may do."""
        link = url_for("roles.permissions", id=row.id)
        by_entity: dict[str, list[str]] = {}
        for permission in sorted(row.permissions, key=lambda p: (p.entity, p.operation)):
            by_entity.setdefault(permission.entity, []).append(permission.operation)
        shown: list[tuple[str, tuple[object, ...]]] = [
            (link, (entity_word(entity), ", ".join(map(operation_word, operations))))
            for entity, operations in by_entity.items()
        ]
        return [Related(lazy("Permissions"), (lazy("Record"), lazy("Permitted acts")), shown or
                        [(link, (gettext("None yet"), ""))])]  # fmt: skip

    @operation(Operation.READ)
    @expose("/permissions/", methods=("GET", "POST"))
    def permissions(self) -> Any:
        """The matrix: records × operations."""
        role: Role = self.get_one(request.args.get("id"))
        known = [(p.entity, p.operation) for p in all_permits(current_house().registry)]
        if request.method == "POST":
            if not self.allows(Operation.UPDATE, role):
                raise Forbidden
            _grant(role, known)
            flash(gettext("The permissions are saved; they hold from the next page on."), "success")
            return redirect(url_for("roles.details_view", id=role.id), 303)
        held = {(p.entity, p.operation) for p in role.permissions}
        rows: dict[str, list[tuple[str, str, bool]]] = {}
        for entity, name in known:
            rows.setdefault(entity, []).append((name, f"{entity}:{name}", (entity, name) in held))
        return self.render(
            "admin_pages/permissions.html", role=role, rows=rows,
            everything=("*", "*") in held, may=self.allows(Operation.UPDATE, role),
            page_title=gettext("Permissions of %(role)s", role=gettext(role.name)),
        )  # fmt: skip


def _grant(role: Role, known: list[tuple[str, str]]) -> None:
    """Set the role's permissions to the ticked boxes; those of absent plugins stay."""
    ticked = set(request.form.getlist("permit"))
    wanted = {(e, o) for e, o in known if f"{e}:{o}" in ticked}
    absent = {(p.entity, p.operation) for p in role.permissions} - set(known)
    role.permissions = [
        p for p in role.permissions if (p.entity, p.operation) in wanted | absent
    ]  # fmt: skip
    held = {(p.entity, p.operation) for p in role.permissions}
    granted = [Permission(entity=e, operation=o) for e, o in sorted(wanted - held)]
    if exceeds(granted):
        raise Forbidden(lazy("Nobody grants what he may not do in the house himself."))
    role.permissions += granted
