"""What is done to the files that a running server reads again: each is broken under load, and the old one stays in force."""

from __future__ import annotations

import contextlib
import http.client
import json
import pathlib
import time

from campaign.harness import Row, Stage, Template, eventually


def broken(template: Template, runs: int) -> Row:
    """Signing keys, trust and the configuration file overwritten with nonsense, and mended again."""
    with template.stage("configuration broken on reload") as stage:
        stage.world.start()
        for _ in range(runs):
            keys = key_set(stage)
            with stage.load() as load:
                eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                with contextlib.ExitStack() as stack:
                    for file, word in victims(stage.world.folder):
                        said = stage.log().count(word) if word else 0
                        stack.enter_context(nonsense(file))
                        noticed = not word or eventually(lambda: stage.log().count(word) > said)
                        stage.row.expect(noticed, f"{file.name}: the log does not say `{word}`")
                    settled = len(load.attempts) + 50
                    eventually(lambda: len(load.attempts) > settled)
                    stage.row.expect(key_set(stage) == keys, "the key set changed with a broken file")
                    # Whoever starts it anew with that is told what is wrong.
                    done = stage.world.on_data("doctor", check=False)
                    stage.row.expect(done.returncode != 0, f"doctor finds nothing: {done.stdout}")
                mended = time.monotonic()
            outcomes = {attempt.outcome for attempt in load.attempts}
            stage.row.expect(outcomes == {"token"}, f"with broken files there were {outcomes}")
            stage.heal(mended)
            stage.settle()
        stage.row.said = "signing keys refused, trust refused"
        stage.end()
    return stage.row


def victims(folder: pathlib.Path) -> list[tuple[pathlib.Path, str]]:
    """Files that are read again while the server runs, and what it says of a broken one; the last is read at start only."""
    return [
        (next((folder / "keys/signing").glob("*.pem")), "signing keys refused"),
        (next((folder / "keys/trust/test").glob("*.pem")), "trust refused"),
        (folder / "portvakt.yaml", ""),
    ]


@contextlib.contextmanager
def nonsense(file: pathlib.Path):
    """The file says nothing sensible for a while; its mode stays, and it is written in one go as editors do."""
    before, mode = file.read_bytes(), file.stat().st_mode & 0o777
    put(file, b"nonsense: [\n", mode)
    try:
        yield
    finally:
        put(file, before, mode)


def put(file: pathlib.Path, content: bytes, mode: int) -> None:
    new = file.parent / f".{file.name}.new"
    new.write_bytes(content)
    new.chmod(mode)
    new.rename(file)


def key_set(stage: Stage) -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", stage.world.port, timeout=30)
    try:
        connection.request("GET", "/jwk")
        return sorted(key["kid"] for key in json.loads(connection.getresponse().read())["keys"])
    finally:
        connection.close()
