"""The demo's branches and people: who works where, and who may log in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from dougong.core.entities.address import Area
from dougong.core.entities.branch import Branch
from dougong.core.entities.people import Membership, Role, User
from dougong.core.i18n import LazyText, lazy
from dougong.core.session import Session

DEMO_PASSWORD: Final = "dougong-demo"  # noqa: S105 - known to everybody, and the demo says so


@dataclass(frozen=True, slots=True)
class District:
    """Where customers of a branch are; degrees of its centre (WGS 84)."""

    name: str
    area: Area
    latitude: float
    longitude: float
    postcode: str


@dataclass(frozen=True, slots=True)
class DemoBranch:
    """A branch of the demo: its plugins, its size, and its districts, each as likely."""

    code: str
    name: str
    surname: str
    """The surname of all its people: made-up people, easy to tell apart."""
    customers: int
    plugins: tuple[str, ...]
    districts: tuple[District, ...]


@dataclass(frozen=True, slots=True)
class Login:
    """A person of the demo who may log in with the known password."""

    login: str
    role: str
    title: LazyText
    branch: str = ""
    """The branch's code; empty means headquarters and every branch under it."""


HEADQUARTERS: Final = ("HQ", "总部")
BRANCHES: Final = (
    DemoBranch(
        "YZ", "渝中分公司", "渝", 900, ("tiering", "credit", "aftersales", "care"),
        (
            District("渝中区", Area.URBAN, 29.5572, 106.5688, "400010"),
            District("江北区", Area.URBAN, 29.6066, 106.5743, "400020"),
            District("南岸区", Area.URBAN, 29.5234, 106.5637, "400060"),
        ),
    ),
    DemoBranch(
        "LJ", "两江分公司", "梁", 700, ("tiering", "credit", "aftersales"),
        (
            District("渝北区", Area.URBAN, 29.7183, 106.6303, "401120"),
            District("两江新区", Area.URBAN, 29.7292, 106.4631, "401121"),
            District("北碚区", Area.SUBURBAN, 29.8056, 106.3953, "400700"),
            District("长寿区", Area.SUBURBAN, 29.8577, 107.0806, "401220"),
        ),
    ),
    DemoBranch(
        "WZ", "万州分公司", "万", 400, ("aftersales", "care"),
        (
            District("万州区", Area.SUBURBAN, 30.8078, 108.3911, "404000"),
            District("开州区", Area.SUBURBAN, 31.1609, 108.3933, "405400"),
            District("云阳县", Area.SUBURBAN, 30.9306, 108.6973, "404500"),
        ),
    ),
)  # fmt: skip
LOGINS: Final = (
    Login("admin", "administrator", lazy("Administrator, all branches")),
    Login("deployer", "deployer", lazy("Deployer, switches plugins per branch")),
    Login("hq", "headquarters", lazy("Headquarters, reads all branches")),
    Login("manager.yz", "manager", lazy("Branch manager, 渝中 (all plugins on)"), "YZ"),
    Login("sales.yz", "account_manager", lazy("Account manager, 渝中"), "YZ"),
    Login("credit.yz", "credit", lazy("Credit controller, 渝中"), "YZ"),
    Login("dispatch.yz", "dispatcher", lazy("Dispatcher, 渝中"), "YZ"),
    Login("tech.yz", "technician", lazy("Technician, 渝中"), "YZ"),
    Login("care.yz", "care", lazy("Care specialist, 渝中"), "YZ"),
    Login("manager.lj", "manager", lazy("Branch manager, 两江 (no care)"), "LJ"),
    Login("dispatch.lj", "dispatcher", lazy("Dispatcher, 两江"), "LJ"),
    Login("manager.wz", "manager", lazy("Branch manager, 万州 (no tiering, no credit)"), "WZ"),
    Login("dispatch.wz", "dispatcher", lazy("Dispatcher, 万州"), "WZ"),
)
"""One of each role, so that every page can be looked at by those it is for."""
STAFF: Final = {
    "manager": ("manager", 1),
    "account_manager": ("sales", 5),
    "credit": ("credit", 1),
    "dispatcher": ("dispatch", 2),
    "technician": ("tech", 6),
    "care": ("care", 2),
}
"""People of a branch by role: the stem of their log-ins, and how many there are."""
NAMES: Final = (
    "一帆", "二梅", "三友", "四喜", "五洲", "六合", "七星", "八方", "九如",
    "十全", "百川", "千里", "万程", "小满", "立夏", "白露", "秋分",
)  # fmt: skip
"""Invented: nobody's name is a number."""


def make_branches(session: Session) -> dict[str, Branch]:
    """Headquarters and the branches under it, by code; those that are there are kept."""
    found = {branch.code: branch for branch in session.scalars(select(Branch))}
    code, name = HEADQUARTERS
    top = found.get(code) or Branch(code=code, name=name)
    found[code] = top
    session.add(top)
    session.flush()
    for planned in BRANCHES:
        if planned.code not in found:
            found[planned.code] = Branch(code=planned.code, name=planned.name, parent_id=top.id)
            session.add(found[planned.code])
    session.flush()
    return found


def make_people(
    session: Session, branches: Mapping[str, Branch], roles: Mapping[str, Role]
) -> None:
    """Headquarters' people and each branch's staff, with their roles."""
    top = branches[HEADQUARTERS[0]]
    for number, login in enumerate(entry for entry in LOGINS if not entry.branch):
        user = User(login=login.login, name=f"江{NAMES[number]}", email=_mail(login.login))
        user.memberships = [Membership(branch=top, role=roles[login.role], below=True)]
        session.add(user)
    for planned in BRANCHES:
        session.add_all(_staff(planned, branches[planned.code], roles))
    session.flush()


def _staff(planned: DemoBranch, branch: Branch, roles: Mapping[str, Role]) -> list[User]:
    people: list[User] = []
    for role, (stem, count) in STAFF.items():
        for number in range(count):
            login = f"{stem}{number + 1 if number else ''}.{planned.code.lower()}"
            name = f"{planned.surname}{NAMES[len(people)]}"
            user = User(login=login, name=name, email=_mail(login))
            user.memberships = [Membership(branch=branch, role=roles[role])]
            user.supervisor = people[0] if people else None  # the branch's manager comes first
            people.append(user)
    return people


def staff_of(session: Session, branch_id: int) -> dict[str, tuple[User, ...]]:
    """A branch's own staff by role code."""
    rows = session.execute(
        select(Role.code, User)
        .join(Membership, Membership.user_id == User.id)
        .join(Role, Role.id == Membership.role_id)
        .where(Membership.branch_id == branch_id)
        .order_by(User.id)
    ).all()
    staff: dict[str, tuple[User, ...]] = {}
    for code, user in rows:
        staff[code] = (*staff.get(code, ()), user)
    return staff


def _mail(login: str) -> str:
    return f"{login}@dougong.example"
