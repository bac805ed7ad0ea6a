"""What the doctor says of a plugin that is on but not there."""

from pathlib import Path

import pytest

from dougong.core.doctor import Severity, examine
from dougong.core.house import House, open_house
from dougong.core.i18n import speaking
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.switches import enable
from dougong.core.testing import make_branches
from tests.core.sample.house import KERNEL


def without_credit(url: str, folder: Path, *, blocked: bool) -> House:
    """A house where credit was switched on at 东区 and is not loaded any more."""
    before = open_house(Settings(database_url=url, data_dir=folder))
    before.database.write(KERNEL, _switch_on)
    before.database.engine.dispose()
    settings = Settings(
        database_url=url, data_dir=folder, block_plugins="credit" if blocked else ""
    )
    return open_house(settings, found=None if blocked else [])


def _switch_on(session: Session) -> None:
    _, east, _ = make_branches(session)
    enable(session, east, "credit")


@pytest.mark.parametrize(
    ("blocked", "severity", "said"),
    [
        (False, Severity.ERROR, "not loaded; refused there: confirm_order, release_delivery"),
        (True, Severity.WARNING, "blocked; unguarded there: confirm_order, release_delivery"),
    ],
)
def test_lost_guard_is_told_and_a_lifted_one_too(
    database_url: str, tmp_path: Path, blocked: bool, severity: Severity, said: str
) -> None:
    house = without_credit(database_url, tmp_path, blocked=blocked)
    with speaking("en"):
        findings = [f for result in examine(house, "core") for f in result.findings]
        told = [(f.severity, str(f.text)) for f in findings if "东区" in str(f.text)]
    assert told == [(severity, f"credit is on at 东区 but {said}")]
    house.database.engine.dispose()
