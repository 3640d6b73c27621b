"""The load program that asks at a set rate, whatever it is answered; compiled at first use."""

from __future__ import annotations

import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "Benchmarks/Sources/OpenLoopLoad/main.c"
PROGRAM = ROOT / ".build/tools/open-loop-load"


def program() -> pathlib.Path:
    """The program; made when there is none, or an older one than its source."""
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < SOURCE.stat().st_mtime:
        PROGRAM.parent.mkdir(parents=True, exist_ok=True)
        command = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(PROGRAM), str(SOURCE), "-lcrypto"]
        subprocess.run(command, check=True)
    return PROGRAM


def ask(port: int, rate: float, seconds: float, *arguments: str, prefix: tuple[str, ...] = ()) -> dict:
    """What came back; `arguments` say what is sent, `prefix` what the program is run by."""
    command = [
        *prefix, str(program()), "--port", str(port), "--rate", str(rate), "--seconds", str(seconds), *arguments
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    if not done.stdout:
        raise RuntimeError(f"the load program said: {done.stderr}")
    answer = json.loads(done.stdout)
    answer["said"] = done.stderr.strip()
    return answer
