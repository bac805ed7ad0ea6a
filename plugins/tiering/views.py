"""The graded list, and the button that grades anew (TI-04, TI-08)."""

from typing import Any, ClassVar, Final

from wtforms import DateField, Form
from wtforms.validators import Optional

from dougong.admin.contributions import CUSTOMERS, Tone, ViewEntry
from dougong.admin.views import Act, RecordView
from dougong.admin.words import Word
from dougong.core.errors import Refusal
from dougong.core.i18n import form_text, lazy
from dougong.core.jobs import enqueue
from dougong.core.scope import Operation
from dougong.core.session import Session
from dougong.plugins.tiering.jobs import EVALUATE, EvaluateArguments
from dougong.plugins.tiering.models import CustomerLevel
from dougong.plugins.tiering.rules import Level

TONES: Final = {Level.A: Tone.LEVEL_A, Level.B: Tone.LEVEL_B, Level.C: Tone.LEVEL_C}
WORDS: Final[tuple[Word, ...]] = tuple(
    (level, lazy(level.value), tone) for level, tone in TONES.items()
)


class EvaluateForm(Form):
    """For which day to grade."""

    as_of = DateField(
        form_text("Evaluate as of"),
        [Optional()],
        description=form_text("Only for data of the past; empty means today."),
    )


def evaluate_now(session: Session, row: None, form: EvaluateForm) -> None:
    """Ask for an evaluation of the current branch as a job."""
    branch_id = session.scope.home
    if branch_id is None:
        raise Refusal(
            lazy("Levels are evaluated at one branch at a time."),
            code="tiering.one_branch",
            next_step=lazy("Choose a branch first."),
        )
    enqueue(session, EVALUATE.name, branch_id, EvaluateArguments(form.as_of.data))


class LevelView(RecordView):
    """The graded customer list 客户分级名册 (TI-08)."""

    model = CustomerLevel
    entity = "tiering.level"
    path = "tiering/levels"
    title = lazy("Graded customers")
    one = lazy("Customer level")
    offers = frozenset({Operation.EXPORT})
    column_list = (
        "customer.code", "customer.name", "customer.manager.name", "level", "score",
        "last_order_on", "order_count", "spend_minor", "previous_level", "since",
    )  # fmt: skip
    column_details_list = (
        "customer.code", "customer.name", "level", "previous_level", "since", "score",
        "last_order_on", "recency_score", "order_count", "frequency_score", "spend_minor",
        "monetary_score", "evaluated_at",
    )  # fmt: skip
    column_default_sort: ClassVar[list[tuple[str, bool]]] = [("level", False), ("score", True)]
    column_searchable_list = ("customer.name", "customer.code")
    column_filters = ("level", "score", "spend_minor", "since")
    column_sortable_list = (
        "level", "score", "last_order_on", "order_count", "spend_minor", "since",
    )  # fmt: skip
    labels: ClassVar[dict[str, Any]] = {
        "customer.manager.name": lazy("Account manager"),
        "level": lazy("Level"),
        "previous_level": lazy("Level before"),
        "score": lazy("Total score"),
        "since": lazy("At this level since"),
        "last_order_on": lazy("Last purchase"),
        "order_count": lazy("Number of purchases"),
        "spend_minor": lazy("Net spend"),
        "recency_score": lazy("Recency score"),
        "frequency_score": lazy("Frequency score"),
        "monetary_score": lazy("Money score"),
        "evaluated_at": lazy("Evaluated at"),
    }
    acts = (
        Act(
            name="evaluate",
            title=lazy("Evaluate now"),
            run=evaluate_now,
            operation="evaluate",
            form=EvaluateForm,
            done=lazy("The evaluation is queued; its progress is under Jobs."),
            icon="refresh",
            on_list=True,
        ),
    )


LEVELS: Final = ViewEntry(
    view=LevelView, group=CUSTOMERS, title=LevelView.title, icon="layers", order=60
)
