"""Proofs about a running house: each check answers with its findings, none meaning sound."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from dougong.core.i18n import LazyText
from dougong.core.session import Session


class Severity(StrEnum):
    """How bad a finding is; errors make ``dougong doctor`` fail."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in words a deployer can act on."""

    text: LazyText | str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Check:
    """A named proof over all branches; ``run`` gets a reading session without walls."""

    source: str
    title: LazyText
    run: Callable[[Session], list[Finding]]
