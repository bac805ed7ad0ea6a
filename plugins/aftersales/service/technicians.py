"""Technicians: who can be sent (AF-05)."""

from sqlalchemy import select

from dougong.core.entities.address import Area
from dougong.core.entities.people import User
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.plugins.aftersales.models import Technician


def employ(
    session: Session, branch_id: int, user_id: int, *, skills: str = "", area: Area | None = None
) -> Technician:
    """Enter a user as technician of the branch; a second time is refused."""
    if session.get(User, user_id) is None:
        raise NotFound(lazy("This user does not exist."))
    known = select(Technician).filter_by(branch_id=branch_id, user_id=user_id)
    if session.scalars(known).one_or_none() is not None:
        raise Refusal(
            lazy("This person is a technician of this branch already."),
            code="aftersales.technician_twice",
            field="user_id",
        )
    technician = Technician(
        branch_id=branch_id, user_id=user_id, skills=skills, area=area, active=True
    )
    session.add(technician)
    session.flush()
    return technician


def set_active(session: Session, technician_id: int, *, active: bool) -> Technician:
    """Let a technician take calls, or take none for a while."""
    technician = session.get(Technician, technician_id)
    if technician is None:
        raise NotFound
    technician.active = active
    session.flush()
    return technician
