"""Runs the benchmarks: a table for people, JSON for machines, status 1 when a reach is missed."""

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

from benchmarks.figures import Figure

FOLDER = Path(__file__).parent


def benchmarks() -> dict[str, ModuleType]:
    """Every module here that measures, by name."""
    modules = {p.stem: import_module(f"benchmarks.{p.stem}") for p in sorted(FOLDER.glob("*.py"))}
    return {name: module for name, module in modules.items() if hasattr(module, "measure")}


def measured(names: list[str], size: str) -> Iterator[tuple[str, Figure]]:
    """The figures of the named benchmarks, as they come."""
    known = benchmarks()
    for name in names or known:
        for figure in known[name].measure(known[name].SIZES[size]):
            yield name, figure


def show(name: str, figure: Figure) -> None:
    """One line for people."""
    verdict = "reached" if figure.reached else "MISSED"
    print(
        f"{name:12} {figure.name:44} {figure.ours:10.4g} {figure.unit} beside {figure.peer:.4g}"
        f" = {figure.ratio:5.2f} x  (reach {figure.reach} x: {verdict})",
        flush=True,
    )


def report(size: str, figures: list[tuple[str, Figure]]) -> str:
    """The JSON for machines, with what the figures were measured on."""
    rows = [
        {"benchmark": n, **asdict(f), "ratio": round(f.ratio, 3), "reached": f.reached}
        for n, f in figures
    ]
    about = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "size": size,
    }
    return json.dumps({**about, "figures": rows}, indent=2) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Measure, show, write; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", default=[], choices=sorted(benchmarks()))
    parser.add_argument("--size", default="small", choices=["small", "full"])
    parser.add_argument("--out", type=Path, default=FOLDER / "out" / "figures.json")
    chosen = parser.parse_args(arguments)
    figures = []
    for name, figure in measured(chosen.only, chosen.size):
        show(name, figure)
        figures.append((name, figure))
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(report(chosen.size, figures), encoding="utf-8")
    return 0 if all(figure.reached for _, figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
