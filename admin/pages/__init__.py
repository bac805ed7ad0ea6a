"""The core's own pages, registered like a plugin's."""

from typing import Any

from dougong.admin.contributions import (
    CUSTOMERS,
    DESK,
    MONEY,
    OPERATIONS,
    SALES,
    SETUP,
    Group,
    ViewEntry,
)
from dougong.admin.pages.activities import (
    AbsencePage,
    ActivityView,
    DeskPage,
    DutyFigures,
    DutyView,
)
from dougong.admin.pages.approvals import ApprovalPage, PolicyPage
from dougong.admin.pages.archive import DuplicatePage, MergePage, MergeView, QualityPage
from dougong.admin.pages.audit import AuditPage
from dougong.admin.pages.belongings import ContactDayView, GroupMemberView
from dougong.admin.pages.calendars import CalendarExceptionView, CalendarView, PublicDayView
from dougong.admin.pages.customers import CustomerView, FeedPage
from dougong.admin.pages.deadlines import DeadlineView
from dougong.admin.pages.exchange import ExchangePage
from dougong.admin.pages.files import FilePage
from dougong.admin.pages.home import HomeView
from dougong.admin.pages.messages import ChannelView, MessageView, QuietHoursPage, TextPage
from dougong.admin.pages.operations import DeliveryLogView, EventView, JobPage, JobRunView
from dougong.admin.pages.ownership import HandOverPage, HandOverView, TeamView
from dougong.admin.pages.people import BranchView, RoleView, UserView
from dougong.admin.pages.plugins import PluginPage
from dougong.admin.pages.printing import LetterheadView, PrintPage, PrintView
from dougong.admin.pages.records import AddressView, ContactView, InteractionView, ProductView
from dougong.admin.pages.sales import DeliveryView, InvoiceView, OrderView, ReceiptView
from dougong.admin.pages.search import SearchPage
from dougong.admin.pages.sittings import SittingPage

__all__ = ["HomeView", "core_views"]


def core_views() -> list[ViewEntry]:
    """Every page of the core and its place in the side bar."""
    return [
        _entry(DeskPage, DESK, "desk", 10),
        _entry(ActivityView, DESK, "list", 20),
        _entry(DutyFigures, DESK, "check-circle", 30),
        _entry(AbsencePage, DESK, "calendar", 40),
        _entry(CustomerView, CUSTOMERS, "users", 10),
        _entry(ContactView, CUSTOMERS, "user", 20),
        _entry(AddressView, CUSTOMERS, "map-pin", 30),
        _entry(InteractionView, CUSTOMERS, "phone", 40),
        _entry(ContactDayView, CUSTOMERS, "gift", 50),
        _entry(GroupMemberView, CUSTOMERS, "users", 60),
        _entry(QualityPage, CUSTOMERS, "check-circle", 70),
        _entry(TeamView, CUSTOMERS, "users", 70),
        _entry(HandOverPage, CUSTOMERS, "truck", 80),
        ViewEntry(view=HandOverView, group=CUSTOMERS, title=HandOverView.title, hidden=True),
        _entry(DuplicatePage, CUSTOMERS, "users", 71),
        _entry(MergeView, CUSTOMERS, "users", 72),
        ViewEntry(view=MergePage, group=CUSTOMERS, title=MergePage.title, hidden=True),
        _entry(OrderView, SALES, "cart", 10),
        _entry(DeliveryView, SALES, "truck", 20),
        _entry(InvoiceView, MONEY, "file", 10),
        _entry(ReceiptView, MONEY, "wallet", 20),
        _entry(ProductView, SETUP, "box", 10),
        _entry(BranchView, SETUP, "building", 20),
        _entry(UserView, SETUP, "user", 30),
        _entry(RoleView, SETUP, "shield", 40),
        _entry(PluginPage, SETUP, "plug", 50),
        _entry(CalendarView, SETUP, "clock", 60),
        _entry(CalendarExceptionView, SETUP, "calendar", 61),
        _entry(PublicDayView, SETUP, "calendar", 62),
        _entry(LetterheadView, SETUP, "file", 25),
        _entry(PolicyPage, SETUP, "check-circle", 45),
        _entry(ApprovalPage, DESK, "check-circle", 15),
        _entry(TextPage, SETUP, "edit", 70),
        _entry(ChannelView, SETUP, "link", 71),
        _entry(QuietHoursPage, SETUP, "bell", 72),
        _entry(DeadlineView, OPERATIONS, "clock", 5),
        _entry(MessageView, OPERATIONS, "mail", 7),
        _entry(ExchangePage, OPERATIONS, "upload", 8),
        _entry(JobPage, OPERATIONS, "activity", 10),
        _entry(EventView, OPERATIONS, "list", 20),
        _entry(DeliveryLogView, OPERATIONS, "layers", 30),
        _entry(AuditPage, OPERATIONS, "eye", 40),
        _entry(PrintView, OPERATIONS, "print", 45),
        ViewEntry(view=FeedPage, group=CUSTOMERS, title=FeedPage.title, hidden=True),
        ViewEntry(view=FilePage, group=CUSTOMERS, title=FilePage.title, hidden=True),
        ViewEntry(view=PrintPage, group=OPERATIONS, title=PrintPage.title, hidden=True),
        _entry(DutyView, SETUP, "calendar", 65),
        ViewEntry(view=JobRunView, group=OPERATIONS, title=JobRunView.title, hidden=True),
        ViewEntry(view=SittingPage, group=SETUP, title=SittingPage.title, hidden=True),
        ViewEntry(view=SearchPage, group=SETUP, title=SearchPage.title, hidden=True),
    ]


def _entry(view: Any, group: Group, icon: str, order: int) -> ViewEntry:
    return ViewEntry(view=view, group=group, title=view.title, icon=icon, order=order)
