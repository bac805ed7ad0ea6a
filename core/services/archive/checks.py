"""What ``dougong doctor`` proves about merged customers."""

from typing import Final

from sqlalchemy import func, select

from dougong.core.doctor import Check, Finding
from dougong.core.i18n import lazy
from dougong.core.services.archive.links import links
from dougong.core.services.archive.models import CustomerMerge, MergeState
from dougong.core.session import Session


def _nothing_is_left(session: Session) -> list[Finding]:
    """Rows that came to a merged customer past the guard: by a bulk write or by hand."""
    found = []
    for link in links():
        if link.unique or link.others:
            continue  # what would have collided stays, and is meant to
        column = getattr(link.entity, link.column)
        stray = (
            select(func.count(link.key))
            .join(CustomerMerge, CustomerMerge.merged_id == column)
            .where(CustomerMerge.state == MergeState.MERGED)
        )
        if link.by_subject:
            stray = stray.where(link.entity.subject_kind == "core.customer")
        count = session.scalars(stray).one()
        if count:
            text = lazy("%(table)s: %(count)s records hang on customers that were merged.",
                        table=link.table, count=count)  # fmt: skip
            found.append(Finding(text))
    return found


NOTHING_LEFT: Final = Check("archive", lazy("Nothing hangs on a merged customer"), _nothing_is_left)
