"""What a benchmark answers, and how two things are timed fairly beside each other."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One comparison: ``ours`` and ``peer`` in ``unit``, and the ratio to stay under."""

    name: str
    ours: float
    peer: float
    unit: str
    reach: float

    @property
    def ratio(self) -> float:
        """How many times the peer's figure ours is."""
        return self.ours / self.peer

    @property
    def reached(self) -> bool:
        """Whether the ratio is within reach."""
        return self.ratio <= self.reach


def side_by_side(
    ours: Callable[[], object], peer: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """Median seconds of both, measured in turns so that the machine's mood strikes both."""
    ours(), peer()
    times: list[tuple[float, float]] = [(timed(ours), timed(peer)) for _ in range(rounds)]
    return median(t[0] for t in times), median(t[1] for t in times)


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start
