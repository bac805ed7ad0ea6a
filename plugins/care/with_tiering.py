"""Where customer levels are on too, the level decides the means of care (CA-01)."""

from dougong.core.events import Subscriber, within
from dougong.core.hookspecs import hookimpl
from dougong.core.session import Session
from dougong.core.switchboard import settings_at
from dougong.plugins.care.events import CareActivityPlanned
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.rules import Means, means_for
from dougong.plugins.care.settings import CareSettings
from dougong.plugins.tiering.api import Level, level_of


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """Settle the means of each planned activity in the transaction that plans it."""
    return [within(CareActivityPlanned, "care.means_by_level", set_means)]


def set_means(session: Session, event: CareActivityPlanned) -> None:
    """A: a visit; B: call and small gift; C: SMS with consent, else a call. By hand stays."""
    level = None if event.by_hand else level_of(session, event.customer_id)
    if level is None:
        return
    row = session.get_one(CareOccasion, event.activity_id)
    contact = row.contact
    wanted = _wanted(settings_at(session, event.branch_id, CareSettings), level)
    row.means = means_for(wanted, consent=contact is None or contact.consent)


def _wanted(settings: CareSettings, level: Level) -> Means:
    return {Level.A: settings.level_a, Level.B: settings.level_b, Level.C: settings.level_c}[level]
