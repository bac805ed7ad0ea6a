"""The command line of deployers: a new installation from nothing, on a SQLite file of its own."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dougong.admin.cli import ROOMS, main

PASSWORD = {"DOUGONG_PASSWORD": "correct horse battery"}


class Terminal:
    """Runs commands in one data folder; ``LANG`` decides the language."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "DOUGONG_DATA_DIR": str(folder),
            "DOUGONG_CHEAP_PASSWORDS": "1",
            "DOUGONG_CONFIG": "",
            "LANG": "en_GB.UTF-8",
            "LC_ALL": "",
        }

    def run(self, *words: str, **environment: str) -> Result:
        return self._end(0, words, environment)

    def says(self, *words: str, **environment: str) -> str:
        return self.run(*words, **environment).output

    def refuses(self, *words: str, **environment: str) -> str:
        return self._end(1, words, environment).output

    def _end(self, code: int, words: tuple[str, ...], environment: dict[str, str]) -> Result:
        result = CliRunner().invoke(main, words, env={**self.environment, **environment})
        assert result.exit_code == code, result.output
        return result


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


@pytest.fixture
def installed(terminal: Terminal) -> Terminal:
    """Upgraded, with headquarters and one branch under it."""
    terminal.run("db", "upgrade")
    terminal.run("branch", "add", "HQ", "总部")
    terminal.run("branch", "add", "B01", "城区", "--under", "HQ")
    return terminal


def test_every_command_explains_itself(terminal: Terminal) -> None:
    for command in ROOMS:
        assert "Usage:" in terminal.says(command, "--help")
    assert "unheard" in terminal._end(2, ("unheard",), {}).output


def test_every_command_is_found_in_its_module() -> None:
    offered = {
        (command.name, room)
        for room in set(ROOMS.values())
        for command in import_module(f"dougong.admin.cli.{room}").COMMANDS
    }
    assert offered == set(ROOMS.items())


def test_what_a_command_does_not_need_is_not_imported() -> None:
    code = (
        "import sys; from dougong.admin.cli import main\n"
        "main(['--version'], standalone_mode=False)\n"
        "sys.exit(', '.join({'flask', 'sqlalchemy', 'alembic'} & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_new_database_says_what_to_run(terminal: Terminal) -> None:
    assert "dougong db upgrade" in terminal.refuses("worker", "--once")
    assert "dougong db upgrade" in terminal.refuses("doctor")
    assert "behind" in terminal.says("db", "status")


def test_a_new_installation_is_sound(installed: Terminal) -> None:
    assert "behind" not in installed.says("db", "status")
    assert "Sound." in installed.says("doctor")


def test_a_plugin_is_switched_at_one_branch(installed: Terminal) -> None:
    assert "B01" in installed.says("plugin", "enable", "credit", "--branch", "B01")
    listed = next(x for x in installed.says("plugin", "list").splitlines() if "credit" in x)
    assert "B01" in listed
    assert "HQ" not in listed
    installed.run("plugin", "disable", "credit", "-b", "B01")
    listed = next(x for x in installed.says("plugin", "list").splitlines() if "credit" in x)
    assert "B01" not in listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plugin", "enable", "credits", "-b", "B01"), "No plugin named credits"),
        (("plugin", "enable", "credit", "-b", "B99"), "No branch has the code B99"),
        (("plugin", "settings", "credit", "warn", "-b", "B01"), "not FIELD=VALUE"),
        (("plugin", "settings", "credit", "nothing=1", "-b", "B01"), "Unknown setting"),
        (("branch", "add", "B01", "again", "--under", "HQ"), "already"),
        (("branch", "add", "B02", "lost"), "headquarters already"),
        (("branch", "add", "B02", "far", "--under", "HQ", "--zone", "Mars/Base"), "time zone"),
        (("import", "orders", "nowhere.txt", "-b", "B01", "--format", "csv"), "nowhere.txt"),
    ],
)
def test_wrong_words_are_refused_with_a_clear_line(
    installed: Terminal, words: tuple[str, ...], said: str
) -> None:
    output = installed.refuses(*words)
    assert said in output
    assert "Traceback" not in output


def test_refusals_speak_the_language_of_the_terminal(installed: Terminal) -> None:
    spoken = installed.refuses("plugin", "enable", "credit", "-b", "B99", LANG="zh_CN.UTF-8")
    assert "B99" in spoken
    assert "No branch" not in spoken


def test_settings_are_shown_and_changed_per_branch(installed: Terminal) -> None:
    installed.run("plugin", "enable", "aftersales")
    installed.run("plugin", "settings", "aftersales", "urban_hours=3", "-b", "B01")

    def hours(branch: str) -> list[str]:
        shown = installed.says("plugin", "settings", "aftersales", "-b", branch).splitlines()
        return next(line.split() for line in shown if line.startswith("urban_hours"))

    assert hours("B01")[1] == "3"
    assert hours("HQ")[1] == "4"


def test_purging_exports_and_drops(installed: Terminal, tmp_path: Path) -> None:
    installed.run("plugin", "enable", "care", "-b", "B01")
    out = tmp_path / "care-export"
    refused = installed.refuses("plugin", "purge", "care", "--yes", "--export-to", str(out))
    assert "Switch it off there first" in refused
    installed.run("plugin", "disable", "care", "-b", "B01")
    installed.run("plugin", "purge", "care", "--yes", "--export-to", str(out))
    assert (
        (out / "care_occasion.csv").read_text(encoding="utf-8").startswith("branch_id,activity_id")
    )
    assert "care" in installed.refuses("doctor")
    installed.run("db", "upgrade")
    assert "Sound." in installed.says("doctor")


def test_users_are_added_with_a_role_at_a_branch(installed: Terminal) -> None:
    add = ("user", "add", "chen", "--name", "陈经理", "--role", "manager", "-b", "B01")
    installed.run(*add, **PASSWORD)
    assert "taken" in installed.refuses(*add, **PASSWORD)
    assert "chen" in installed.says("user", "list")
    assert "No role" in installed.refuses(
        "user", "add", "li", "--name", "李", "--role", "king", "-b", "B01", **PASSWORD
    )
    assert "li" not in installed.says("user", "list").split()
    installed.run("user", "password", "chen", DOUGONG_PASSWORD="another horse battery")
    assert "No user" in installed.refuses("user", "password", "wang", **PASSWORD)


def test_orders_come_in_once_and_bad_rows_are_reported(installed: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "customer,date,quantity,amount\nA1,2026-01-05,2,10.50\nA1,2026-13-05,2,10.50\n"
        "B7,2026-01-06,1,0\n"
    )
    words = ("import", "orders", str(file), "-b", "B01", "--format", "csv", "--currency", "usd")
    first = installed.says(*words)
    assert "2 orders new" in first
    assert "1 not taken" in first
    rejected = (tmp_path / "orders-rejected.csv").read_text(encoding="utf-8-sig")
    assert "2026-13-05" in rejected
    assert "0 orders new, 2 known before" in installed.says(*words)


def test_table_comes_in_goes_out_and_comes_in_unchanged(
    installed: Terminal, tmp_path: Path
) -> None:
    """AR-02"""
    file, out = tmp_path / "products.csv", tmp_path / "out.xlsx"
    file.write_text("Product code,Product name,Price\n0001,Water,18\n0002,,1\n")
    words = ("import", "products", str(file), "-b", "B01")
    assert "1 made, 0 changed, 0 as they were, 1 not taken" in installed.says(*words, "--dry-run")
    assert "1 made" in installed.says(*words)
    assert (tmp_path / "products-rejected.xlsx").exists()
    assert "1 rows written" in installed.says("export", "products", "-b", "B01", "-f", str(out))
    assert "0 made, 0 changed, 1 as" in installed.says("import", "products", str(out), "-b", "B01")
    assert "no such sheet" in installed.refuses("import", "unicorns", str(file), "-b", "B01")


def test_a_worker_does_what_is_due_and_ends(installed: Terminal) -> None:
    installed.run("plugin", "enable", "tiering", "-b", "B01")
    assert "done" in installed.says("worker", "--once")


def test_a_misspelt_setting_ends_with_its_name(terminal: Terminal, tmp_path: Path) -> None:
    config = tmp_path / "dougong.toml"
    config.write_text("databse_url = 'x'\n")
    assert "databse_url" in terminal.refuses("db", "status", DOUGONG_CONFIG=str(config))
    missing = terminal.refuses("db", "status", DOUGONG_CONFIG=str(tmp_path / "no.toml"))
    assert "no.toml" in missing


def test_a_job_is_run_now_with_its_arguments(installed: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,date,quantity,amount\nA1,1998-01-05,2,10.50\nB1,1997-01-05,2,9\n")
    installed.run("import", "orders", str(file), "-b", "B01", "--format", "csv")
    evaluate = ("job", "run", "tiering.evaluate", "as_of=1998-07-01", "-b", "B01")
    assert "not switched on" in installed.refuses(*evaluate)
    installed.run("plugin", "enable", "tiering", "-b", "B01")
    assert "tiering.evaluate is done: 2." in installed.says(*evaluate)
    assert "tiering.evaluate" in installed.says("job", "list")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tiering.evaluat",), "No job is named tiering.evaluat"),
        (("tiering.evaluate", "as_of"), "not NAME=VALUE"),
        (("tiering.evaluate", "as_of=yesterday"), "did not finish"),
    ],
)
def test_a_job_asked_for_wrongly_says_so(
    installed: Terminal, words: tuple[str, ...], said: str
) -> None:
    installed.run("plugin", "enable", "tiering", "-b", "B01")
    assert said in installed.refuses("job", "run", *words, "-b", "B01")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("prot = 80", "there is no setting prot; there are: answer_within, behind_proxy, "),
        ("port = 70000", "port may only be a number from 0 to 65535."),
        ("workers = 0", "workers may only be a number, 1 or more."),
        ("answer_within = 0", "answer_within may only be a number above 0."),
        ('log_format = "xml"', "log_format may only be console, json."),
        ('secure_cookies = "maybe"', "secure_cookies may only be true or false."),
        ('secret_key_fallbacks = "old"', "secret_key_fallbacks may only be a list of texts."),
        ("host = 1", "host may only be a text."),
    ],
)
def test_a_wrong_setting_is_one_clear_line(
    terminal: Terminal, tmp_path: Path, written: str, said: str
) -> None:
    file = tmp_path / "house.toml"
    file.write_text(written)
    told = terminal.refuses("plugin", "list", DOUGONG_CONFIG=str(file))
    assert f"{file}: {said}" in told
    assert len(told.splitlines()) == 1
    assert "pydantic" not in told


def test_a_wrong_setting_is_told_in_the_terminals_language(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "house.toml"
    file.write_text("port = 70000")
    config = {"DOUGONG_CONFIG": str(file), "LANG": "zh_CN.UTF-8"}
    assert "port 只能是：0 到 65535 之间的数字。" in terminal.refuses("plugin", "list", **config)
    told = terminal.refuses("plugin", "list", DOUGONG_PORT="many", LANG="zh_CN.UTF-8")
    assert "DOUGONG_PORT：port 只能是" in told
    file.write_text("port 80")
    assert f"{file} 不是有效的 TOML 文件" in terminal.refuses("plugin", "list", **config)
    lost = {**config, "DOUGONG_CONFIG": str(tmp_path / "lost.toml")}
    assert "lost.toml 不是文件。" in terminal.refuses("plugin", "list", **lost)
