"""A form that is sent again after a lost answer books once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from dougong.core.database import Database
from dougong.core.entities.branch import Branch
from dougong.core.entities.request_key import RequestKey
from dougong.core.request_keys import KEPT_FOR, KeyMisused, claim, forget_old, keep
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.testing import World

KERNEL = Scope.kernel("test")


def test_the_second_sending_gets_the_first_outcome(world: World) -> None:
    with world.session(KERNEL) as session:
        assert claim(session, "k1", "digest") is None
        keep(session, "k1", "/orders/7")
        assert claim(session, "k1", "digest") == "/orders/7"
        assert claim(session, "k2", "digest") is None


def test_a_key_belongs_to_one_form_and_one_person(world: World) -> None:
    with world.session(KERNEL) as session:
        claim(session, "k1", "digest")
        with pytest.raises(KeyMisused):
            claim(session, "k1", "another")
    with world.session(Scope.at(world.east, "other", user_id=9)) as session:
        claim(session, "k9", "digest")
        session.commit()
    with world.session(KERNEL) as session, pytest.raises(KeyMisused):
        claim(session, "k9", "digest")


def test_old_keys_are_forgotten(world: World) -> None:
    with world.session(KERNEL) as session:
        claim(session, "old", "digest")
        world.clock.advance(KEPT_FOR * 2)
        session.commit()
    with world.session(KERNEL) as session:
        forget_old(session)
        assert session.get(RequestKey, "old") is None


def test_eight_sendings_at_once_book_once(database: Database) -> None:
    start = Barrier(8)

    def send(number: int) -> str:
        def work(session: Session) -> str:
            known = claim(session, "the key", "digest")
            if known is not None:
                return known
            session.add(Branch(code=f"B{number}", name="x", active=True))
            session.flush()
            keep(session, "the key", f"made by {number}")
            return f"made by {number}"

        start.wait()
        try:
            return database.write(KERNEL, work)
        except IntegrityError:  # lost the race: sent once more, as the web does
            return database.write(KERNEL, work)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    with database.reading(KERNEL) as session:
        assert session.scalar(select(func.count()).select_from(Branch)) == 1
    assert len(answers) == 1
