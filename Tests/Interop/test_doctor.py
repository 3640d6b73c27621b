"""What `doctor` says beside a running server, whose answers it compares with the installation."""

from __future__ import annotations

import json
import pathlib
import signal

import pytest
from world import World, scratch


@pytest.fixture
def world():
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make()
        try:
            yield world
        finally:
            world.kill()


def server_findings(world: World) -> dict[str | None, dict]:
    done = world.on_data("doctor", "--json", check=False)
    found = [item for item in json.loads(done.stdout)["items"] if item["check"] == "server"]
    return {item["subject"]: item for item in found}


def test_a_running_server_is_compared_with_its_installation(world):
    stopped = server_findings(world)
    assert [item["state"] for item in stopped.values()] == ["green"]
    assert "none runs" in stopped[None]["message"]

    world.start()
    assert {subject: item["state"] for subject, item in server_findings(world).items()} == {
        "metadata": "green", "jwks": "green", "clock": "green",
    }

    # What was changed after the start, and is not taken up without another.
    world.configure(maximum_assertion_lifetime="180s")
    found = server_findings(world)
    assert found["metadata"]["state"] == "yellow"
    assert "`portvakt_maximum_assertion_lifetime`" in found["metadata"]["message"]
    assert found["metadata"]["remedy"] == "restart it"


def test_a_server_that_hangs_is_red(world):
    world.start()
    world.process.send_signal(signal.SIGSTOP)
    try:
        found = server_findings(world)
        assert [item["state"] for item in found.values()] == ["red"]
        assert "does not answer" in next(iter(found.values()))["message"]
    finally:
        world.process.send_signal(signal.SIGCONT)
