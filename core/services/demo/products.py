"""What the demo sells: water, machines, office equipment, and the service on them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dougong.core.demo import DemoContext
from dougong.core.entities.product import Product
from dougong.core.services.demo.rows import write_rows


@dataclass(frozen=True, slots=True)
class Goods:
    """A product: price in fen without tax; ``popularity`` for homes and for firms."""

    code: str
    name: str
    unit: str
    price: int
    tax: int
    homes: int
    firms: int
    most: int = 1
    """The largest usual quantity."""
    serial: bool = False
    warranty: int = 0


@dataclass(frozen=True, slots=True)
class Sold:
    """A product of the branch with its key."""

    id: int
    goods: Goods


CATALOGUE: Final = (
    Goods("W-189", "桶装纯净水 18.9L", "桶", 1400, 13, 60, 60, 20),
    Goods("W-189M", "桶装矿泉水 18.9L", "桶", 2000, 13, 30, 30, 20),
    Goods("W-113", "桶装纯净水 11.3L", "桶", 1000, 13, 25, 8, 8),
    Goods("W-550", "瓶装水 550ml（24 瓶）", "箱", 2400, 13, 10, 30, 15),
    Goods("T-050", "水票 50 张", "本", 62000, 13, 12, 8, 2),
    Goods("D-YR5", "立式饮水机 YR-5", "台", 39900, 13, 6, 6, 2, True, 12),
    Goods("D-RO400", "商用净水机 RO-400", "台", 268000, 13, 0, 5, 2, True, 24),
    Goods("D-ZY2", "步进式直饮机 ZY-2", "台", 458000, 13, 0, 4, 2, True, 24),
    Goods("D-ZB60", "商用制冰机 ZB-60", "台", 329000, 13, 0, 1, 1, True, 12),
    Goods("F-PP", "PP 棉前置滤芯", "支", 3500, 13, 6, 10, 4),
    Goods("F-RO", "RO 反渗透滤芯", "支", 26000, 13, 4, 6, 2),
    Goods("C-2652", "A3 黑白复合机", "台", 1288000, 13, 0, 2, 1, True, 12),
    Goods("C-3226", "A3 彩色复合机", "台", 2360000, 13, 0, 1, 1, True, 12),
    Goods("P-3375", "激光打印机", "台", 189000, 13, 1, 4, 3, True, 12),
    Goods("P-TN", "硒鼓（通用）", "支", 24800, 13, 1, 14, 6),
    Goods("P-A4", "A4 复印纸 70g（5 包）", "箱", 12500, 13, 1, 25, 20),
    Goods("S-MA", "复合机保养（年）", "项", 180000, 6, 0, 3, 1),
    Goods("S-CL", "饮水机清洗消毒", "次", 6000, 6, 8, 12, 5),
)


def write_products(context: DemoContext) -> list[Sold]:
    """The branch's catalogue."""
    rows = [
        {
            "code": goods.code,
            "name": goods.name,
            "unit": goods.unit,
            "price_minor": goods.price,
            "currency": context.branch.currency,
            "tax_percent": Decimal(goods.tax),
            "serial_tracked": goods.serial,
            "warranty_months": goods.warranty,
        }
        for goods in CATALOGUE
    ]
    ids = write_rows(context.session, Product, rows, found=True)
    return [Sold(key, goods) for key, goods in zip(ids, CATALOGUE, strict=True)]
