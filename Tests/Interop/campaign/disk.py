"""What is done to the disk: filled up, made read-only, slowed down, hung."""

from __future__ import annotations

import contextlib
import errno
import mmap
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time

from campaign.harness import Row, Stage, Template, compiled, eventually
from world import binary


class SmallDisk:
    """A file system of some megabytes in memory, with room that a ballast can take."""

    def __init__(self, megabytes: int):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="portvakt-disk-"))
        self.ballast = self.path / "ballast"
        options = f"size={megabytes}m,mode=0700"
        self.mounted = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.path))

    def fill(self) -> None:
        """Takes all that is left, down to the last page."""
        with self.ballast.open("wb", buffering=0) as file:
            with contextlib.suppress(OSError):
                while file.write(bytes(4_096)):
                    pass

    def free(self) -> None:
        self.ballast.unlink(missing_ok=True)

    def remount(self, mode: str) -> bool:
        return run("mount", "-o", f"remount,{mode}", str(self.path))

    def close(self) -> None:
        if self.mounted:
            run("umount", "-l", str(self.path))
        shutil.rmtree(self.path, ignore_errors=True)


def run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Shim:
    """A library that stands between the server and its disk (disk_shim.c), and the file by which it is told what to do."""

    def __init__(self, folder: pathlib.Path):
        self.library = compiled("disk_shim", folder)
        self.control = folder / "disk-faults"
        self.control.write_bytes(bytes(12))
        with self.control.open("r+b") as file:
            self.map = mmap.mmap(file.fileno(), 12)

    def tell(self, delay_ms: int = 0, error: int = 0, hang: bool = False) -> None:
        self.map[:] = struct.pack("iii", delay_ms, error, hang)

    @property
    def prefix(self) -> tuple[str, ...]:
        return ("env", f"LD_PRELOAD={self.library}", f"DISK_FAULTS={self.control}")


@contextlib.contextmanager
def behind_shim(template: Template, fault: str):
    """A stage whose server has the shim between itself and its disk."""
    with template.stage(fault) as stage:
        shim = Shim(stage.world.folder.parent)
        stage.world.start(prefix=shim.prefix)
        try:
            yield stage, shim
        finally:
            # A server that hangs on the disk could not end.
            shim.tell()


def full(template: Template, runs: int) -> Row:
    """A disk that fills up while the server commits; where nothing may be mounted, one that says so (ENOSPC)."""
    disk = SmallDisk(32)
    try:
        if not disk.mounted:
            return failing(template, runs, "disk full (said by a shim)", errno.ENOSPC)
        with template.stage("disk full during commit", at=disk.path) as stage:
            stage.world.start()
            for _ in range(runs):
                with stage.load() as load:
                    eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                    disk.fill()
                    stage.refuses("store_unavailable")
                    disk.free()
                    freed = time.monotonic()
                stage.heal(freed)
                stage.says("no space is left")
                stage.settle()
            stage.end()
    finally:
        disk.close()
    return stage.row


def failing(template: Template, runs: int, fault: str, error: int) -> Row:
    """A running server whose writes the kernel refuses."""
    with behind_shim(template, fault) as (stage, shim):
        for _ in range(runs):
            with stage.load() as load:
                eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                shim.tell(error=error)
                stage.refuses("store_unavailable")
                shim.tell()
                healed = time.monotonic()
            stage.heal(healed)
            stage.says("batch not durable")
            stage.settle()
        stage.end()
    return stage.row


def read_only(template: Template, runs: int) -> Row:
    """A disk that the kernel makes read-only under the server (EROFS), and one that is so at start."""
    row = failing(template, runs, "disk read-only", errno.EROFS)
    disk = SmallDisk(32)
    try:
        if disk.mounted:
            with template.stage("disk read-only", at=disk.path) as stage:
                row.expect(disk.remount("ro"), "it cannot be mounted read-only")
                done = serve(stage)
                row.expect(done.returncode == 1, f"a server started on a read-only disk: {done.stderr}")
                row.expect("ead-only" in done.stderr or "cannot be written" in done.stderr, f"unclear: {done.stderr}")
                disk.remount("rw")
                stage.world.start()
                stage.heal()
                stage.settle()
                stage.end()
            row.add(stage.row)
    finally:
        disk.close()
    return row


def serve(stage: Stage) -> subprocess.CompletedProcess:
    """A server that is expected to end by itself."""
    world = stage.world
    command = [
        str(binary()), "serve", "--data", str(world.folder), "--listen", f"127.0.0.1:{world.port}",
        "--admin-listen", f"127.0.0.1:{world.admin_port}",
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)


def slow(template: Template, runs: int, seconds: float) -> Row:
    """A disk that takes a third of a second for each sync: slower answers, and no other ones."""
    with behind_shim(template, "disk slow (0.3 s a sync)") as (stage, shim):
        for _ in range(runs):
            shim.tell(delay_ms=300)
            with stage.load(16) as load:
                time.sleep(seconds)
            outcomes = {attempt.outcome for attempt in load.attempts}
            stage.row.expect(outcomes == {"token"}, f"on a slow disk there were {outcomes}")
            shim.tell()
            stage.heal()
            stage.settle()
        stage.end()
    return stage.row


def hanging(template: Template, runs: int) -> Row:
    """A disk that does not answer at all: requests are, within their time."""
    with behind_shim(template, "disk hangs") as (stage, shim):
        for _ in range(runs):
            with stage.load() as load:
                eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                shim.tell(hang=True)
                stage.refuses("store_stalled")
                stage.says("disk does not answer")
                shim.tell()
                answering = time.monotonic()
            stage.heal(answering)
            stage.settle()
        stage.end()
    return stage.row
