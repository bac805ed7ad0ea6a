"""Why this due time? The clock retraced step by step, as data that any page can show (XX-02)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dougong.core.services.deadlines.models import Deadline, DeadlineStep
from dougong.core.services.deadlines.rules import DeadlineRule, StepKind
from dougong.core.services.deadlines.service import clock_of, steps_of, stretches_of
from dougong.core.session import Session
from dougong.core.values import Span, WorkCalendar

MOST: Final = 60
"""So many stretches are told one by one; what lies between the first and the last is summed up."""


class PartKind(StrEnum):
    """What a line of the explanation says."""

    STARTED = "started"
    COUNTED = "counted"
    SUMMED = "summed"
    """Many stretches in one line."""
    CLOSED = "closed"
    PAUSED = "paused"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Part:
    """One line: from when to when, how much of it counted, and how much that makes in all."""

    kind: PartKind
    start: datetime
    end: datetime
    counted: timedelta
    total: timedelta
    reason: str = ""
    """Of a pause: the reason it was given."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due time with the rule it was promised by and the lines that lead to it.

    ``holds`` is False where the calendar was changed since: the due time stays until a rebase.
    """

    rule: DeadlineRule
    due_at: datetime
    parts: tuple[Part, ...]
    holds: bool


def explain(session: Session, row: Deadline) -> Explanation:
    """Retrace the clock of a deadline from its start to its due time."""
    clock, steps = clock_of(session, row), steps_of(session, row)
    parts = [_mark(PartKind.STARTED, row.started_at, timedelta()), *_ran(clock, steps, row)]
    total = parts[-1].total
    parts.append(_mark(PartKind.DUE, row.due_at, total))
    return Explanation(row.rule, row.due_at, tuple(parts), total == row.rule.allowed)


def _ran(clock: WorkCalendar, steps: Sequence[DeadlineStep], row: Deadline) -> Iterator[Part]:
    total = timedelta()
    reasons = [step.reason for step in steps if step.kind is StepKind.PAUSED]
    ran = [s for s in stretches_of(steps, row.due_at) if s.start <= row.due_at]
    for number, stretch in enumerate(ran):
        if number:
            before = ran[number - 1].end or stretch.start
            reason = reasons[number - 1]
            yield Part(PartKind.PAUSED, before, stretch.start, timedelta(), total, reason)
        end = min(stretch.end or row.due_at, row.due_at)
        for part in _shortened(list(_counted(clock, stretch.start, end, total))):
            yield part
            total = part.total


def _counted(
    clock: WorkCalendar, start: datetime, end: datetime, total: timedelta
) -> Iterator[Part]:
    at = start
    for span in _joined(clock.worked(start, end)):
        if span.start > at:
            yield Part(PartKind.CLOSED, at, span.start, timedelta(), total)
        total += span.length
        yield Part(PartKind.COUNTED, span.start, span.end, span.length, total)
        at = span.end
    if at < end:
        yield Part(PartKind.CLOSED, at, end, timedelta(), total)


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Spans that touch, as one: a clock that never rests has one stretch, not one a day."""
    held: Span | None = None
    for span in spans:
        if held is not None and held.end == span.start:
            held = Span(held.start, span.end)
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _shortened(parts: list[Part]) -> list[Part]:
    if len(parts) <= MOST:
        return parts
    head, middle, tail = parts[: MOST // 2], parts[MOST // 2 : -MOST // 2], parts[-MOST // 2 :]
    counted = sum((part.counted for part in middle), timedelta())
    summed = Part(PartKind.SUMMED, middle[0].start, middle[-1].end, counted, middle[-1].total)
    return [*head, summed, *tail]


def _mark(kind: PartKind, at: datetime, total: timedelta) -> Part:
    return Part(kind, at, at, timedelta(), total)
