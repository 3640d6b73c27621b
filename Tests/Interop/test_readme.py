"""Every command that the README shows is one that runs, in the order shown, as shown."""

import os
import pathlib
import re
import shlex
import signal
import subprocess
import time

import pytest

from world import ROOT, World, binary, free_ports, scratch

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = ".build/release/portvakt"
ISSUER = "http://127.0.0.1:7080/"
PROVIDER = "127.0.0.1:7090"


def commands() -> list[str]:
    """The lines of the README's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def served():
    """The world of `make run`, under ports of its own."""
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "var").make().start()
        try:
            yield world
        finally:
            assert world.stop() == 0, world.tail()


def test_the_first_block_leads_to_make_run():
    assert commands()[:3] == ["git clone <this repository> portvakt", "cd portvakt", "make run"]


def test_every_make_target_shown_exists():
    shown = set(re.findall(r"make ([a-z]+)", README))
    assert shown
    assert shown <= make_targets()


def test_every_make_target_is_shown():
    assert make_targets() - {"help"} <= set(re.findall(r"`make ([a-z]+)`", README))


def test_every_other_command_runs_as_shown(served):
    """In one shell, one after the other; only program, folder and ports are those of this test."""
    shown = [command for command in commands()[3:]]
    assert len(shown) >= 5
    port = free_ports()[0]
    directory = served.folder.parent
    replaced = [
        ("demo provider &", f"demo provider --listen 127.0.0.1:{port} --issuer {ISSUER} &"),
        (PROGRAM, shlex.quote(str(binary()))),
        (ISSUER, served.issuer),
        (PROVIDER, f"127.0.0.1:{port}"),
    ]
    script = ["set -eu", f"cd {shlex.quote(str(directory))}"]
    for command in shown:
        for old, new in replaced:
            command = command.replace(old, new)
        script.append(command)
        if command.endswith("&"):
            script.append(f"until curl -s http://127.0.0.1:{port}/ >/dev/null; do sleep 0.05; done")
    script.append("kill %1")
    done = subprocess.run(
        ["bash", "-c", "set -m\n" + "\n".join(script)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    assert (directory / "token").read_text(encoding="ascii").count(".") == 2
    assert "torsk" in done.stdout
    assert "token_issued" in done.stdout


def test_make_run_serves_and_prints_commands_that_work():
    """The script behind `make run`, with the build that is there."""
    port = free_ports()[0]
    issuer = f"http://127.0.0.1:{port}/"
    with scratch() as folder:
        data = pathlib.Path(folder) / "var"
        log = pathlib.Path(folder) / "log"
        for is_first in (True, False):
            with log.open("w") as output:
                process = subprocess.Popen(
                    [str(ROOT / "scripts/run.sh"), str(data), issuer], stdin=subprocess.DEVNULL, stdout=output,
                    stderr=output, env={"PATH": os.environ["PATH"], "HOME": folder, "BINARY": str(binary())},
                )
            try:
                deadline = time.monotonic() + 60
                while "ready: " not in log.read_text(encoding="utf-8"):
                    assert process.poll() is None, log.read_text(encoding="utf-8")
                    assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
                    time.sleep(0.1)
                printed = [
                    line.strip() for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("  /")
                ]
                request, verify = printed[0], printed[1]
                assert " token request " in request and " token verify " in verify, printed
                done = subprocess.run(
                    ["bash", "-euc", f"{request}\n{verify}"], cwd=folder, capture_output=True, text=True, timeout=30
                )
                assert done.returncode == 0, done.stdout + done.stderr
                assert is_first or "serving the demo world" in log.read_text(encoding="utf-8")
            finally:
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
