"""One live server on one demo world for all tests that do not harm it, and the matrix that the tests fill."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import world as demo  # noqa: E402
from matrix import MATRIX  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "cell(column, program=None): the cell of docs/interop.md that the test fills")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Enters what became of a test in its cell."""
    report = (yield).get_result()
    # A test that passed is told of once; a fault in set-up or tear-down counts as well.
    if report.when != "call" and report.passed:
        return
    for marker in item.iter_markers("cell"):
        program = marker.kwargs.get("program") or item.callspec.params["program"]
        reason = report.longrepr[2].removeprefix("Skipped: ") if report.skipped else ""
        MATRIX.enter(program, marker.args[0], report.outcome, reason)


@pytest.fixture(scope="session")
def world():
    with demo.scratch() as folder:
        world = demo.World(pathlib.Path(folder) / "data").make().start()
        try:
            yield world
        finally:
            assert world.stop() == 0, world.tail()


@pytest.fixture
def fresh_world():
    """A demo world of a test's own that is not started, for what does it harm."""
    with demo.scratch() as folder:
        world = demo.World(pathlib.Path(folder) / "data").make()
        try:
            yield world
        finally:
            world.kill()


@pytest.fixture(scope="session")
def providers():
    """Providers that others wrote, before a server whose key set may be kept for a minute: the least there is."""
    from providers.fleet import Fleet

    with demo.scratch() as folder:
        world = demo.World(pathlib.Path(folder) / "data").make().configure(jwks_max_age="1m").start()
        fleet = Fleet(world, pathlib.Path(folder))
        try:
            yield fleet
        finally:
            fleet.stop()
            assert world.stop() == 0, world.tail()
