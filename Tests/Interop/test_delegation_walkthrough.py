"""Every command that the delegation walkthrough shows runs as shown, and gives what the page says."""

import pathlib
import re
import shlex
import subprocess

import pytest

from world import ROOT, World, binary, free_ports, scratch

PAGE = (ROOT / "docs/delegation-walkthrough.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """The lines of the page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.fixture(scope="module")
def served():
    """The world of `make run`, under ports of its own."""
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "var").make().start()
        try:
            yield world
        finally:
            assert world.stop() == 0, world.tail()


def test_every_command_of_the_walkthrough_runs_as_shown(served):
    """In one shell; only program, folder and ports are those of this test."""
    shown = commands()
    assert len(shown) >= 10
    port = free_ports()[0]
    public = int(re.search(r":(\d+)/", served.issuer).group(1))
    directory = served.folder.parent
    replaced = [
        ("demo provider --issuer", f"demo provider --listen 127.0.0.1:{port} --issuer"),
        (".build/release/portvakt", shlex.quote(str(binary()))),
        ("127.0.0.1:7080", f"127.0.0.1:{public}"),
        ("127.0.0.1:7081", f"127.0.0.1:{served.admin_port}"),
        ("127.0.0.1:7090", f"127.0.0.1:{port}"),
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
        ["bash", "-c", "set -m\n" + "\n".join(script)], capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    assert '"status":"Delegable"' in done.stdout
    assert "MP-251" in done.stderr
    assert "torsk" in done.stdout and "0192:311001078" in done.stdout
    assert '"resourceid":"scope_demo_3afangst_2eread"' in done.stdout
    number = (directory / "director").read_text(encoding="ascii").strip()
    for file in served.folder.glob("portvakt.db*"):
        assert number.encode() not in file.read_bytes(), file
