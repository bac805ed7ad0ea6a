"""Customers."""

from dougong.admin.views import RecordView
from dougong.core.entities.customer import Customer
from dougong.core.i18n import lazy


class CustomerView(RecordView):
    """The customer archive (AR-01, AR-02)."""

    model = Customer
    entity = "core.customer"
    path = "customers"
    title = lazy("Customers")
    column_list = ("code", "name", "kind", "phone", "status", "manager.name", "since")
    column_default_sort = "search_key"
    column_searchable_list = ("code", "name", "short_name", "search_key", "phone")
    column_filters = ("kind", "status", "since", "manager.name")
    column_sortable_list = ("code", ("name", "search_key"), "status", "since")
    form_columns = (
        "code", "kind", "name", "short_name", "phone", "email", "status", "manager", "since",
        "group_code", "remark",
    )  # fmt: skip
