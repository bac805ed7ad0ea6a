"""Servers that import the pages get them, or a clear no."""

from pathlib import Path

import pytest

from dougong.admin.wsgi import application
from dougong.core.migrate import CoreBehind


def at(monkeypatch: pytest.MonkeyPatch, url: str, folder: Path) -> None:
    monkeypatch.setenv("DOUGONG_DATABASE_URL", url)
    monkeypatch.setenv("DOUGONG_DATA_DIR", str(folder))


def test_application_answers_the_probes(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path
) -> None:
    at(monkeypatch, database_url, tmp_path)
    app = application()
    client = app.test_client()
    assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]
    app.extensions["dougong"].database.engine.dispose()


def test_application_is_refused_before_the_tables_are_there(
    monkeypatch: pytest.MonkeyPatch, empty_database_url: str, tmp_path: Path
) -> None:
    at(monkeypatch, empty_database_url, tmp_path)
    with pytest.raises(CoreBehind, match="dougong db upgrade"):
        application()
