"""Addresses of channels: read by Apprise's rules, kept sealed, shown without their secrets."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib import import_module
from typing import Final
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.services.messages.rules import Medium
from dougong.core.settings import Settings

CARRIERS: Final = "dougong.core.services.messages.carriers"
PAPER: Final = "paper://"
"""The channel that only records what it would have sent: for demos and for trying out."""
TO: Final = "{to}"
"""Stands in a text message's address for the number it goes to."""
SCHEMES: Final[Mapping[Medium, frozenset[str]]] = {
    Medium.MAIL: frozenset({"mailto", "mailtos", "paper"}),
    Medium.SMS: frozenset({"json", "jsons", "form", "forms", "paper"}),
    Medium.CHAT: frozenset({"wecombot", "dingtalk", "feishu", "lark", "json", "jsons", "paper"}),
}
"""What each medium may be sent by; Apprise knows more, such as the machine's own desktop."""
_HOST_SHOWN: Final = frozenset({"mailto", "mailtos", "json", "jsons", "form", "forms"})
_SAMPLE_NUMBER: Final = "13800138000"


class AddressRefused(Refusal):
    """An address no channel can use, told at its field (XX-07)."""

    code = "core.message_address"


class Seal:
    """Closes and opens addresses with the house's secret; old secrets still open them."""

    def __init__(self, settings: Settings) -> None:
        old = [key.get_secret_value() for key in settings.secret_key_fallbacks]
        keys = [_key(secret) for secret in (settings.signing_key(), *old)]
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def close(self, address: str) -> str:
        """The address as it is stored; the paper channel holds no secret and no address."""
        if address == PAPER:
            return ""
        return self._fernet.encrypt(address.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The address again; ``AddressRefused`` where another secret closed it."""
        if not sealed:
            return PAPER
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise AddressRefused(
                lazy("The channel's address cannot be opened with this house's secret key."),
                next_step=lazy("Enter the channel's address again."),
            ) from error


def _key(secret: str) -> bytes:
    # of its own kind: what signs cookies must not be the very key that closes addresses
    return urlsafe_b64encode(sha256(b"dougong.message_channel:" + secret.encode()).digest())


def check_address(medium: Medium, address: str) -> str:
    """The address, tidied; ``AddressRefused`` with the reason where nothing could be sent by it."""
    address = address.strip()
    scheme = address.partition("://")[0].lower()
    if scheme not in SCHEMES[medium]:
        offered = ", ".join(f"{name}://" for name in sorted(SCHEMES[medium]))
        raise AddressRefused(
            lazy("The address begins with one of: %(schemes)s.", schemes=offered), field="address"
        )
    if scheme == "paper":
        return PAPER
    if medium is Medium.SMS and TO not in address:
        raise AddressRefused(
            lazy("Say where the number goes by %(mark)s, e.g. %(example)s.", mark=TO,
                 example="jsons://sms.example.com/send?:phone={to}&:message=text"),
            field="address",
        )  # fmt: skip
    # Apprise takes long to import: the room that holds it is opened when it is needed
    import_module(CARRIERS).sender(address, _SAMPLE_NUMBER)
    return address


def masked(address: str) -> str:
    """What staff may see: where it leads, never a password or a robot's key."""
    scheme = address.partition("://")[0].lower()
    if scheme not in _HOST_SHOWN:
        return PAPER if address == PAPER else f"{scheme}://***"
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{scheme}://{parts.hostname or ''}{port}"[:200]
