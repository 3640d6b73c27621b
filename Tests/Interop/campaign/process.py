"""What is done to the process: killed, asked to end, kept from files, asked for far more than it can do."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import socket
import time

import open_loop
from administration import new_client
from campaign.harness import LIMIT, Row, Stage, Template, eventually


def killed(template: Template, runs: int) -> Row:
    """`kill -9` at a random moment under load, and a new start."""
    with template.stage("kill -9 under load") as stage:
        stage.world.start()
        for run in range(runs):
            with stage.load(16) as load:
                eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                time.sleep(random.uniform(0.05, 1.0))
                stage.world.kill()
                gone = time.monotonic()
            stage.world.start()
            stage.heal(gone)
            stage.settle(verify=run % 10 == 0)
        stage.row.expect(stage.row.cut_off > 0, "no answer was ever cut off: nothing was tested")
        stage.end()
    return stage.row


def terminated(template: Template, runs: int) -> Row:
    """SIGTERM under load: whoever was let in is answered, nothing is entered for nobody, and the process ends with 0."""
    with template.stage("SIGTERM under load") as stage:
        for _ in range(runs):
            stage.world.start()
            with stage.load(16) as load:
                eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                time.sleep(random.uniform(0.2, 1.0))
                asked = time.monotonic()
                status = stage.world.stop()
                stage.row.expect(status == 0, f"ended with {status}")
            stage.says("draining")
            stage.world.start()
            stage.ledger.look()
            held = {attempt.token_id for attempt in load.attempts if attempt.token_id} | stage.held
            stage.row.expect(not stage.ledger.tokens.keys() - held, "a token was entered whose answer was cut off")
            stage.heal(asked)
            stage.settle()
            stage.row.expect(stage.world.stop() == 0, "ended otherwise than with 0")
        stage.verify(whole=True)
    return stage.row


def out_of_files(template: Template, runs: int) -> Row:
    """More connections than the process may have files; then, by a lower limit at run time, not a single file more."""
    with template.stage("out of file descriptors") as stage:
        limit = 96
        stage.world.start(prefix=("prlimit", f"--nofile={limit}:{limit}"))
        stage.says(f"this process may open {limit} files")
        for _ in range(runs):
            with stage.load(4), crowd(stage, 3 * limit):
                # Idle, each of them: who has been without a request for longest makes room for a newcomer.
                attempt = stage.ask()
                stage.row.expect(attempt.outcome == "token", f"a newcomer got {attempt.outcome} {attempt.code}")
            stage.heal()
            with stage.load(4) as load:
                eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                pid = stage.world.process.pid
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), limit))
                with crowd(stage, 20):
                    time.sleep(5)
                    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limit))
                there = time.monotonic()
            stage.heal(there)
            stage.settle()
        stage.end()
    return stage.row


@contextlib.contextmanager
def crowd(stage: Stage, count: int):
    """So many connections that ask for nothing."""
    connections: list[socket.socket] = []
    try:
        for _ in range(count):
            connections.append(socket.create_connection(("127.0.0.1", stage.world.port), timeout=LIMIT))
        yield
    finally:
        for connection in connections:
            connection.close()


def overloaded(template: Template, runs: int, seconds: float) -> Row:
    """Ten times as many requests as it can answer, from ten times as many connections as its best figure takes."""
    with template.stage("10 x overload") as stage:
        world = stage.world
        scope = stage.client.scopes[0]
        other = new_client(world, stage.client.organisation, "overload", scope)
        world.start()
        sign = [
            "--sign", str(other.folder / "key.pem"), "--header", f'{{"alg":"ES256","kid":"{other.key_id}"}}',
            "--claims", f'{{"aud":"{world.issuer}","iss":"{other.id}","scope":"{scope}"}}',
        ]
        best = open_loop.ask(world.port, 50_000, 3, "--connections", "64", *sign)
        capacity = best["tokens"] / 3
        stage.row.expect(capacity > 10, f"no capacity to be overloaded: {best}")
        others = best["tokens"]
        for _ in range(runs):
            with stage.load(2):
                asked = open_loop.ask(world.port, 10 * capacity, seconds, "--connections", "3000", *sign)
            others += asked["tokens"]
            # Goodput: what is asked beyond its strength must not take its strength.
            stage.row.expect(asked["tokens"] > 0.3 * capacity * seconds, f"{asked['tokens']} tokens in {seconds} s: {asked}")
            stage.row.said = f"{capacity:.0f}/s alone, {asked['tokens'] / seconds:.0f}/s of {10 * capacity:.0f}/s asked"
            stage.heal()
            stage.settle()
            count = stage.ledger.tokens.total()
            stage.row.expect(count >= others + len(stage.held), f"{count} tokens in the ledger of {others + len(stage.held)}")
        stage.row.tokens += others
        stage.end()
    return stage.row


