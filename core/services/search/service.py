"""The verbs of search: index a record, drop it, find by words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    delete,
    false,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from dougong.core.services.search.models import SearchToken
from dougong.core.services.search.tokens import SearchText, Term, terms_of, tokens_of
from dougong.core.session import Session

CHUNK: Final = 5000
ENOUGH: Final = 1000
"""So many matches of the rarest word are weighed at most."""
Key: TypeAlias = tuple[str, int, int]
"""Entity, id and branch of a record."""
BEYOND: Final = "\U0010ffff"
"""Sorts after everything that begins alike, in byte order."""
RARE: Final = 10
FIRST_HAN: Final = "\u3400"
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that matches every word; a higher score is a better match."""

    entity: str
    entity_id: int
    branch_id: int
    score: int


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """What one record of a branch is found by."""

    entity: str
    entity_id: int
    branch_id: int
    texts: tuple[SearchText, ...]


def index(session: Session, entry: SearchEntry) -> None:
    """Let a record be found by these texts and no others."""
    drop(session, entry.entity, [entry.entity_id], entry.branch_id)
    index_new(session, [entry])


def index_new(session: Session, entries: Iterable[SearchEntry]) -> None:
    """Index many records that are not indexed yet, set-based."""
    rows = list(_rows(entries))
    # Some fifty tokens a customer: as they stand, not sorted by table and identity first.
    written = insert(SearchToken).execution_options(dml_strategy="raw")
    for at in range(0, len(rows), CHUNK):
        session.execute(written, rows[at : at + CHUNK])


def drop(session: Session, entity: str, ids: Collection[int], branch_id: int) -> None:
    """Forget records, because they are gone or are indexed anew."""
    session.execute(
        delete(SearchToken)
        .where(SearchToken.branch_id == branch_id)
        .where(SearchToken.entity == entity, SearchToken.entity_id.in_(list(ids)))
        .execution_options(synchronize_session=False)
    )


def find(
    session: Session, words: str, limit: int = 20, *, entities: Collection[str] = ()
) -> list[Hit]:
    """The records every word of the question matches, best first, within the scope's wall (XX-05).

    Understands two Chinese characters, pinyin, initials, a code or number, a phone's last digits.
    ``entities`` narrows the answer; words without a letter or digit find nothing.
    """
    terms = terms_of(words)
    if not terms:
        return []
    rarest = terms[0] if len(terms) == 1 else _rarest(session, terms)
    scores = _best(session.execute(_nearest(rarest, entities)), rarest)
    for term in terms:
        if term is not rarest and scores:
            more = _best(session.execute(_among(term, scores)), term)
            scores = {key: score + more[key] for key, score in scores.items() if key in more}
    best = nsmallest(limit, ((-score, key) for key, score in scores.items()))
    return [Hit(*key, -score) for score, key in best]


def _best(rows: Iterable[Row[str, int, int, str, int]], term: Term) -> dict[Key, int]:
    """What the term's best token counts for each record: twice when the token is all of it."""
    found: dict[Key, int] = {}
    for entity, entity_id, branch_id, token, weight in rows:
        key = (entity, entity_id, branch_id)
        found[key] = max(found.get(key, 0), weight * 2 if token == term.text else weight)
    return found


def sharing_tokens(
    session: Session, branch_id: int, entity: str, ids: Collection[int], *, least: int = 3
) -> list[tuple[int, int]]:
    """Pairs of records, one of them among ``ids``, whose names share ``least`` rare pieces.

    A piece that more than ten records have is not rare; it is looked at no further than that, so
    the work grows with the records asked for and not with all there are.
    """
    mine, his, more = aliased(SearchToken), aliased(SearchToken), aliased(SearchToken)
    eleventh = (
        select(more.entity_id)
        .where(more.branch_id == branch_id, more.entity == entity, more.token == mine.token)
        .limit(1)
        .offset(RARE)
        .correlate(mine)
        .scalar_subquery()
    )
    rows = session.execute(
        select(mine.entity_id, his.entity_id)
        .join(his, and_(his.branch_id == mine.branch_id, his.token == mine.token))
        .where(mine.branch_id == branch_id, mine.entity == entity, mine.entity_id.in_(list(ids)))
        .where(his.entity == entity, his.entity_id != mine.entity_id)
        .where(func.length(mine.token) == _PAIR, mine.token >= FIRST_HAN, eleventh.is_(None))
        .group_by(mine.entity_id, his.entity_id)
        .having(func.count(mine.token) >= least)
    )
    return sorted({(min(one, other), max(one, other)) for one, other in rows})


def _rows(entries: Iterable[SearchEntry]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        for token, weight in tokens_of(entry.texts).items():
            yield {
                "branch_id": entry.branch_id,
                "entity": entry.entity,
                "entity_id": entry.entity_id,
                "token": token,
                "weight": weight,
            }


def _rarest(session: Session, terms: list[Term]) -> Term:
    """The term with the fewest tokens, none counted further than is needed to tell."""
    counts = (
        select(func.count())
        .select_from(select(SearchToken.entity_id).where(_matches(term)).limit(ENOUGH).subquery())
        .scalar_subquery()
        for term in terms
    )
    found = session.execute(select(*counts)).one()
    return min(zip(found, terms, strict=True), key=lambda pair: pair[0])[1]


def _nearest(term: Term, entities: Collection[str]) -> Select[str, int, int, str, int]:
    """The best records of one term: the whole of a token first, as the index holds them.

    No more than ``ENOUGH`` are looked at, however many customers there are: a word that finds more
    than that narrows nothing.
    """
    order = SearchToken.weight.desc()
    begins = (order,) if term.whole else (SearchToken.token, order)
    statement = _tokens().where(_matches(term)).order_by(*begins).limit(ENOUGH)
    return statement.where(SearchToken.entity.in_(list(entities))) if entities else statement


def _among(term: Term, keys: Iterable[Key]) -> Select[str, int, int, str, int]:
    """The tokens of these records that the term matches."""
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for entity, entity_id, _ in keys:
        ids[entity].append(entity_id)
    theirs = (
        and_(SearchToken.entity == entity, SearchToken.entity_id.in_(found))
        for entity, found in ids.items()
    )
    return _tokens().where(_matches(term), or_(*theirs))


def _tokens() -> Select[str, int, int, str, int]:
    return select(
        SearchToken.entity, SearchToken.entity_id, SearchToken.branch_id, SearchToken.token,
        SearchToken.weight,
    )  # fmt: skip


def _matches(term: Term) -> ColumnElement[bool]:
    if term.whole:
        return SearchToken.token == term.text
    return and_(SearchToken.token >= term.text, SearchToken.token < term.text + BEYOND)


def is_found(key: ColumnElement[int], entity: str, words: str) -> ColumnElement[bool]:
    """A condition for a query of one's own: every word finds the row of ``entity`` with that key.

    For lists: it joins the index to whatever else they ask, within the scope's wall (XX-05).
    """
    terms = terms_of(words)
    if not terms:
        return false()
    return and_(*(key.in_(_found_by(entity, term)) for term in terms))


def _found_by(entity: str, term: Term) -> Select[int]:
    return select(SearchToken.entity_id).where(SearchToken.entity == entity, _matches(term))
