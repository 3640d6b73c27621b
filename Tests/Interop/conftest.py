"""One live server on one demo world for all tests that do not harm it."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import world as demo  # noqa: E402


@pytest.fixture(scope="session")
def world():
    with demo.scratch() as folder:
        world = demo.World(pathlib.Path(folder) / "data").make().start()
        try:
            yield world
        finally:
            assert world.stop() == 0, world.tail()
