"""Compilers and interpreters of Debian that the programs of others need."""

from __future__ import annotations

import functools
import os
import pathlib
import shutil
import subprocess

import pytest

from world import ROOT

HERE = pathlib.Path(__file__).parent
# Debian's Go libraries are sources in the old form of a work space.
GO_SOURCES = "/usr/share/gocode"
# Debian's Node modules; Node of another origin does not look there by itself.
NODE_MODULES = ("/usr/share/nodejs", "/usr/lib/nodejs")


def need(*programs: str) -> None:
    """Skips, with the reason, when a Debian package was not to be had."""
    for program in programs:
        if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin") is None:
            pytest.skip(f"`{program}` is not installed; scripts/setup.sh run test interop installs it")


@functools.cache
def go_program(name: str) -> pathlib.Path:
    """Builds Tests/Interop/go/NAME against Debian's libraries and says where the program is."""
    need("go")
    folder = ROOT / ".build/interop"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"go-{name}"
    environment = {
        **os.environ, "GO111MODULE": "off", "GOPATH": GO_SOURCES, "GOCACHE": str(folder / "go-cache"), "GOFLAGS": "",
    }
    done = subprocess.run(
        ["go", "build", "-o", str(target), f"./{name}"], cwd=HERE / "go", env=environment, capture_output=True,
        text=True, timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def node_environment() -> dict[str, str]:
    """The environment in which `require` finds Debian's modules."""
    need("node")
    return {**os.environ, "NODE_PATH": ":".join(NODE_MODULES)}
