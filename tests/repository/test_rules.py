"""docs/rules.md says of every rule how far it has come, and the code agrees."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.repository.tree import ROOMS, ROOT

RULE_ID = re.compile(r"\b(?:AR|TI|CR|AF|CA|XX)-\d{2}\b")
ROW = re.compile(r"^\| (?P<id>[A-Z]+-\d+) \| (?P<text>.+) \| (?P<state>\w+) \| (?P<where>.+) \|$")
STATES = {"done", "slice", "planned"}
COUNTS = {"CARD": 5, "AR": 8, "TI": 12, "CR": 13, "AF": 18, "CA": 11, "XX": 7}
"""How many rules each family has: none is forgotten, none made up."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the page."""

    id: str
    state: str
    where: str

    @property
    def paths(self) -> list[Path]:
        """The files and folders that the last column names."""
        return [ROOT / name for name in re.findall(r"`([\w./]+)`", self.where)]


def rules() -> list[Rule]:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    found = (ROW.match(line) for line in page.splitlines())
    return [Rule(m["id"], m["state"], m["where"]) for m in found if m]


def sources(*places: Path) -> Iterator[Path]:
    for place in places:
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        yield from (f for f in files if f.suffix in (".py", ".html") and f.is_file())


def quoted(*places: Path) -> dict[str, set[str]]:
    """Rule IDs and the files that quote them."""
    found: dict[str, set[str]] = {}
    for path in sources(*places):
        for rule in RULE_ID.findall(path.read_text(encoding="utf-8")):
            found.setdefault(rule, set()).add(str(path.relative_to(ROOT)))
    return found


RULES = rules()
QUOTED = quoted(*(ROOT / room for room in ROOMS))


def test_every_rule_is_there_once() -> None:
    expected = {
        f"{family}-{number}" if family == "CARD" else f"{family}-{number:02}"
        for family, count in COUNTS.items()
        for number in range(1, count + 1)
    }
    ids = [rule.id for rule in RULES]
    assert set(ids) == expected
    assert len(ids) == len(expected)


def test_every_rule_quoted_in_code_exists() -> None:
    made_up = {rule: files for rule, files in QUOTED.items() if rule not in {r.id for r in RULES}}
    assert not made_up, f"not in docs/rules.md: {made_up}"


def test_every_rule_quoted_in_tests_exists() -> None:
    made_up = set(quoted(ROOT / "tests")) - {rule.id for rule in RULES}
    assert not made_up, f"not in docs/rules.md: {sorted(made_up)}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_state_is_honest(rule: Rule) -> None:
    assert rule.state in STATES
    if rule.id.startswith("CARD"):
        return
    if rule.state == "planned":
        files = sorted(QUOTED.get(rule.id, ()))
        assert not files, f"docs/rules.md calls {rule.id} planned, these quote it: {files}"
        return
    lost = [path for path in rule.paths if not path.exists()]
    assert not lost, f"docs/rules.md sends the reader of {rule.id} to {lost}"
    assert rule.id in quoted(*rule.paths), f"nothing that docs/rules.md names quotes {rule.id}"
