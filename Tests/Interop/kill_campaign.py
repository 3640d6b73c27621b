#!/usr/bin/env python3
"""Kills the server under load, again and again, and asks after each restart whether anything was lost or used twice.

    kill_campaign.py [ROUNDS] [SECONDS]      default: 5 rounds of 3 seconds

After each `kill -9` and restart:
- `audit verify` finds the chain whole;
- every token that a client received is in the ledger;
- no assertion that gave a token is accepted again;
- an assertion whose answer was lost gives a token now, or had given one that stands in the ledger; never both.
"""

from __future__ import annotations

import pathlib
import random
import sys
import time
from dataclasses import dataclass

from load import Attempt, Load
from world import World, payload, scratch


@dataclass
class Summary:
    rounds: int = 0
    tokens: int = 0
    lost: int = 0
    lost_but_issued: int = 0
    replays_refused: int = 0


def ledger_tokens(world: World) -> list[str]:
    """The `jti` of every token in the ledger, in the order of the chain."""
    return [entry["jti"] for entry in world.ledger("token_issued")]


def ask_again(world: World, attempt: Attempt) -> str | None:
    """Sends the assertion once more: the new token's `jti`, or nil when it is refused as used."""
    answer = world.token(attempt.assertion)
    if answer.status == 200:
        return payload(answer.body["access_token"])["jti"]
    assert answer.code == "MP-012", answer.body
    return None


def campaign(world: World, rounds: int, seconds: float, workers: int = 16) -> Summary:
    summary = Summary()
    client = world.client_by("registered_key")
    received: list[str] = []
    used: list[Attempt] = []
    world.start()
    for _ in range(rounds):
        with Load(world, client, workers) as load:
            time.sleep(seconds * random.uniform(0.5, 1.0))
            world.kill()
        world.start()
        check_chain(world)

        tokens = [attempt for attempt in load.attempts if attempt.outcome == "token"]
        lost = [attempt for attempt in load.attempts if attempt.outcome == "lost"]
        refused = {attempt.code for attempt in load.attempts if attempt.outcome == "refused"}
        assert tokens, "the round issued nothing"
        assert not refused, refused
        received += [attempt.token_id for attempt in tokens if attempt.token_id]
        used += tokens

        ledger = ledger_tokens(world)
        assert len(set(ledger)) == len(ledger), "a token identifier stands in the ledger twice"
        assert set(received) <= set(ledger), "a token that a client holds is not in the ledger"
        unclaimed = set(ledger) - set(received)

        # Those that the crash swallowed: issued and entered without an answer, or not at all.
        again = [ask_again(world, attempt) for attempt in lost]
        issued_before = again.count(None)
        assert issued_before == len(unclaimed), (issued_before, len(unclaimed))
        received += [token for token in again if token] + list(unclaimed)
        used += lost

        now = time.time()
        fresh = [attempt for attempt in used if attempt.expires > now + 5]
        assert fresh, "every assertion has expired: the test looks at nothing"
        for attempt in random.sample(fresh, min(len(fresh), 300)):
            assert ask_again(world, attempt) is None, "an assertion was accepted twice"
            summary.replays_refused += 1
        summary.rounds += 1
        summary.tokens += len(tokens)
        summary.lost += len(lost)
        summary.lost_but_issued += issued_before
    assert world.stop() == 0, world.tail()
    check_chain(world)
    return summary


def check_chain(world: World) -> None:
    done = world.on_data("audit", "verify", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def main(rounds: int = 5, seconds: float = 3) -> None:
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make()
        try:
            print(campaign(world, rounds, seconds))
        finally:
            world.kill()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
