"""Two customers side by side: which values stand, what moves; merges done and undone (AR-05)."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import abort, flash, request, url_for
from werkzeug.utils import redirect

from dougong.admin.contributions import Tone
from dougong.admin.formats import MASK, NO_VALUE, customer_url, day_text, number_text
from dougong.admin.pages.customers.findings import field_word
from dougong.admin.sessions import current_session
from dougong.admin.views import Act, PageView, RecordView, Related, expose, operation
from dougong.admin.views.history import kinds
from dougong.admin.views.lookup import whole_number
from dougong.admin.views.reveal import is_readable
from dougong.admin.words import add_words, word_for
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.errors import Refusal
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.archive.api import (
    Choice,
    CustomerMerge,
    MergePlan,
    MergeState,
    merge,
    preview,
    refuse_pair,
    undo_merge,
)
from dougong.core.session import Session

ENTITY: Final = "core.customer_merge"
TAKE: Final = "take."

add_words(
    (
        (MergeState.MERGED, lazy("Merged"), Tone.SUCCESS),
        (MergeState.UNDONE, lazy("Undone"), Tone.NEUTRAL),
    )
)


@dataclass(frozen=True, slots=True)
class Line:
    """A field in which the two differ, as the page shows it."""

    name: str
    label: str
    ours: object
    theirs: object
    suggested: bool


class MergePage(PageView):
    """Compare two customers and make them one."""

    path = "merging"
    title = lazy("Merge customers")
    entity = ENTITY

    @operation(Operation.CREATE)
    @expose("/")
    def index(self) -> Any:
        """Ask for the second customer, or show both side by side with what would happen."""
        survivor = self._asked("survivor")
        if survivor is None:
            abort(404)
        code = request.args.get("code", "").strip()
        merged = self._by_code(survivor, code) if code else self._asked("merged")
        if merged is None:
            said = gettext("There is no other customer with this code here.") if code else ""
            return self.render("archive/merge_ask.html", survivor=survivor, code=code, said=said)
        return self._compare(survivor, merged)

    def _asked(self, name: str) -> Customer | None:
        key = whole_number(request.values.get(name))
        row = current_session().get(Customer, key) if key is not None else None
        return row if row is not None and self.allows(Operation.CREATE, row) else None

    def _by_code(self, survivor: Customer, code: str) -> Customer | None:
        query = (
            current_session()
            .query(Customer)
            .filter(Customer.branch_id == survivor.branch_id, Customer.code == code)
        )
        return query.one_or_none()

    def _compare(self, survivor: Customer, merged: Customer) -> Any:
        try:
            refuse_pair(survivor, merged)
        except Refusal as refusal:
            return self.render(
                "archive/merge_ask.html", survivor=survivor, code=merged.code, said=str(refusal)
            )
        found = preview(current_session(), survivor, merged)
        names = dict(kinds())
        rows = [
            (names.get(table, table), number_text(found.moving.get(table, 0)),
             number_text(found.staying.get(table, 0)))
            for table in sorted({*found.moving, *found.staying})
        ]  # fmt: skip
        return self.render(
            "archive/merge.html", survivor=survivor, merged=merged, rows=rows,
            lines=[_line(choice, survivor, merged) for choice in found.choices],
            blockers=found.blockers, kind=word_for(survivor.kind), take=TAKE,
            swapped_url=url_for("merging.index", survivor=merged.id, merged=survivor.id),
            merge_url=url_for("merging.merge_view"), customer_url=customer_url,
        )  # fmt: skip

    @operation(Operation.CREATE)
    @expose("/merge/", methods=("POST",))
    def merge_view(self) -> Any:
        """Make them one, with the values that were chosen."""
        survivor, merged = self._asked("survivor"), self._asked("merged")
        if survivor is None or merged is None:
            abort(404)
        taken = {
            name.removeprefix(TAKE)
            for name, value in request.form.items()
            if name.startswith(TAKE) and value == "theirs"
        }
        name = merged.name
        done = merge(
            current_session(),
            MergePlan(survivor_id=survivor.id, merged_id=merged.id, taken=frozenset(taken),
                      note=request.form.get("note", "")[:500]),
        )  # fmt: skip
        flash(gettext("%(customer)s was merged into this one; it can be undone under Merges.",
                      customer=name), "success")  # fmt: skip
        return redirect(customer_url(done.customer_id), 303)


def _line(choice: Choice, survivor: Customer, merged: Customer) -> Line:
    name = choice.field.rpartition(".")[2]
    mine = survivor if choice.entity is Customer else getattr(survivor, survivor.kind)
    shown = is_readable(mine, name)
    return Line(
        choice.field, field_word(_LABELS.get(name, name)),
        _shown(name, choice.ours) if shown else MASK,
        _shown(name, choice.theirs) if shown else MASK, choice.suggested,
    )  # fmt: skip


_LABELS: Final = {"manager_id": "manager"}


def _shown(name: str, value: Any) -> object:
    if value in (None, ""):
        return NO_VALUE
    if name == "manager_id":
        person = current_session().get(User, value)
        return person.name if person else NO_VALUE
    if hasattr(value, "isoformat"):
        return day_text(value)
    return word_for(value) if hasattr(value, "value") else value


class MergeView(RecordView):
    """Every merge of the branch, the latest first."""

    model = CustomerMerge
    entity = ENTITY
    path = "merges"
    title = lazy("Merges")
    one = lazy("Merge")
    offers = frozenset()
    column_list = ("at", "merged.name", "customer.name", "state", "user.name")
    column_details_list = (
        "at", "merged.name", "merged.code", "customer.name", "customer.code", "state",
        "user.name", "note", "undone_at",
    )  # fmt: skip
    column_default_sort = ("at", True)
    column_filters = ("state", "at")
    column_sortable_list = ("at",)
    labels: ClassVar[dict[str, Any]] = {
        "merged.name": lazy("Merged customer"), "merged.code": lazy("Code of the merged one"),
        "customer.name": lazy("Went into"), "undone_at": lazy("Undone at"),
        "user.name": lazy("Who"),
    }  # fmt: skip
    acts = (
        Act(
            name="undo", title=lazy("Undo the merge"), icon="refresh", operation=Operation.UPDATE,
            offered=lambda row: row.state is MergeState.MERGED,
            run=lambda session, row, _form: _undo(session, row),
            confirm=lazy("Make them two customers again? Every record goes back to where it was."),
            done=lazy("The merge is undone; they are two customers again."),
        ),
    )  # fmt: skip

    def related(self, row: CustomerMerge) -> list[Related]:
        """How many records of each kind moved."""
        names = dict(kinds())
        moved: list[tuple[str, tuple[object, ...]]] = [
            ("", (names.get(table, table), number_text(count)))
            for table, count in sorted(row.moved.items())
        ]
        return [Related(lazy("What moved"), (lazy("Record"), lazy("How many")), moved)]


def _undo(session: Session, row: CustomerMerge) -> None:
    undo_merge(session, row.id)
