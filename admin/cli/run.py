"""``dougong serve | worker | demo``: the processes of an installation."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from flask import Flask
from sqlalchemy import select
from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from dougong.admin.app import create_app
from dougong.admin.cli.context import OPERATOR, house, refusals, settings
from dougong.admin.cli.output import configure_logging, console, fail
from dougong.admin.security.accounts import create_account
from dougong.core import migrate
from dougong.core.entities.people import User
from dougong.core.house import House, open_house
from dougong.core.i18n import gettext as _
from dougong.core.services.demo.api import DEMO_PASSWORD, LOGINS, is_loaded, load_demo
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.worker import work, work_until_empty

GOODBYE: Final = 10
"""Seconds a worker has to finish its step when the web server ends."""


@click.command("serve")
@click.option("--host", help="Address to listen on; the setting `host` when not given.")
@click.option("--port", type=int, help="Port; the setting `port` when not given.")
@click.option("--worker/--no-worker", default=True, help="Carry out jobs beside the web server.")
@refusals
def serve(host: str | None, port: int | None, worker: bool) -> None:
    """Serve the pages with waitress, and carry out jobs in a child process."""
    opened = house()
    migrate.settle(opened.database.engine, opened.registry)
    demo_data = is_loaded(opened.database)  # its known passwords work here too: say so
    _serve(
        opened,
        host or opened.settings.host,
        port or opened.settings.port,
        worker=worker,
        demo=demo_data,
    )


def _serve(opened: House, host: str, port: int, *, worker: bool, demo: bool = False) -> None:
    app = create_app(opened, demo=demo)
    server = listen_at(app, host, port, opened.settings.threads)
    address = f"http://{host}:{port}/"
    with _worker_beside(opened.settings) if worker else _nobody():
        console().print(_("Serving at %(address)s — end with Ctrl-C.", address=address))
        server.run()


def listen_at(app: Flask, host: str, port: int, threads: int) -> MultiSocketServer | BaseWSGIServer:
    """A server there; ends with one clear line where another program listens already."""
    try:
        return create_server(app, host=host, port=port, threads=threads, ident=None)
    except OSError as error:
        place = f"{host}:{port}"
        why = error.strerror or str(error)
        fail(_("Cannot listen at %(place)s: %(why)s. Choose another --port.", place=place, why=why))


@contextmanager
def _nobody() -> Iterator[None]:
    yield


@contextmanager
def _worker_beside(chosen: Settings) -> Iterator[None]:
    """A worker as a child process: Huey's consumer wants a main thread of its own."""
    environment = {**os.environ, "DOUGONG_DATA_DIR": str(chosen.data_dir)}
    child = subprocess.Popen([sys.executable, "-m", "dougong.admin.cli", "worker"], env=environment)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(GOODBYE)
        except subprocess.TimeoutExpired:
            child.kill()


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@refusals
def worker(once: bool) -> None:
    """Carry out jobs and deliveries until asked to stop."""
    opened = house()
    migrate.settle(opened.database.engine, opened.registry)
    if once:
        click.echo(_("%(count)s done.", count=work_until_empty(opened)))
        return
    work(opened)


@click.command("demo")
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("demo-data"),
              show_default=True, help="Folder of the demo's own files.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--fresh", is_flag=True, help="Throw an earlier demo away first.")
@click.option("--load-only", is_flag=True, help="Load the data and end.")
@refusals
def demo(data_dir: Path, host: str, port: int, fresh: bool, load_only: bool) -> None:
    """Migrate, load demo data, and serve it: headquarters and three branches, in Chinese.

    Passwords are known to everybody in this mode, and every page says so.
    """
    if fresh and (data_dir / "dougong.sqlite").exists():
        shutil.rmtree(data_dir)
    chosen = settings().model_copy(update={"data_dir": data_dir, "database_url": ""})
    configure_logging(chosen)
    opened = open_house(chosen)
    migrate.upgrade(opened.database.engine, opened.registry)
    _load_once(opened)
    if load_only:
        return
    _show_logins()
    _serve(opened, host, port, worker=True, demo=True)


def _load_once(opened: House) -> None:
    if is_loaded(opened.database):
        return
    with console().status(_("Loading demo data…")):
        load_demo(opened)
        opened.database.write(OPERATOR, _give_passwords)
        work_until_empty(opened)


def _give_passwords(session: Session) -> None:
    for login in LOGINS:
        person = session.scalars(select(User).filter_by(login=login.login)).one()
        create_account(session, person, DEMO_PASSWORD)


def _show_logins() -> None:
    out = console()
    out.print(_("Log-ins of the demo (password for all: %(password)s):", password=DEMO_PASSWORD))
    for login in LOGINS:
        out.print(f"  {login.login:<16} {login.title}")


COMMANDS: Final = (serve, worker, demo)
