"""What texts and questions are cut into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.services.search.tokens import (
    LONGEST,
    MOST_TERMS,
    SearchText,
    TextKind,
    terms_of,
    tokens_of,
)


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("华东", ["华东"]),
        ("华东科技", ["华东", "东科", "科技"]),
        ("张", ["张"]),
        ("HD", ["hd"]),
        ("华东a1b", ["华东", "a1b"]),
        ("a1b华东", ["a1b", "华东"]),
        ("138 0013-8000", ["13800138000"]),
        ("（023）6868 1234", ["02368681234"]),
        ("so-000123", ["so", "000123"]),
        ("  ", []),
        ("%_'\"", []),
    ],
)
def test_question_is_cut_into_terms(words: str, terms: list[str]) -> None:
    assert [term.text for term in terms_of(words)] == terms


def test_name_gives_pairs_pinyin_and_initials_of_every_word() -> None:
    tokens = tokens_of([SearchText(TextKind.NAME, "重庆华东科技有限公司")])
    assert {"华东", "科技", "chongqinghuadongkeji", "huadongkeji", "cqhdkj", "hdkj"} <= set(tokens)


def test_legal_form_gives_no_pinyin() -> None:
    tokens = tokens_of([SearchText(TextKind.NAME, "华东科技有限公司")])
    assert not any(token.startswith("youxian") for token in tokens)


def test_start_of_a_name_counts_more_than_its_middle() -> None:
    tokens = tokens_of([SearchText(TextKind.NAME, "华东科技")])
    assert tokens["华东"] > tokens["科技"]


def test_phone_is_found_by_its_end_and_without_its_country() -> None:
    tokens = tokens_of([SearchText(TextKind.PHONE, "+86 138-0013-8000")])
    assert {"13800138000", "00138000", "8000"} <= set(tokens)


def test_code_is_found_without_leading_zeros() -> None:
    assert {"so", "000123", "123", "so000123"} == set(
        tokens_of([SearchText(TextKind.CODE, "SO-000123")])
    )


@pytest.mark.parametrize(
    "words", ["SO-2026-000123", "so2026000123", "2026-000123", "SO-123", "000123", "123"]
)
def test_number_of_a_year_is_found_however_it_is_typed(words: str) -> None:
    tokens = tokens_of([SearchText(TextKind.CODE, "SO-2026-000123")])
    assert all(any(t.startswith(term.text) for t in tokens) for term in terms_of(words))


@given(st.text(max_size=80), st.sampled_from(list(TextKind)))
def test_any_text_gives_tokens_that_fit(value: str, kind: TextKind) -> None:
    tokens = tokens_of([SearchText(kind, value)])
    assert all(0 < len(token) <= LONGEST for token in tokens)


@given(st.text(max_size=200))
def test_any_question_gives_few_terms_that_fit(words: str) -> None:
    terms = terms_of(words)
    assert len(terms) <= MOST_TERMS
    assert all(0 < len(term.text) <= LONGEST for term in terms)
