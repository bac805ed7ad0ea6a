"""docs/activities.md is right: its code runs."""

import re
from types import ModuleType
from typing import Any

from dougong.core.services.activities.api import Activity, ActivityState
from dougong.core.session import Session
from tests.core.services.activities.people import buyer
from tests.repository.tree import ROOT


def test_the_guides_code_plans_and_settles(session: Session) -> None:
    """XX-01"""
    page = (ROOT / "docs" / "activities.md").read_text(encoding="utf-8")
    guide: Any = ModuleType("guide")
    for code in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        exec(compile(code, "docs/activities.md", "exec"), vars(guide))
    home, customer = session.scope.home or 0, buyer(session, "C1")
    first = guide.call_back(session, home, customer.id, None)
    assert [guide.call_all_back(session, home, [customer.id], 2027) for _ in "ab"] == [1, 0]
    guide.settle(session, first)
    assert session.get_one(Activity, first).state is ActivityState.DONE
