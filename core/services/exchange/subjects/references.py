"""How records of the core are named in a cell of another's row."""

from typing import Final

from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.entities.product import Product
from dougong.core.i18n import lazy
from dougong.core.services.exchange.columns import Reference

CUSTOMER: Final = Reference(Customer, ("code", "source_ref"), lazy("Customer"))
PRODUCT: Final = Reference(Product, ("code",), lazy("Product"))
USER: Final = Reference(User, ("login", "name"), lazy("User"))
