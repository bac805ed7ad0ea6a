"""An import of customers from .xlsx beside reading the file and writing its rows by a bare driver.

The peer reads the same file with calamine and is handed the finished rows of every table the import
wrote, one ``executemany`` a table: nobody looks at a cell or at what is there already, nothing can
be undone. Ours is a process of its own, so that its memory is its own. Seconds are those of the
processor: what else the machine does meanwhile is not counted.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import xlsxwriter
from python_calamine import CalamineWorkbook
from stdnum.cn import uscc

from benchmarks.figures import Figure
from benchmarks.import_orders import KERNEL, branch, opened, read, write
from benchmarks.million import GIVEN, PLACES, SURNAMES, TRADES, WORDS
from benchmarks.servers import ROOT
from dougong.core.runs import run_job
from dougong.core.scope import Scope
from dougong.core.services.exchange import api as exchange

OF_PEER = 10.0
ALLOWED_MEGABYTES, ALLOWED_SECONDS = 500.0, 180.0 / 100_000
TABLES = ("core_customer", "core_individual_profile", "core_enterprise_profile",
          "core_search_token")  # fmt: skip
HEADINGS = ("客户编号", "客户名称", "类型", "简称", "联系电话", "邮箱", "开户日期",
            "统一社会信用代码", "行业", "人数", "注册资本", "备注")  # fmt: skip
CHILD = "import sys; from benchmarks.import_customers import load; load(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class Size:
    """How many customers to import."""

    customers: int


SIZES = {"small": Size(10_000), "full": Size(100_000)}


def measure(size: Size) -> list[Figure]:
    """Seconds and memory of checking and loading a file, on SQLite."""
    count = size.customers
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = write_customers(folder / "customers.xlsx", count)
        took = in_a_child(folder / "ours", file)
        with opened(folder / "peer") as house:
            house.database.write(KERNEL, branch)
        rows = read(folder / "ours", TABLES)
        peer = spent(lambda: read_bare(file)) + spent(lambda: write(folder / "peer", rows))
    seconds, megabytes = took["seconds"], took["megabytes"]
    print(
        f"{count / seconds:,.0f} rows a second of processor time ({count / took['waited']:,.0f} by "
        f"the clock), {megabytes:,.0f} MB at most"
    )
    what = f"import of {count} customers"
    return [
        Figure(f"{what}, beside bare", seconds, peer, "s", OF_PEER),
        Figure(f"{what}, beside allowed", seconds, ALLOWED_SECONDS * count, "s", 1.0),
        Figure(f"{what}, memory", megabytes, ALLOWED_MEGABYTES, "MB", 1.0),
    ]


def spent(work: Callable[[], object]) -> float:
    """Seconds of the processor that the work takes."""
    start = process_time()
    work()
    return process_time() - start


def read_bare(file: Path) -> int:
    """How many rows the file has, each of them read."""
    return sum(1 for _ in CalamineWorkbook.from_path(file).get_sheet_by_index(0).iter_rows())


def write_customers(path: Path, count: int) -> Path:
    """A workbook of companies, and a person after every third, from a fixed seed."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADINGS)
        for at, row in enumerate(customers(count), start=1):
            page.write_row(at, 0, row)
    return path


def customers(count: int) -> Iterator[tuple[object, ...]]:
    """The rows under the headings."""
    rng = Random(1)
    for n in range(1, count + 1):
        phone, mail, day = f"138{n:08d}", f"office{n}@example.com", f"2026-{n % 12 + 1:02d}-05"
        if n % 4 == 0:
            name = rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=2))
            yield (f"{n:07d}", name, "个人", "", phone, mail, day, "", "", "", "", f"第{n}行")
            continue
        short = f"{rng.choice(WORDS)}{rng.choice(WORDS)}"
        name = f"{rng.choice(PLACES)}{short}{rng.choice(TRADES)}有限公司"
        code = f"91510107{n:09d}"
        code += uscc.calc_check_digit(code)
        yield (f"{n:07d}", name, "企业", short, phone, mail, day, code, rng.choice(TRADES),
               n % 900, 1_000_000, f"第{n}行")  # fmt: skip


def in_a_child(folder: Path, file: Path) -> dict[str, float]:
    """What ``load`` tells in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), str(file)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def load(folder: str, file: str) -> None:
    """Send the file, check it and load it; print the seconds and the highest resident size."""
    with opened(Path(folder)) as house:
        scope = Scope.at(house.database.write(KERNEL, branch), "benchmark")
        start, clock = process_time(), perf_counter()
        content = Path(file).read_bytes()
        write = house.database.write
        sent = write(scope, lambda s: exchange.receive(s, "customers", "a.xlsx", content))
        asked = exchange.Plan(tuple(sent.mapping))
        run_job(house, write(scope, lambda s: exchange.plan(s, sent.id, asked)).run_id or 0)
        run_job(house, write(scope, lambda s: exchange.start(s, sent.id)).run_id or 0)
        seconds, waited = process_time() - start, perf_counter() - clock
        with house.database.reading(scope) as session:
            done = exchange.import_named(session, sent.id)
        if done.state is not exchange.ImportState.DONE or done.faulty_count:
            sys.exit(f"the import is {done.state}, {done.faulty_count} rows are faulty")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "waited": waited, "megabytes": peak}))
