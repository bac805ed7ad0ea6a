"""Web servers to measure: two gunicorn processes each, asked over HTTP by one who is logged in."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from socket import socket
from statistics import median
from threading import Thread
from time import monotonic, perf_counter, sleep
from urllib.parse import quote, urlencode, urlsplit

ROOT = Path(__file__).parent.parent


@dataclass(slots=True)
class Visitor:
    """Keeps cookies and a connection open, as a browser does."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _line: HTTPConnection | None = None

    def get(self, path: str) -> str:
        """The page at that address; anything but a page raises."""
        status, body, _ = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{status} at {path}")
        return body

    def log_in(self, path: str, name: str, password: str) -> None:
        """Fill in the form that is there."""
        page = self.get(path)
        token = re.search(r'name="(csrf\w+)"[^>]*value="([^"]+)"', page)
        said = {"username": name, "password": password}
        status, *_ = self.ask("POST", path, said | ({token[1]: token[2]} if token else {}))
        if status != 302:
            raise RuntimeError(f"{path} answered {status}")

    def ask(
        self, verb: str, path: str, form: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, body and where it leads."""
        self._line = self._line or HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        headers = {"Cookie": cookies, "Accept-Language": "zh-CN"}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded",
                        "Referer": f"http://127.0.0.1:{self.port}{path}"}  # fmt: skip
        body = urlencode(form) if form is not None else None
        self._line.request(verb, quote(path, safe="/?&=%+-_.~"), body, headers)
        answer = self._line.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text, answer.headers.get("Location", "")


@contextmanager
def served(
    application: str, python: Path | str = sys.executable, **variables: str
) -> Iterator[int]:
    """The port where two processes serve the application."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(python), "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}",
               "--log-level", "error", application]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    until = monotonic() + 60
    while monotonic() < until:
        with socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.2)
    raise RuntimeError(f"nobody listens on {port}")


def in_turns(visits: Mapping[str, tuple[Visitor, str]], rounds: int) -> dict[str, float]:
    """Median seconds of each page, asked in turns so that the machine's mood strikes all."""
    times: dict[str, list[float]] = {name: [] for name in visits}
    for number in range(rounds + 2):
        for name, (visitor, path) in visits.items():
            start = perf_counter()
            visitor.get(path)
            if number >= 2:  # each of the two processes is warm
                times[name].append(perf_counter() - start)
    return {name: median(found) for name, found in times.items()}


def a_second(visitor: Visitor, path: str, seconds: float, together: int = 4) -> float:
    """Pages a second that several visitors at once are served."""
    counts = [0] * together
    until = monotonic() + seconds

    def visit(number: int) -> None:
        mine = Visitor(visitor.port, dict(visitor.cookies))
        while monotonic() < until:
            mine.get(path)
            counts[number] += 1

    threads = [Thread(target=visit, args=(number,)) for number in range(together)]
    started = monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (monotonic() - started)


def host_of(url: str) -> str:
    """The address of a page without its server."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
