#!/usr/bin/env python3
"""Holds connections open that do nothing, and others that send a byte now and then: what a server must bear.

    crowd.py PORT IDLE SLOW

Opens IDLE connections (every other one after a request that was answered) and SLOW ones, half of which never come to the
end of a head and half never to the end of a body. They come one after another over SPREAD seconds, and each sends a byte a
second at a moment of its own, as peers that know nothing of each other do. What the server closes is opened again, as
whoever means harm would.
Prints a line of JSON when all are open, and another when its standard input ends.
"""

from __future__ import annotations

import json
import os
import resource
import select
import selectors
import socket
import sys
import time

HEAD = b"GET /jwk HTTP/1.1\r\nHost: crowd\r\n"
BODY = (
    b"POST /token HTTP/1.1\r\nHost: crowd\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 60000\r\n\r\n"
)
REQUEST = b"GET /health/live HTTP/1.1\r\nHost: crowd\r\n\r\n"
# What a slow connection holds back: so much of a body is there from the start, and must be kept by the server.
FIRST_PART = b"a" * 8_000
# A second is cut into so many parts for those that send.
SLICES = 100
# Over so many seconds the slow ones come: as long as the server waits for a body, so that it cuts them off one by one too.
SPREAD = 10


class Crowd:
    def __init__(self, port: int, idle: int, slow: int):
        self.port = port
        self.selector = selectors.EpollSelector()
        self.kinds: dict[socket.socket, str] = {}
        # The slow ones by the slice of the second in which they send.
        self.slices: list[dict[socket.socket, str]] = [{} for _ in range(SLICES)]
        self.next_slice = 0
        # When the next slice begins.
        self.due = 0.0
        self.closed = {"idle": 0, "head": 0, "body": 0}
        self.refused = 0
        self.wanted = ["idle"] * idle + ["head", "body"] * (slow // 2)

    def open(self, kind: str, number: int) -> None:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        if kind == "idle" and number % 2:
            connection.sendall(REQUEST)
        elif kind == "head":
            connection.sendall(HEAD)
        elif kind == "body":
            connection.sendall(BODY + FIRST_PART)
        connection.setblocking(False)
        self.kinds[connection] = kind
        if kind != "idle":
            min(self.slices, key=len)[connection] = kind
        self.selector.register(connection, selectors.EVENT_READ)

    def fill(self) -> None:
        slow = [kind for kind in self.wanted if kind != "idle"]
        for number in range(len(self.wanted) - len(slow)):
            self.open("idle", number)
            if number % 200 == 0:
                self.reap(0)
        start = self.due = time.monotonic()
        for number, kind in enumerate(slow):
            while self.due < start + SPREAD * number / len(slow):
                self.step()
            self.open(kind, number)

    def reap(self, timeout: float) -> list[str]:
        """Reads what came; returns the kinds of the connections that the server has closed."""
        gone = []
        for key, _ in self.selector.select(timeout):
            try:
                if key.fileobj.recv(65_536):
                    continue
            except BlockingIOError:
                continue
            except OSError:
                pass
            gone.append(self.drop(key.fileobj))
        return gone

    def drop(self, connection: socket.socket) -> str:
        self.selector.unregister(connection)
        connection.close()
        kind = self.kinds.pop(connection)
        for part in self.slices:
            part.pop(connection, None)
        self.closed[kind] += 1
        return kind

    def trickle(self) -> list[str]:
        """Another byte of each head and body whose moment it is."""
        gone = []
        part = self.slices[self.next_slice]
        self.next_slice = (self.next_slice + 1) % SLICES
        for connection in list(part):
            try:
                connection.send(b"x")
            except BlockingIOError:
                pass
            except OSError:
                gone.append(self.drop(connection))
        return gone

    def hold(self) -> None:
        while not select.select([sys.stdin], [], [], 0)[0]:
            self.step()

    def step(self) -> None:
        """One slice of a second: reads, sends, and opens again what was closed."""
        gone = self.reap(max(0, self.due - time.monotonic()))
        while self.due <= time.monotonic():
            self.due += 1 / SLICES
            gone += self.trickle()
        for number, kind in enumerate(gone):
            try:
                self.open(kind, number)
            except OSError:
                self.refused += 1
                self.wanted.remove(kind)

    def report(self) -> None:
        line = {"open": len(self.kinds), "closed_by_server": self.closed, "refused": self.refused}
        print(json.dumps(line), flush=True)


def main() -> None:
    # A crowd has machines of its own; what this one computes is not to be taken from those who are measured.
    os.nice(19)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    crowd = Crowd(*(int(argument) for argument in sys.argv[1:4]))
    crowd.fill()
    crowd.report()
    crowd.hold()
    crowd.report()


if __name__ == "__main__":
    main()
