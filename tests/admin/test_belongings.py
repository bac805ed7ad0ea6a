"""Days of contacts and members of groups: entered, shown, refused where they make no sense."""

from typing import Any

from sqlalchemy import select

from dougong.core.entities.contact import ContactDay
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.profiles import GroupMember
from dougong.core.scope import Scope
from dougong.core.session import Session
from tests.admin.conftest import Furnished


def add(furnished: Furnished, **values: Any) -> int:
    """A customer more at 东区."""

    def work(session: Session) -> int:
        row = Customer(**values)
        session.add(row)
        session.flush()
        return row.id

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def test_lunar_day_of_a_contact_is_kept(furnished: Furnished) -> None:
    client, contact = furnished.client("manager"), furnished.rows["east"].contacts
    sent = {"contact": contact, "kind": "anniversary", "title": "结婚纪念日", "month": "8",
            "day": "15", "lunar": "y"}  # fmt: skip
    assert client.post("/admin/contact-days/new/", data=sent).status_code == 302
    found = select(ContactDay).where(ContactDay.title == "结婚纪念日")
    day = furnished.read(lambda session: session.scalars(found).one())
    assert (day.contact_id, day.month, day.day, day.lunar) == (contact, 8, 15, True)
    assert "结婚纪念日" in client.get("/admin/contact-days/").get_data(as_text=True)
    bad = client.post("/admin/contact-days/new/", data={**sent, "month": "13"})
    assert 'id="month-errors"' in bad.get_data(as_text=True)


def test_group_takes_members_and_only_a_group_does(furnished: Furnished) -> None:
    client, member = furnished.client("manager"), furnished.rows["east"].customers
    group = add(furnished, code="G1", kind=CustomerKind.GROUP, name="星河集团")
    pair = {"group": group, "member": member}
    assert client.post("/admin/group-members/new/", data=pair).status_code == 302
    found = select(GroupMember.member_id).where(GroupMember.group_id == group)
    assert furnished.read(lambda session: session.scalars(found).all()) == [member]
    for refused, field in (({"group": member, "member": group}, "group"),
                           ({"group": group, "member": group}, "member")):  # fmt: skip
        page = client.post("/admin/group-members/new/", data=refused).get_data(as_text=True)
        assert f'id="{field}-errors"' in page


def test_members_of_another_branch_are_no_choice(furnished: Furnished) -> None:
    client = furnished.client("manager")
    group = add(furnished, code="G2", kind=CustomerKind.GROUP, name="远山集团")
    pair = {"group": group, "member": furnished.rows["west"].customers}
    assert client.post("/admin/group-members/new/", data=pair).status_code == 200
    found = select(GroupMember).where(GroupMember.group_id == group)
    assert furnished.read(lambda session: session.scalars(found).all()) == []
