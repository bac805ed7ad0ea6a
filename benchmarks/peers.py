"""Environments for peers whose dependencies are not ours."""

import subprocess
import venv
from pathlib import Path

FOLDER = Path(__file__).parent / ".venvs"


def environment(name: str, requirements: tuple[str, ...], folder: Path = FOLDER) -> Path:
    """The Python of the peer's own environment, made the first time and kept."""
    home = folder / name
    python = home / "bin" / "python"
    wanted = "\n".join(requirements)
    note = home / "requirements.txt"
    if not note.exists() or note.read_text() != wanted:
        venv.create(home, clear=True, with_pip=bool(requirements))
        if requirements:
            subprocess.run([python, "-m", "pip", "install", "-q", *requirements], check=True)
        note.write_text(wanted)
    return python
