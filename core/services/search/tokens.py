"""What a record is found by: its texts cut into tokens, and a question cut into terms."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dougong.core.services.search.pinyin import HAN, readings

LONGEST: Final = 40
"""Characters of a token; what is typed is cut alike."""
MOST_TERMS: Final = 8
LEGAL_FORM: Final = re.compile(r"(股份有限公司|有限责任公司|有限公司|分公司|公司|集团)+$")
"""Every company's name ends so: not worth tokens of its own in pinyin."""
_WORD: Final = re.compile(r"[^\W_]+")
_PHONE_PUNCTUATION: Final = re.compile(r"[\s()+\-－（）]")
_PHONE: Final = re.compile(r"\+?[\d\s()\-－（）]{7,}")


class TextKind(StrEnum):
    """How a text is cut: a name in pairs and pinyin, a code in words, a phone by its ends."""

    NAME = "name"
    CODE = "code"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class SearchText:
    """One text a record is found by; ``weight`` says how much a match counts (1 to 9)."""

    kind: TextKind
    value: str
    weight: int = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must match: a token beginning so, or with ``whole`` exactly so."""

    text: str
    whole: bool = False


def tokens_of(texts: tuple[SearchText, ...] | list[SearchText]) -> dict[str, int]:
    """Each token of the texts and what it counts, the best where several give it."""
    found: dict[str, int] = {}
    for text in texts:
        for token, bonus in _cut(text):
            cut = token[:LONGEST]
            found[cut] = max(found.get(cut, 0), text.weight + bonus)
    found.pop("", None)
    return found


def terms_of(words: str) -> list[Term]:
    """What a typed question asks for: Chinese in pairs, everything else as beginnings.

    >>> [t.text for t in terms_of("华东科技 hd")]
    ['华东', '东科', '科技', 'hd']
    """
    terms: dict[str, Term] = {}
    for piece in words_of(words):
        for term in _terms(piece):
            terms.setdefault(term.text, term)
    return list(terms.values())[:MOST_TERMS]


def words_of(question: str) -> list[str]:
    """The typed words, lower case; a phone number written with spaces or dashes is one."""
    words = question.strip().lower()
    if _PHONE.fullmatch(words):
        return [_PHONE_PUNCTUATION.sub("", words)]
    return words.split()


def _terms(piece: str) -> list[Term]:
    found: list[Term] = []
    for run in HAN.sub(lambda han: f" {han.group()} ", piece).split():
        if not HAN.match(run):
            found += [Term(word[:LONGEST]) for word in _WORD.findall(run)]
        elif len(run) == 1:
            found.append(Term(run))
        else:
            found += [Term(run[at : at + 2], whole=True) for at in range(len(run) - 1)]
    return found


def _cut(text: SearchText) -> list[tuple[str, int]]:
    value = text.value.strip().lower()
    if text.kind is TextKind.PHONE:
        return _phone(value)
    if text.kind is TextKind.CODE:
        return _code(value)
    return [*_pairs(value), *_code(HAN.sub(" ", value)), *_spoken(value)]


def _pairs(value: str) -> list[tuple[str, int]]:
    found = []
    for run in HAN.finditer(value):
        chars, start = run.group(), run.start()
        pairs = [chars] if len(chars) == 1 else [chars[i : i + 2] for i in range(len(chars) - 1)]
        found += [(pair, 2 if start + at == 0 else 0) for at, pair in enumerate(pairs)]
        found.append((chars[-1], 0))  # so that one character finds the last one too
    return found


def _spoken(value: str) -> list[tuple[str, int]]:
    """Pinyin and initials from every syllable on, so that a word in the middle is found."""
    if not HAN.search(value):
        return []
    found = []
    for syllables in readings(LEGAL_FORM.sub("", value) or value):
        for at in range(len(syllables)):
            rest, bonus = syllables[at:], 1 if at == 0 else 0
            found.append(("".join(rest), bonus))
            if len(rest) > 1:
                found.append(("".join(syllable[0] for syllable in rest), bonus))
    return found


def _code(value: str) -> list[tuple[str, int]]:
    words = _WORD.findall(value)
    found = [(word, 1) for word in words]
    found += [(word.lstrip("0"), 0) for word in words if word.isdigit() and word[0] == "0"]
    if len(words) > 1:
        found.append(("".join(words), 2))
    if len(words) > 2 and all(word.isdigit() for word in words[1:]):
        # 2026-000123 is typed like a phone number, and looked for as one word
        found.append(("".join(words[1:]), 1))
    return found


def _phone(value: str) -> list[tuple[str, int]]:
    digits = re.sub(r"\D", "", value)
    if digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
    ends = [digits[-length:] for length in (8, 7, 6, 4) if len(digits) > length]
    return [(digits, 2), *((end, 0) for end in ends)]
