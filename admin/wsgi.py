"""The pages for a server that imports them: ``gunicorn "dougong.admin.wsgi:application()"``."""

from flask import Flask

from dougong.admin.app import create_app
from dougong.admin.cli.output import configure_logging
from dougong.core import migrate
from dougong.core.house import open_house
from dougong.core.settings import read_settings


def application() -> Flask:
    """The application over the house that the settings name; no worker runs beside it.

    Raises ``CoreBehind`` where the tables are not those of this release.
    """
    settings = read_settings()
    configure_logging(settings)
    house = open_house(settings)
    try:
        migrate.settle(house.database.engine, house.registry)
    except migrate.CoreBehind:
        house.database.engine.dispose()
        raise
    return create_app(house)
