"""The pages of care, used by people of several roles (CA-01)."""

from datetime import date

import pytest
from sqlalchemy import select

from dougong.core.entities.contact import Contact
from dougong.core.scope import Scope
from dougong.core.services.activities.api import Activity, ActivityState
from dougong.core.session import Session
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.planning import plan_for
from dougong.plugins.care.rules import Means
from dougong.plugins.care.service import NewCare, plan
from tests.admin.conftest import Furnished

ACTIVITIES = "/admin/care/activities"


def planned(house: Furnished, day: date = date(2026, 3, 2)) -> int:
    """An activity for 东区's customer, its id."""

    def work(session: Session) -> int:
        asked = NewCare(
            customer_id=house.rows["east"].customers, title="开业五周年", means=Means.CALL,
            occasion_on=day,
        )  # fmt: skip
        return plan(session, asked).activity_id

    return house.house.database.write(Scope.at(house.east, "test"), work)


def look(house: Furnished, activity_id: int) -> Activity:
    """The activity as it is now."""
    return house.read(lambda session: session.get_one(Activity, activity_id))


def test_activity_is_done_with_its_result(furnished: Furnished) -> None:
    activity_id, client = planned(furnished), furnished.client("manager")
    url = f"{ACTIVITIES}/act/complete/?id={activity_id}"
    assert url.replace("&", "&amp;") in client.get(f"{ACTIVITIES}/").get_data(as_text=True)
    assert client.post(url, data={"note": " "}).status_code == 200
    assert look(furnished, activity_id).state is ActivityState.PLANNED
    assert client.post(url, data={"note": "已送花"}).status_code == 303
    done = look(furnished, activity_id)
    assert (done.state, done.note) == (ActivityState.DONE, "已送花")
    assert url not in client.get(f"{ACTIVITIES}/").get_data(as_text=True)


def test_activity_is_left_out_with_the_reason(furnished: Furnished) -> None:
    activity_id, client = planned(furnished), furnished.client("manager")
    url = f"{ACTIVITIES}/act/skip/?id={activity_id}"
    assert client.post(url, data={"reason": "客户出国"}).status_code == 303
    assert look(furnished, activity_id).state is ActivityState.SKIPPED


@pytest.mark.parametrize(
    ("day", "mark"), [(date(2026, 3, 1), "Overdue"), (date(2026, 3, 2), "Today")]
)
def test_what_is_due_is_marked(furnished: Furnished, day: date, mark: str) -> None:
    activity_id = planned(furnished, day)
    page = furnished.client("manager").get(f"{ACTIVITIES}/details/?id={activity_id}")
    assert mark in page.get_data(as_text=True)


def test_activity_is_planned_by_hand(furnished: Furnished) -> None:
    """XX-07: a message needs consent, told at the field."""
    rows, client = furnished.rows["east"], furnished.client("manager")
    sent = {
        "customer": str(rows.customers), "contact": str(rows.contacts), "title": "新店开张",
        "kind": "other", "occasion_on": "2026-03-20", "means": "sms",
    }  # fmt: skip
    answer = client.post(f"{ACTIVITIES}/new/", data=sent)
    assert answer.status_code == 200
    assert "has not agreed to messages" in answer.get_data(as_text=True)
    answer = client.post(f"{ACTIVITIES}/new/", data={**sent, "means": "visit"})
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    newest = (
        select(CareOccasion)
        .join(Activity, CareOccasion.activity_id == Activity.id)
        .where(Activity.title == "新店开张")
    )
    activity = furnished.read(lambda session: session.scalars(newest).one())
    assert (activity.means, activity.contact_id) == (Means.VISIT, rows.contacts)


def test_technician_sees_no_care(furnished: Furnished) -> None:
    """AR-06."""
    activity_id, client = planned(furnished), furnished.client("technician")
    assert client.get(f"{ACTIVITIES}/").status_code == 403
    assert ACTIVITIES not in client.get("/admin/").get_data(as_text=True)
    client.post(f"{ACTIVITIES}/act/complete/?id={activity_id}", data={"note": "x"})
    assert look(furnished, activity_id).state is ActivityState.PLANNED


def test_branch_without_care_has_no_list(furnished: Furnished) -> None:
    """XX-04."""
    assert furnished.client("west_admin").get(f"{ACTIVITIES}/").status_code == 404


def test_customer_page_shows_the_coming_birthday(furnished: Furnished) -> None:
    """CA-01: the lunar one on its solar day."""
    rows = furnished.rows["east"]

    def born(session: Session) -> int:
        contact = session.get_one(Contact, rows.contacts)
        contact.birth_month, contact.birth_day, contact.birth_lunar = 1, 17, True
        session.flush()
        return plan_for(session, furnished.east, [contact.id])

    furnished.house.database.write(Scope.at(furnished.east, "test"), born)
    client = furnished.client("manager")
    page = client.get(f"/admin/customers/details/?id={rows.customers}").get_data(as_text=True)
    assert "Birthday of 张三" in page
    assert "2026-03-05 lunar" in page
    assert ACTIVITIES in client.get("/admin/").get_data(as_text=True)
