"""The global search over many customers beside a scan with LIKE, in the same database.

On PostgreSQL where ``DOUGONG_BENCH_DATABASE_URL`` names an empty database, else on a SQLite file.
A part of the customers is made with real names and real tokens; the database then multiplies them,
so that every name has as many namesakes as the part goes into the whole: common words are commoner
than in life. What is measured is the slow end: the 95th per cent of a mixed list of questions.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from sqlalchemy import Connection, create_engine, or_, select, text

from benchmarks.figures import Figure
from dougong.core.database import Database, open_engine
from dougong.core.entities.customer import Customer
from dougong.core.house import load_registry
from dougong.core.migrate import upgrade
from dougong.core.scope import Scope
from dougong.core.services.search.api import SearchText, TextKind, find, search_key
from dougong.core.services.search.tokens import tokens_of
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.testing import make_branches

REACH: Final = 1.0
ADDRESS: Final = "DOUGONG_BENCH_DATABASE_URL"
PLACES: Final = (
    "重庆", "成都", "贵阳", "昆明", "西安", "万州", "渝北", "江北",
    "南岸", "涪陵", "永川", "合川", "璧山", "铜梁", "大足",
)  # fmt: skip
MARKS: Final = (
    "华东", "西南", "长江", "嘉陵", "鸿运", "金川", "恒通", "瑞丰",
    "宏图", "新桥", "中科", "同创", "永盛", "海纳", "百川",
)  # fmt: skip
TRADES: Final = (
    "科技", "建材", "物流", "印务", "机械", "餐饮", "酒店", "医药",
    "商贸", "教育", "文化", "传媒", "环保", "电子", "食品",
)  # fmt: skip
FORMS: Final = ("有限公司", "集团", "分公司")
QUESTIONS: Final = (
    "重庆", "科技", "重庆 科技", "华东科技", "有限公司", "cq", "kj", "chongqing", "hd kj",
    "huadong", "长江印务", "西南 食品 永川", "KH0000042", "42", "0000099", "1380000",
    "13800000042", "0042", "渝北金川电子", "bcsp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How many customers are made one by one, how often they are multiplied, rounds to measure."""

    made: int
    times: int
    rounds: int


SIZES = {"small": Size(1000, 2, 3), "full": Size(10_000, 100, 5)}


def measure(size: Size) -> list[Figure]:
    """Milliseconds of the slowest twentieth: the index, and the scan beside it."""
    with _database() as database:
        branch_id, *_ = database.write(Scope.kernel("bench"), make_branches)
        _fill(database, branch_id, size)
        scope = Scope.at(branch_id, "bench")
        with database.reading(scope) as session:
            ours = _slow_end(session, _ask, size.rounds)
            peer = _slow_end(session, _scan, 1)
        kind = database.engine.dialect.name
    count = size.made * size.times
    name = f"{count} customers on {kind}, slowest 5 %"
    return [Figure(name, ours * 1e3, peer * 1e3, "ms", REACH)]


@contextmanager
def _database() -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        engine = open_engine(os.environ.get(ADDRESS) or f"sqlite:///{Path(folder) / 'b.sqlite3'}")
        registry = load_registry()
        upgrade(engine, registry)
        yield Database(engine, info={REGISTRY: registry})
        engine.dispose()


def _ask(session: Session, words: str) -> None:
    find(session, words, 60)


def _scan(session: Session, words: str) -> None:
    """What a list does without an index: every word somewhere in one of the texts."""
    columns = (Customer.name, Customer.search_key, Customer.code, Customer.phone)
    matches = [or_(*(c.contains(word.lower()) for c in columns)) for word in words.split()]
    session.scalars(select(Customer.id).where(*matches).order_by(Customer.id).limit(60)).all()


def _slow_end(session: Session, ask: Callable[[Session, str], None], rounds: int) -> float:
    for words in QUESTIONS:  # once unmeasured: compiled statements, warm pages
        ask(session, words)
    spent = []
    for words in QUESTIONS * rounds:
        begun = perf_counter()
        ask(session, words)
        spent.append(perf_counter() - begun)
    return sorted(spent)[int(len(spent) * 0.95)]


def _fill(database: Database, branch_id: int, size: Size) -> None:
    """Names with their tokens, multiplied in the database; codes and numbers made there."""
    rng = Random(7)
    whole = ["".join(parts) for parts in product(PLACES, MARKS, TRADES, FORMS)]
    names = [rng.choice(whole) for _ in range(size.made)]
    patient = create_engine(database.engine.url)  # the house's own gives up after ten seconds
    with patient.begin() as connection:
        _customers(connection, branch_id, names, size.times)
        _tokens(connection, branch_id, names, size.times)
    with patient.begin() as connection:
        connection.execute(text("ANALYZE core_search_token"))
        connection.execute(text("ANALYZE core_customer"))
    patient.dispose()


def _customers(connection: Connection, branch_id: int, names: list[str], times: int) -> None:
    connection.execute(
        text("CREATE TEMPORARY TABLE made (n INTEGER, name VARCHAR(200), key VARCHAR(400))")
    )
    rows = [{"n": n, "name": name, "key": search_key(name)} for n, name in enumerate(names, 1)]
    connection.execute(text("INSERT INTO made VALUES (:n, :name, :key)"), rows)
    _numbers(connection, len(names) * times)
    connection.execute(
        text(
            "INSERT INTO core_customer (id, branch_id, code, kind, name, short_name, phone, email,"
            " status, search_key, remark, version, created_at, updated_at)"
            " SELECT number.n, :branch, 'KH' || number.digits, 'enterprise', made.name, '',"
            " '138' || '0' || number.digits, '', 'active', made.key, '', 1, CURRENT_TIMESTAMP,"
            " CURRENT_TIMESTAMP FROM number JOIN made ON made.n = (number.n - 1) % :made + 1"
        ),
        {"branch": branch_id, "made": len(names)},
    )


def _numbers(connection: Connection, count: int) -> None:
    """1 to ``count`` with seven digits each."""
    padded = "substr('0000000' || n, length('0000000' || n) - 6)"
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE number AS WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL"
            f" SELECT n + 1 FROM up WHERE n < {count}) SELECT n, {padded} AS digits FROM up"
        )
    )


def _tokens(connection: Connection, branch_id: int, names: list[str], times: int) -> None:
    connection.execute(
        text("CREATE TEMPORARY TABLE spoken (n INTEGER, token VARCHAR(40), weight INTEGER)")
    )
    rows = [
        {"n": n, "token": token, "weight": weight}
        for n, name in enumerate(names, 1)
        for token, weight in tokens_of([SearchText(TextKind.NAME, name, 6)]).items()
    ]
    connection.execute(text("INSERT INTO spoken VALUES (:n, :token, :weight)"), rows)
    into = "INSERT INTO core_search_token (branch_id, entity, entity_id, token, weight) SELECT"
    parts = {
        "spoken.token, spoken.weight": "JOIN spoken ON spoken.n = (number.n - 1) % :made + 1",
        "'kh' || digits, 7": "",
        "'1380' || digits, 7": "",
        "'0' || digits, 5": "",
        "digits, 5": "",
        "substr(digits, 2), 5": "",
        "substr(digits, 4), 5": "",
    }
    for what, joined in parts.items():
        asked = text(f"{into} :branch, 'core.customer', number.n, {what} FROM number {joined}")
        values = {"branch": branch_id, "made": len(names)}
        connection.execute(asked, {k: values[k] for k in values if f":{k}" in str(asked)})
