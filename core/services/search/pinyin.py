"""Chinese names in pinyin: how they sort and how staff type them."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
PERSON: Final = 4
"""A name of up to so many characters is read as a person's: its surname may read otherwise."""
SURNAMES: Final = {
    "单于": ("chan", "yu"),
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "长孙": ("zhang", "sun"),
    "澹台": ("tan", "tai"),
    "单": ("shan",),
    "曾": ("zeng",),
    "解": ("xie",),
    "仇": ("qiu",),
    "查": ("zha",),
    "区": ("ou",),
    "盖": ("ge",),
    "朴": ("piao",),
    "覃": ("qin",),
    "翟": ("zhai",),
    "冼": ("xian",),
    "乐": ("yue",),
    "种": ("chong",),
    "缪": ("miao",),
    "秘": ("bi",),
    "召": ("shao",),
    "繁": ("po",),
    "折": ("she",),
    "黑": ("he",),
    "员": ("yun",),
    "都": ("du",),
    "难": ("ning",),
    "撒": ("sa",),
}
"""Readings a character has as a surname only (Xiandai Hanyu Cidian)."""


def search_key(name: str) -> str:
    """What a name sorts and is found by: full pinyin, a space, initials; all lower case."""
    syllables = readings(name)[0]
    return f"{''.join(syllables)} {''.join(s[0] for s in syllables)}".strip()[:400]


def readings(name: str) -> list[tuple[str, ...]]:
    """The ways a name is read aloud, the likeliest first; each as lower-case syllables.

    Words that are not Chinese are kept as one syllable. A personal name whose surname reads
    otherwise than the character usually does gives both ways.
    """
    usual = tuple(part for part in _syllables(name) if part)
    surname = _surname(name)
    if not surname:
        return [usual]
    named = (*surname, *usual[len(surname) :])
    return [named] if named == usual else [named, usual]


def _surname(name: str) -> tuple[str, ...]:
    bare = name.strip()
    if len(bare) > PERSON or not HAN.fullmatch(bare):
        return ()
    return SURNAMES.get(bare[:2]) or SURNAMES.get(bare[:1]) or ()


def _syllables(name: str) -> list[str]:
    cut, _ = _speaker()
    return [syllable for word in cut(name) for syllable in _spoken(word)]


@lru_cache(50_000)
def _spoken(word: str) -> tuple[str, ...]:
    """The syllables of one word; names are made of few words, and a word reads alike in each."""
    _, speak = _speaker()
    spoken = speak([word], errors=lambda rest: re.findall(r"[^\W_]+", rest))
    return tuple(syllable.lower().replace("ü", "v") for syllable in spoken)


@cache
def _speaker() -> tuple[Callable[[str], list[str]], Callable[..., list[str]]]:
    # Imported at first use: its dictionaries take a fifth of a second that no start should pay.
    from pypinyin import lazy_pinyin
    from pypinyin.seg.simpleseg import seg

    return seg, lazy_pinyin
