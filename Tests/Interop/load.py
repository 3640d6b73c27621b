"""Clients that ask for tokens over kept-alive connections, and remember every answer."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass

from world import FORM, Client, Grant, World, exchange, payload, token_form


@dataclass
class Attempt:
    """One assertion that was sent, and what became of it."""

    assertion: str
    expires: int
    # "token", "refused", "lost" (the connection broke before an answer came) or "hung" (none came in time).
    outcome: str
    # The `jti` of the token that was received.
    token_id: str | None = None
    code: str | None = None
    reason: str | None = None
    # From the moment it was due to the answer, in seconds.
    latency: float = 0
    # From the moment it was sent to the answer.
    waited: float = 0


class Load:
    """So many clients at once, each as fast as it is answered or at a fixed pace, until told to stop."""

    def __init__(
        self, world: World, client: Client, workers: int, per_second: float | None = None, patience: float = 10
    ):
        self.world = world
        self.client = client
        self.key = client.private_key
        # How long a client waits for an answer, in seconds.
        self.patience = patience
        self.attempts: list[Attempt] = []
        self.stopped = threading.Event()
        self.interval = workers / per_second if per_second else None
        self.threads = [threading.Thread(target=self.work, args=(number / workers,)) for number in range(workers)]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def work(self, offset: float) -> None:
        connection = self.connection()
        due = time.monotonic() + (self.interval or 0) * offset
        while not self.stopped.is_set():
            if self.interval:
                # A late answer does not excuse the next request: latency counts from when it was due.
                time.sleep(max(0, due - time.monotonic()))
            grant = Grant.of(self.client, self.world.issuer, key=self.key)
            assertion = grant.signed()
            start = due if self.interval else time.monotonic()
            attempt = self.send(connection, assertion, grant.claims["exp"])
            attempt.latency = time.monotonic() - start
            self.attempts.append(attempt)
            if attempt.outcome in ("lost", "hung"):
                connection.close()
                time.sleep(0.02)
            due += self.interval or 0
        connection.close()

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.world.port, timeout=self.patience)

    def once(self) -> Attempt:
        """One request over a connection of its own."""
        connection = self.connection()
        grant = Grant.of(self.client, self.world.issuer, key=self.key)
        try:
            return self.send(connection, grant.signed(), grant.claims["exp"])
        finally:
            connection.close()

    def send(self, connection: http.client.HTTPConnection, assertion: str, expires: int) -> Attempt:
        start = time.monotonic()
        attempt = self.sent(connection, assertion, expires)
        attempt.waited = attempt.latency = time.monotonic() - start
        return attempt

    def sent(self, connection: http.client.HTTPConnection, assertion: str, expires: int) -> Attempt:
        try:
            answer = exchange(connection, "POST", "/token", token_form(assertion), FORM)
        except TimeoutError:
            return Attempt(assertion, expires, "hung")
        except (OSError, http.client.HTTPException, ValueError):
            return Attempt(assertion, expires, "lost")
        if answer.status == 200:
            return Attempt(assertion, expires, "token", payload(answer.body["access_token"])["jti"])
        return Attempt(assertion, expires, "refused", code=answer.code, reason=answer.body.get("reason"))


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
