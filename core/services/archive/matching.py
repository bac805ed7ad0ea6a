"""When two archives may be one customer: what they share, and how much that says (AR-05)."""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from hashlib import sha256
from math import prod
from typing import Final

from dougong.core.services.archive.rules import Dossier
from dougong.core.services.search.api import LEGAL_FORM
from dougong.core.values.validity import (
    credit_code,
    identity_number,
    is_credit_code,
    phone_digits,
    plain,
)

_BRACKETS: Final = re.compile(r"[\W_]+")
_NUMBERS: Final = re.compile(r"[0-9〇零一二三四五六七八九十百]+")
_SHORTEST_PHONE: Final = 7
ALIKE: Final = 0.75
"""From so much of their pairs of characters in common two names are alike."""


class Reason(StrEnum):
    """What two archives have in common."""

    CODE = "code"
    PERSON = "person"
    PHONE = "phone"
    NAME = "name"
    SOUND = "sound"
    SIMILAR = "similar"


SAYS: Final[Mapping[Reason, int]] = {
    Reason.CODE: 95, Reason.PERSON: 98, Reason.PHONE: 60, Reason.NAME: 70, Reason.SOUND: 40,
    Reason.SIMILAR: 55,
}  # fmt: skip
"""How likely, in percent, two are one that share this alone."""
SAYS_OF_PEOPLE: Final[Mapping[Reason, int]] = {
    **SAYS, Reason.NAME: 30, Reason.SOUND: 10, Reason.SIMILAR: 5,
}  # fmt: skip
"""Many people are called Wang Fang."""
SUSPICIOUS: Final = 50
"""From which score on a pair is shown."""


def score_of(reasons: Collection[Reason], *, people: bool) -> int:
    """0 to 100: each reason leaves less doubt.

    >>> score_of({Reason.PHONE, Reason.NAME}, people=True)
    72
    """
    says = SAYS_OF_PEOPLE if people else SAYS
    return round(100 * (1 - prod(1 - says[reason] / 100 for reason in reasons)))


def keys_of(dossier: Dossier, sound: str) -> set[tuple[Reason, str]]:
    """What this archive is compared by; ``sound`` is the name's pinyin.

    A person's ID number is kept as a digest: it is confidential, and equality is all that is asked.
    """
    keys = {(Reason.PHONE, phone_digits(text)) for text in _phones(dossier)}
    keys = {key for key in keys if len(key[1]) >= _SHORTEST_PHONE}
    for name in ("credit_code", "organisation_code"):
        if is_credit_code(dossier.codes.get(name, "")):
            keys.add((Reason.CODE, credit_code(dossier.codes[name])))
    if dossier.codes.get("id_number"):
        number = f"{dossier.branch_id}:{identity_number(dossier.codes['id_number'])}"
        keys.add((Reason.PERSON, sha256(number.encode()).hexdigest()[:40]))
    if plain_name(dossier.name):
        keys.add((Reason.NAME, plain_name(dossier.name)[:80]))
    if sound:
        keys.add((Reason.SOUND, sound[:80]))
    return keys


def _phones(dossier: Dossier) -> list[str]:
    return [dossier.phone, *(person.phone for person in dossier.people)]


def plain_name(name: str) -> str:
    """The name without width, case, spaces, brackets and legal form.

    >>> plain_name("清泉（北京）饮品 有限责任公司") == plain_name("清泉北京饮品有限公司")
    True
    """
    bare = _BRACKETS.sub("", plain(name).casefold())
    return LEGAL_FORM.sub("", bare) or bare


def are_alike(one: str, other: str) -> bool:
    """Whether most pairs of neighbouring characters are in both names.

    The third and the thirteenth clinic are two, and so are those of two districts: numbers are
    equal, and one name begins with what the other has, too.
    """
    mine, his = plain_name(one), plain_name(other)
    first, second = _pairs(mine), _pairs(his)
    if not first or not second or _NUMBERS.findall(mine) != _NUMBERS.findall(his):
        return False
    if mine[:2] not in second and his[:2] not in first:
        return False
    return 2 * len(first & second) / (len(first) + len(second)) >= ALIKE


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
