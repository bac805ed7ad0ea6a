"""The customer list beside Flask-Admin's own and Django's admin, over the same table.

All three list the same PostgreSQL table with the same columns, order, search columns and page
size, each behind two gunicorn processes, asked in turns in the same minute. Page 10,000 is asked as
each links it: by key, by OFFSET. What is searched is two Chinese characters, and pinyin.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.figures import Figure
from benchmarks.million import LOGIN, PASSWORD, filled
from benchmarks.peers import environment
from benchmarks.servers import ROOT, Visitor, a_second, in_turns, served
from dougong.admin.views.keyset import written
from dougong.core.settings import Settings

STOCK = ("flask-admin==2.2.0", "flask-sqlalchemy==3.1.1", "sqlalchemy==2.0.49", "wtforms==3.2.1",
         "psycopg[binary]==3.3.4", "gunicorn==25.3.0")  # fmt: skip
DJANGO = ("django==5.2.12", "psycopg[binary]==3.3.4", "gunicorn==25.3.0")
SET_UP = "from benchmarks.list_peers.django_site import set_up; set_up()"


@dataclass(frozen=True, slots=True)
class Size:
    """How many customers, how often each page is asked, and for how long all at once."""

    customers: int
    rounds: int
    seconds: float


SIZES = {"small": Size(50_000, 7, 3), "full": Size(1_000_000, 11, 10)}


@dataclass(frozen=True, slots=True)
class Task:
    """A page that all three show, and how far of each peer's time ours may take."""

    name: str
    ours: str
    stock: str
    django: str
    of_stock: float
    of_django: float


def measure(size: Size) -> Iterator[Figure]:
    """Milliseconds of each page and pages a second, ours beside each peer's."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        settings = filled(size.customers, Path(folder))
        ours, stock, django = (stack.enter_context(_visitor(n, settings)) for n in VISITORS)
        for task in _tasks(settings, size.customers):
            pages = {"ours": (ours, task.ours), "stock": (stock, task.stock),
                     "django": (django, task.django)}  # fmt: skip
            took = in_turns(pages, size.rounds)
            yield _figure(f"{task.name}, beside Flask-Admin", took, "stock", task.of_stock)
            yield _figure(f"{task.name}, beside Django", took, "django", task.of_django)
        yield from _walked(ours, size.rounds)
        yield from _rates((ours, stock, django), size.seconds)


def _tasks(settings: Settings, customers: int) -> list[Task]:
    page = min(10_000, customers // 25)
    after = _key_before(settings, page)
    return [
        Task("list", OURS, PEER, DJANGOS, 0.3, 0.25),
        Task(f"page {page} by name", f"{OURS}?after={after}", f"{PEER}?page={page - 1}",
             f"{DJANGOS}?p={page}", 0.07, 0.07),
        Task("search 长江", f"{OURS}?search=长江", f"{PEER}?search=长江", f"{DJANGOS}?q=长江",
             0.05, 0.05),
        Task("search 长江 物流", f"{OURS}?search=长江+物流", f"{PEER}?search=长江+物流",
             f"{DJANGOS}?q=长江+物流", 0.05, 0.05),
        Task("search pinyin", f"{OURS}?search=hengtong", f"{PEER}?search=hengtong",
             f"{DJANGOS}?q=hengtong", 0.05, 0.05),
    ]  # fmt: skip


OURS, PEER, DJANGOS = "/admin/customers/", "/admin/customers/", "/admin/auth/customer/"


def _key_before(settings: Settings, page: int) -> str:
    """The place of the last row before that page."""
    with psycopg.connect(settings.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute(
            "SELECT search_key, id FROM core_customer ORDER BY search_key, id LIMIT 1 OFFSET %s",
            [(page - 1) * 20 - 1],
        ).fetchone()
    return written(row or ())


def _walked(ours: Visitor, rounds: int) -> Iterator[Figure]:
    """Next and previous beside the first page."""
    second = _way(ours.get(OURS), "下一页")
    back = _way(ours.get(second), "上一页")
    took = in_turns({"first": (ours, OURS), "next": (ours, second), "back": (ours, back)}, rounds)
    for name in ("next", "back"):
        yield Figure(f"{name}, beside page 1", took[name] * 1e3, took["first"] * 1e3, "ms", 1.2)


def _way(page: str, label: str) -> str:
    found = re.search(rf'href="([^"]+)" aria-label="{label}"', page)
    if found is None:
        raise RuntimeError(f"the page has no {label}")
    return unescape(found[1])


def _rates(visitors: tuple[Visitor, ...], seconds: float) -> Iterator[Figure]:
    """Time a page takes when four visitors ask two processes all the time."""
    rates = [
        a_second(v, path, seconds) for v, path in zip(visitors, (OURS, PEER, DJANGOS), strict=True)
    ]
    for name, rate, reach in (("Flask-Admin", rates[1], 1 / 4), ("Django", rates[2], 1 / 8)):
        yield Figure(
            f"ms per page under load, beside {name}", 1e3 / rates[0], 1e3 / rate, "ms", reach
        )


def _figure(name: str, took: dict[str, float], peer: str, reach: float) -> Figure:
    return Figure(name, took["ours"] * 1e3, took[peer] * 1e3, "ms", reach)


@contextmanager
def _visitor(name: str, settings: Settings) -> Iterator[Visitor]:
    url = settings.database_url
    if name == "ours":
        variables = {"DOUGONG_DATABASE_URL": url, "DOUGONG_DATA_DIR": str(settings.data_dir),
                     "DOUGONG_SECRET_KEY": "for this benchmark only",
                     "DOUGONG_LOG_LEVEL": "ERROR"}  # fmt: skip
        with served("dougong.admin.wsgi:application()", **variables) as port:
            visitor = Visitor(port)
            visitor.log_in("/login", LOGIN, PASSWORD)
            yield visitor
    elif name == "stock":
        python = environment("flask-admin", STOCK)
        with served("benchmarks.list_peers.stock:app", python, BENCH_URL=url) as port:
            yield Visitor(port)
    else:
        python = environment("django", DJANGO)
        plain = url.replace("+psycopg", "")
        subprocess.run([python, "-c", SET_UP], check=True, cwd=ROOT, env={"BENCH_URL": plain})
        with served(
            "benchmarks.list_peers.django_site:application", python, BENCH_URL=plain
        ) as port:
            visitor = Visitor(port)
            visitor.log_in("/admin/login/", "bench", PASSWORD)
            yield visitor


VISITORS = ("ours", "stock", "django")
