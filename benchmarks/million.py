"""A PostgreSQL database with a million customers of one branch, filled by set-based statements.

Names are cut and pronounced once each in Python; customers and their search tokens are made from
them by ``INSERT … SELECT``, without indexes, which are built afterwards. A database that is there
already with as many customers is used again.
"""

import os
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from dougong.admin.security.accounts import create_account
from dougong.core.entities.branch import Branch
from dougong.core.entities.people import Membership, User
from dougong.core.house import House, open_house
from dougong.core.migrate import upgrade
from dougong.core.permissions import seed_roles
from dougong.core.scope import Scope
from dougong.core.services.search.api import SearchText, TextKind, search_key
from dougong.core.services.search.tokens import tokens_of
from dougong.core.session import Session
from dougong.core.settings import Settings

SERVER: Final = "DOUGONG_BENCH_DATABASE_URL"
LOCAL: Final = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
LOGIN, PASSWORD = "bench", "correct horse"
PLACES = re.findall("..", "北京上海广州深圳杭州成都武汉西安南京重庆苏州青岛长沙宁波郑州佛山")
WORDS = re.findall("..", "华东长江恒通金桥瑞丰新源宏达联创天成永信博雅启明东方光大泰和康佳")
TRADES = re.findall("..", "机械电子贸易科技物流食品服装建材化工医药印刷家具仪器环保通信汽配")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志红文斌"


def filled(count: int, folder: Path) -> Settings:
    """The settings of a house whose one branch has that many customers."""
    server = make_url(os.environ.get(SERVER, LOCAL))
    name = f"dougong_bench_lists_{count}"
    url = server.set(database=name).render_as_string(hide_password=False)
    settings = Settings(data_dir=folder, database_url=url, secret_key="for this benchmark only")  # type: ignore[arg-type]
    there = _is_there(server.render_as_string(hide_password=False), name, count)
    house = open_house(settings)
    upgrade(house.database.engine, house.registry)
    if not there:
        _fill(house, settings, count)
    house.database.engine.dispose()
    return settings


def _is_there(server: str, name: str, count: int) -> bool:
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        known = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        ).fetchone()
        if known == (f"{count} customers",):
            return True
        database = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
    return False


def _fill(house: House, settings: Settings, count: int) -> None:
    branch_id = house.database.write(Scope.kernel("bench"), lambda s: _people(s, house))
    with psycopg.connect(_plain(settings.database_url), autocommit=True) as connection:
        _copy_names(connection)
        connection.execute(_CUSTOMERS, {"count": count, "branch": branch_id})
        _index_anew(connection)
        connection.execute("VACUUM ANALYZE")
        name = make_url(settings.database_url).database
        said = sql.SQL("COMMENT ON DATABASE {} IS {}")
        text = sql.Literal(f"{count} customers")
        connection.execute(said.format(sql.Identifier(name or ""), text))


def _people(session: Session, house: House) -> int:
    branch = Branch(code="ONE", name="一店", active=True)
    user = User(login=LOGIN, name="测", active=True, locale="zh_Hans_CN")
    role = seed_roles(session, house.registry)["administrator"]
    session.add_all([branch, user])
    session.flush()
    session.add(Membership(user_id=user.id, branch_id=branch.id, role_id=role.id))
    create_account(session, user, PASSWORD)
    return branch.id


def names() -> Iterator[str]:
    """4,096 firms and 20,480 people."""
    yield from (f"{p}{w}{t}有限公司" for p, w, t in product(PLACES, WORDS, TRADES))
    yield from ("".join(parts) for parts in product(SURNAMES, GIVEN, GIVEN))


def _copy_names(connection: psycopg.Connection) -> None:
    connection.execute("CREATE UNLOGGED TABLE bench_name (n int, name text, key text)")
    connection.execute("CREATE UNLOGGED TABLE bench_token (n int, token text, weight int)")
    known = list(names())
    with connection.cursor() as cursor:
        with cursor.copy("COPY bench_name FROM STDIN") as copy:
            for n, name in enumerate(known):
                copy.write_row((n, name, search_key(name)))
        with cursor.copy("COPY bench_token FROM STDIN") as copy:
            for n, name in enumerate(known):
                for token, weight in tokens_of([SearchText(TextKind.NAME, name, 6)]).items():
                    copy.write_row((n, token, weight))


def _index_anew(connection: psycopg.Connection) -> None:
    """Fill the token table without its indexes, then build them."""
    found = connection.execute(
        "SELECT indexname, indexdef, indexname LIKE 'pk%%' FROM pg_indexes WHERE tablename = %s",
        ["core_search_token"],
    ).fetchall()
    for name, _, is_key in found:
        table, index = sql.Identifier("core_search_token"), sql.Identifier(name)
        drop = "ALTER TABLE {0} DROP CONSTRAINT {1}" if is_key else "DROP INDEX {1}"
        connection.execute(sql.SQL(drop).format(table, index))
    for statement in _TOKENS:
        connection.execute(statement)
    for _, definition, _ in found:
        connection.execute(definition)


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


_CUSTOMERS = """
INSERT INTO core_customer (branch_id, code, kind, name, short_name, phone, email, status, since,
                           search_key, remark, created_at, updated_at, version)
SELECT %(branch)s, 'C' || lpad(i::text, 7, '0'),
       CASE WHEN i %% 2 = 0 THEN 'enterprise' ELSE 'individual' END, name, '',
       '13' || lpad(((i::bigint * 7919) %% 1000000000)::text, 9, '0'), '',
       CASE WHEN i %% 11 = 0 THEN 'dormant' ELSE 'active' END,
       date '2015-01-01' + ((i::bigint * 104729) %% 4000)::int, key, '', now(), now(), 1
FROM generate_series(1, %(count)s) AS i
JOIN bench_name ON n = (i::bigint * 7919) %% (SELECT count(*) FROM bench_name)
"""
_TOKENS = (
    """INSERT INTO core_search_token (branch_id, entity, entity_id, token, weight)
       SELECT branch_id, 'core.customer', id, token, weight FROM core_customer
       JOIN bench_name USING (name) JOIN bench_token USING (n)""",
    """INSERT INTO core_search_token (branch_id, entity, entity_id, token, weight)
       SELECT branch_id, 'core.customer', id, lower(code), 7 FROM core_customer""",
    """INSERT INTO core_search_token (branch_id, entity, entity_id, token, weight)
       SELECT DISTINCT branch_id, 'core.customer', id, right(phone, size), 5 FROM core_customer
       CROSS JOIN (VALUES (11), (8), (7), (6), (4)) AS ends (size)""",
    "DROP TABLE bench_name, bench_token",
)
