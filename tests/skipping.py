"""In CI a skipped PostgreSQL or browser test fails the run, and its reason is shown."""

import os

import pytest

MARKS_THAT_MUST_RUN = ("postgres", "browser")


class NoSkipsInCI:
    """Collects the skipped tests of the named marks and turns the run's result into a failure."""

    def __init__(self) -> None:
        self.skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for each phase of each test, in the reporting process."""
        if report.skipped and not hasattr(report, "wasxfail") and must_run(report):
            self.skipped[report.nodeid] = reason(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Called once at the end; the exit status set here is the run's."""
        if self.skipped and session.exitstatus in (pytest.ExitCode.OK, 0):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Called after the run: name what should have run and why it did not."""
        if not self.skipped:
            return
        terminalreporter.section("skipped although CI is set")
        for nodeid, why in sorted(self.skipped.items()):
            terminalreporter.line(f"{nodeid}: {why}")


def in_ci() -> bool:
    """Whether this run is CI's: there everything must run."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def must_run(report: pytest.TestReport) -> bool:
    """Whether the test carries one of the marks."""
    return any(mark in report.keywords for mark in MARKS_THAT_MUST_RUN)


def reason(report: pytest.TestReport) -> str:
    """Why the test was skipped, in the words it gave."""
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
