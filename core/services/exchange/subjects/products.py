"""Products as a sheet."""

from decimal import Decimal
from typing import Final

from dougong.core.entities.product import Product
from dougong.core.i18n import lazy
from dougong.core.services.exchange.columns import ColumnType, column
from dougong.core.services.exchange.sheets import Sheet
from dougong.core.services.exchange.subjects.checks import check_currency

PRODUCTS: Final = Sheet(
    key="products",
    title=lazy("Products"),
    entity="core.product",
    model=Product,
    columns=(
        column(
            Product.code, lazy("Product code"), type=ColumnType.CODE, required=True, fixed=True,
            example="P-0001",
            aliases=("产品编号", "商品编码", "商品编号", "物料编码", "货号", "sku", "code"),
        ),
        column(
            Product.name, lazy("Product name"), required=True, example="桶装水 18.9 L",
            aliases=("产品名称", "商品名称", "品名", "物料名称", "名称", "name"),
        ),
        column(Product.unit, lazy("Unit"), example="桶", aliases=("计量单位",)),
        column(
            Product.price_minor, lazy("Price"), example="18.00", least=Decimal(0),
            note=lazy("Net of tax, for one unit."),
            aliases=("单价", "售价", "销售价", "unit price"),
        ),
        column(
            Product.currency, lazy("Currency"), type=ColumnType.CODE, example="CNY",
            check=check_currency, aliases=("币别",),
        ),
        column(
            Product.tax_percent, lazy("Tax rate (%)"), type=ColumnType.PERCENT, example="13",
            least=Decimal(0), most=Decimal(100), aliases=("税率", "tax rate", "vat"),
        ),
        column(Product.serial_tracked, lazy("Has serial numbers"), aliases=("序列号管理",)),
        column(
            Product.warranty_months, lazy("Warranty (months)"), example="12", least=Decimal(0),
            most=Decimal(1200), aliases=("保修期", "质保期", "保修月数"),
        ),
        column(Product.active, lazy("Active"), aliases=("启用", "是否启用", "在售")),
    ),
)  # fmt: skip
