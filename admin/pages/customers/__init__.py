"""Customers: the list with what plugins add to it, the page of one, the form by kind."""

from dougong.admin.pages.customers.feed import FeedPage
from dougong.admin.pages.customers.view import CustomerView

__all__ = ["CustomerView", "FeedPage"]
