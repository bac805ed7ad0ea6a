"""Where tiering touches the world."""

from collections.abc import Sequence

from dougong.admin.contributions import Badge, Card, Column, Panel, ViewEntry
from dougong.admin.words import add_words
from dougong.core.demo import DemoPart
from dougong.core.doctor import Check
from dougong.core.entities.customer import Customer
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.reader import Reader
from dougong.core.services.activities.api import Audience
from dougong.core.services.printing.api import Paper
from dougong.core.switchboard import SettingsSpec
from dougong.plugins.tiering import panels
from dougong.plugins.tiering.audiences import AUDIENCES
from dougong.plugins.tiering.checks import LEVELS_MATCH_HISTORY
from dougong.plugins.tiering.demo import DEMO
from dougong.plugins.tiering.forms import TieringForm
from dougong.plugins.tiering.jobs import EVALUATE
from dougong.plugins.tiering.papers import PAPERS
from dougong.plugins.tiering.settings import TieringSettings
from dougong.plugins.tiering.views import LEVELS, WORDS

READERS = ("headquarters", "manager", "account_manager", "credit", "dispatcher", "care")


@hookimpl
def register_settings() -> list[SettingsSpec]:
    """Thresholds, window, policy."""
    return [SettingsSpec(TieringForm, TieringSettings)]


@hookimpl
def register_permissions() -> list[Permit]:
    """Levels are seen by most, exported and recomputed by managers."""
    return [
        Permit("tiering.level", "read", READERS),
        Permit("tiering.level", "export", ("manager", "headquarters")),
        Permit("tiering.level", "evaluate", ("manager",)),
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """The nightly evaluation."""
    return [EVALUATE]


@hookimpl
def register_papers() -> list[Paper]:
    """The evaluation sheet."""
    return list(PAPERS)


@hookimpl
def register_checks() -> list[Check]:
    """Levels equal the last entry of their history."""
    return [LEVELS_MATCH_HISTORY]


@hookimpl
def register_audiences() -> list[Audience]:
    """The customers of each level, for recurring duties."""
    return list(AUDIENCES)


@hookimpl
def register_demos() -> list[DemoPart]:
    """Grades the demo's customers."""
    return [DEMO]


@hookimpl
def customer_badges(customer_ids: Sequence[int], reader: Reader) -> list[Badge]:
    """The level beside the name."""
    return panels.badges(customer_ids, reader)


@hookimpl
def customer_columns(customer_ids: Sequence[int], reader: Reader) -> list[Column]:
    """The total score in the list."""
    return panels.columns(customer_ids, reader)


@hookimpl
def customer_panels(customer: Customer, reader: Reader) -> list[Panel]:
    """How the level came about."""
    return panels.panel(customer, reader)


@hookimpl
def register_views() -> list[ViewEntry]:
    """The graded list."""
    add_words(WORDS)
    return [LEVELS]


@hookimpl
def home_cards(branch_id: int, reader: Reader) -> list[Card]:
    """How many stand at each level."""
    return panels.card(branch_id, reader)
