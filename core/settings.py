"""Settings of one process: one TOML file and ``DOUGONG_…`` variables (variables win).

Every default works on one machine without any server.
"""

import os
import secrets
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any, Final

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from dougong.core.i18n import gettext

CONFIG_VARIABLE: Final = "DOUGONG_CONFIG"
DEFAULT_CONFIG: Final = "dougong.toml"


def config_file() -> Path:
    """Where the TOML file is, or would be."""
    return Path(os.environ.get(CONFIG_VARIABLE, DEFAULT_CONFIG))


class WrongSettings(ValueError):
    """Settings that do not hold, told line by line: the key, where it stands, what is allowed."""


def read_settings() -> "Settings":
    """The process's settings; ``WrongSettings`` says in the reader's words what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise WrongSettings("\n".join(_complaint(one) for one in error.errors())) from error
    except TOMLDecodeError as error:
        text = gettext("%(file)s is no TOML: %(why)s", file=config_file(), why=error)
        raise WrongSettings(text) from error


def _complaint(one: Any) -> str:
    key = ".".join(map(str, one["loc"]))
    if key not in Settings.model_fields:
        if not key:  # what model_post_init says
            return str(one["ctx"]["error"])
        return gettext("%(file)s: there is no setting %(key)s; there are: %(keys)s.",
                       file=config_file(), key=key,
                       keys=", ".join(sorted(Settings.model_fields)))  # fmt: skip
    variable = f"DOUGONG_{key.upper()}"
    place = variable if variable in os.environ else config_file()
    return gettext("%(place)s: %(key)s may only be %(allowed)s.",
                   place=place, key=key, allowed=_allowed(key))  # fmt: skip


def _allowed(key: str) -> str:
    """What the field takes, from its own type and bounds."""
    field = Settings.model_fields[key]
    bounds = {
        name: getattr(part, name)
        for part in field.metadata
        for name in ("ge", "gt", "le", "pattern")
        if getattr(part, name, None) is not None
    }
    if "pattern" in bounds:
        return ", ".join(bounds["pattern"].strip("^()$").split("|"))
    if field.annotation is bool:
        return gettext("true or false")
    if "le" in bounds:
        return gettext("a number from %(least)s to %(most)s", least=bounds["ge"], most=bounds["le"])
    if "ge" in bounds:
        return gettext("a number, %(least)s or more", least=bounds["ge"])
    if "gt" in bounds:
        return gettext("a number above %(least)s", least=bounds["gt"])
    return gettext("a list of texts") if "list" in str(field.annotation) else gettext("a text")


class Settings(BaseSettings):
    """What a deployer can set; an unknown key is an error, not a silence."""

    model_config = SettingsConfigDict(env_prefix="DOUGONG_", extra="forbid", frozen=True)

    data_dir: Path = Field(
        default=Path("dougong-data"), description="Folder of the SQLite files and the secret key."
    )
    database_url: str = Field(
        default="", description="SQLAlchemy URL; empty means SQLite in data_dir."
    )
    queue_url: str = Field(
        default="",
        description="Job queue: empty (SQLite file in data_dir), postgresql://… or redis://…",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Signs cookies; empty means one made once and kept in data_dir.",
    )
    secret_key_fallbacks: list[SecretStr] = Field(
        default=[], description="Old keys still accepted while cookies are renewed."
    )
    block_plugins: str = Field(
        default="", description="Plugins not to load, by name, separated by commas."
    )
    host: str = Field(default="127.0.0.1", description="Address the web server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the web server.")
    threads: int = Field(default=8, ge=1, description="Web threads of one process.")
    workers: int = Field(default=2, ge=1, description="Job threads of one worker process.")
    pool_size: int = Field(default=10, ge=1, description="Database connections per process.")
    answer_within: float = Field(
        default=10.0, gt=0, description="Seconds after which a silent database is given up."
    )
    idle_hours: int = Field(default=12, ge=1, description="Hours unused after which a log-in ends.")
    remember_days: int = Field(
        default=30, ge=1, description="The same in days, for who asked to be remembered."
    )
    keep_events_days: int = Field(
        default=90, ge=1, description="Days after which events that everybody heard are dropped."
    )
    largest_file_mb: int = Field(
        default=20, ge=1, description="Megabytes that a file of a record may have at most."
    )
    behind_proxy: int = Field(
        default=0, ge=0, description="Trusted proxies in front that set X-Forwarded headers."
    )
    secure_cookies: bool = Field(default=False, description="Cookies over HTTPS only, with HSTS.")
    cheap_passwords: bool = Field(
        default=False, description="Weak password hashing, for tests only."
    )
    log_format: str = Field(default="console", pattern="^(console|json)$")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over variables, variables over the file."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, toml

    def model_post_init(self, context: Any) -> None:
        """Refuse a named configuration file that is not there: a typing mistake."""
        named = os.environ.get(CONFIG_VARIABLE)
        if named and not Path(named).is_file():
            raise ValueError(
                gettext("%(variable)s names %(file)s, which is not a file.",
                        variable=CONFIG_VARIABLE, file=named)
            )  # fmt: skip

    @property
    def blocked(self) -> frozenset[str]:
        """The names in ``block_plugins``."""
        return frozenset(n.strip() for n in self.block_plugins.split(",") if n.strip())

    @property
    def url(self) -> str:
        """The database's URL, the default made absolute."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'dougong.sqlite').resolve()}"

    @property
    def queue_file(self) -> Path:
        """The job queue's own SQLite file, never the business database."""
        return (self.data_dir / "queue.sqlite").resolve()

    def signing_key(self) -> str:
        """The key that signs cookies; made and kept on first use when none is set."""
        if self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        file = self.data_dir / "secret_key"
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_text().strip()
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        return file.read_text().strip()
