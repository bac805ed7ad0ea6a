"""Starting to serve: what is said where it cannot be."""

import gc
from socket import socket

import pytest
from flask import Flask

from dougong.admin.cli.run import listen_at


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_port_in_use_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            listen_at(Flask("taken"), "127.0.0.1", port, threads=1)
    ended.value.__context__ = None
    gc.collect()  # waitress leaves its sockets to it
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in said
    assert "--port" in said


def test_free_port_is_listened_at() -> None:
    server = listen_at(Flask("free"), "127.0.0.1", 0, threads=1)
    server.close()
