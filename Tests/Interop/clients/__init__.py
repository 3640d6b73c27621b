"""Clients that others wrote, each behind one function: ask for a token, or be refused."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import requests


@dataclass(frozen=True)
class Credentials:
    """What a consumer holds, and whom it asks for what."""

    issuer: str
    client_id: str
    key_id: str
    private_key: str
    scope: str

    @property
    def token_endpoint(self) -> str:
        return self.issuer + "token"

    def but(self, **changes: str) -> Credentials:
        return replace(self, **changes)


class Refused(Exception):
    """The server's refusal, as it came over the wire, and what the program made of it."""

    def __init__(self, body: dict, told: str):
        super().__init__(told)
        self.body = body
        # What the program's user sees: the text of its own error.
        self.told = told

    @property
    def code(self) -> str | None:
        return self.body.get("code")


@dataclass
class Wire:
    """What a library built on `requests` received, whether it shows it or not."""

    answers: list[requests.Response] = field(default_factory=list)

    def refusal(self, error: Exception) -> Refused:
        """The last answer as a refusal; another fault of the program goes on as it is."""
        if not self.answers or self.answers[-1].ok:
            raise error
        return Refused(json.loads(self.answers[-1].content), f"{error} {getattr(error, 'description', '') or ''}")


@contextlib.contextmanager
def listening() -> Iterator[Wire]:
    """Keeps the answers that come in meanwhile; changes nothing."""
    wire, send = Wire(), requests.Session.send

    def keep(session, request, **arguments):
        answer = send(session, request, **arguments)
        wire.answers.append(answer)
        return answer

    requests.Session.send = keep
    try:
        yield wire
    finally:
        requests.Session.send = send
