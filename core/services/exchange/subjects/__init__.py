"""The core's own sheets: customers, contacts, products, orders, receipts."""

from typing import Final

from dougong.core.services.exchange.sheets import Sheet
from dougong.core.services.exchange.subjects.contacts import CONTACTS
from dougong.core.services.exchange.subjects.customers import CUSTOMERS
from dougong.core.services.exchange.subjects.orders import ORDERS
from dougong.core.services.exchange.subjects.products import PRODUCTS
from dougong.core.services.exchange.subjects.receipts import RECEIPTS

SHEETS: Final[tuple[Sheet, ...]] = (CUSTOMERS, CONTACTS, PRODUCTS, ORDERS, RECEIPTS)
