"""A register that speaks Enhetsregisteret's open API on loopback, for tests: units, roles, change feeds, and faults.

Pages are HAL as the real ones: no `_embedded` where there is nothing, identifiers that rise but not by one, `oppdateringsid`
inclusive, 404 for what was never there and 410 for what was removed. Changes of roles are an array of CloudEvents.
"""

from __future__ import annotations

import collections
import datetime
import gzip
import http.server
import json
import pathlib
import random
import socket
import struct
import threading
import time
from urllib.parse import parse_qs, urlsplit

FEEDS = {"enheter": "oppdaterteEnheter", "underenheter": "oppdaterteUnderenheter"}
BASE = "/enhetsregisteret/api"


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def instant(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class RegisterAPI:
    """A register in memory, served as long as the `with` block lasts."""

    def __init__(self, seed: int = 1):
        self.units: dict[tuple[str, str], bytes] = {}
        self.roles: dict[str, bytes] = {}
        self.gone: set[tuple[str, str]] = set()
        self.feeds: dict[str, list[dict]] = {"enheter": [], "underenheter": [], "roller": []}
        # What becomes of the next requests whose path holds the text: names of faults, the first for the first.
        self.faults: collections.deque[tuple[str, str]] = collections.deque()
        self.asked: list[str] = []
        # Entries of a feed beyond this many are not told yet.
        self.horizon: int | None = None
        self.delay = 0.0
        self.random = random.Random(seed)
        self.last = {"enheter": 15_600_739, "underenheter": 14_757_180}
        self.lock = threading.Lock()
        owner = self

        class Handler(Speaker):
            api = owner

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def __enter__(self) -> RegisterAPI:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{BASE}"

    # What is in it.

    def load(self, folder: pathlib.Path) -> RegisterAPI:
        """Takes the bulk files that `org generate` wrote."""
        for kind in FEEDS:
            for unit in json.loads(gzip.decompress((folder / f"{kind}.json.gz").read_bytes())):
                self.units[kind, unit["organisasjonsnummer"]] = json.dumps(unit).encode()
        for entry in json.loads(gzip.decompress((folder / "roller.json.gz").read_bytes())):
            self.roles[entry["organisasjonsnummer"]] = json.dumps(entry).encode()
        return self

    def numbers(self, kind: str) -> list[str]:
        return sorted(number for held, number in self.units if held == kind)

    def unit(self, kind: str, number: str) -> dict:
        return json.loads(self.units[kind, number])

    # What happens to it.

    def put(self, kind: str, unit: dict, change: str = "Endring") -> None:
        """A unit is new or other than before."""
        number = unit["organisasjonsnummer"]
        self.units[kind, number] = json.dumps(unit).encode()
        self.tell(kind, number, change)

    def delete(self, kind: str, number: str, day: str = "2026-02-03") -> None:
        """Sletting: the register shows number, name, form and day from now on."""
        unit = self.unit(kind, number)
        left = {name: unit[name] for name in ("organisasjonsnummer", "navn", "organisasjonsform")}
        left["respons_klasse"] = "SlettetEnhet" if kind == "enheter" else "SlettetUnderEnhet"
        self.units[kind, number] = json.dumps(left | {"slettedato": day}).encode()
        self.tell(kind, number, "Sletting")

    def remove(self, kind: str, number: str, change: str = "Fjernet") -> None:
        """Fjernet: removed for legal reasons."""
        self.units.pop((kind, number), None)
        self.gone.add((kind, number))
        self.tell(kind, number, change)

    def assign(self, number: str, roles: dict | None) -> None:
        """The roles of a unit are others, or none are shown any more."""
        if roles is None:
            self.roles.pop(number, None)
        else:
            self.roles[number] = json.dumps(roles).encode()
        self.tell("roller", number, "")

    def tell(self, feed: str, number: str, change: str) -> None:
        with self.lock:
            if feed == "roller":
                count = len(self.feeds[feed])
                # Many events of one instant, as a nightly run of the register gives them.
                moment = self.feeds[feed][-1]["time"] if count % 7 else instant(now())
                self.feeds[feed].append({
                    "specversion": "1.0", "id": f"event-{count}", "source": "https://data.brreg.no/enhetsregisteret/api",
                    "type": "no.brreg.enhetsregisteret.rolle.oppdatert", "time": moment,
                    "data": {"organisasjonsnummer": number},
                })
                return
            self.last[feed] += self.random.randint(1, 9)
            self.feeds[feed].append({
                "oppdateringsid": self.last[feed], "dato": instant(now()), "organisasjonsnummer": number,
                "endringstype": change, "_links": {feed: {"href": f"{self.url}/{feed}/{number}"}},
            })

    # What it answers.

    def page(self, feed: str, query: dict[str, list[str]]) -> object:
        size = int(query.get("size", ["20"])[0])
        with self.lock:
            entries = self.feeds[feed][: self.horizon]
        if feed == "roller":
            after = parsed(query["afterTime"][0])
            return [event for event in entries if parsed(event["time"]) > after][:size]
        if "oppdateringsid" in query:
            found = [entry for entry in entries if entry["oppdateringsid"] >= int(query["oppdateringsid"][0])]
        else:
            since = parsed(query["dato"][0])
            found = [entry for entry in entries if parsed(entry["dato"]) >= since]
        page: dict = {
            "_links": {"self": {"href": f"{self.url}/oppdateringer/{feed}"}},
            "page": {"size": size, "totalElements": len(found), "totalPages": -(-len(found) // size), "number": 0},
        }
        if found:
            page["_embedded"] = {FEEDS[feed]: found[:size]}
        return page

    def answer(self, path: str) -> tuple[int, bytes]:
        url = urlsplit(path)
        parts = url.path.removeprefix(BASE).strip("/").split("/")
        match parts:
            case ["oppdateringer", feed] if feed in self.feeds:
                return 200, json.dumps(self.page(feed, parse_qs(url.query))).encode()
            case [kind, number] if kind in FEEDS:
                if (kind, number) in self.gone:
                    return 410, b"{}"
                found = self.units.get((kind, number))
                return (200, found) if found is not None else (404, b"")
            case ["enheter", number, "roller"]:
                if ("enheter", number) in self.gone:
                    return 410, b"{}"
                found = self.roles.get(number)
                return (200, found) if found is not None else (404, b"")
        return 404, b""

    def fault(self, path: str) -> str | None:
        with self.lock:
            if self.faults and self.faults[0][0] in path:
                return self.faults.popleft()[1]
        return None


class Speaker(http.server.BaseHTTPRequestHandler):
    """Answers, or does one of the things that servers do instead."""

    api: RegisterAPI
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        self.api.asked.append(self.path)
        if self.api.delay:
            time.sleep(self.api.delay)
        status, body = self.api.answer(self.path)
        match self.api.fault(self.path):
            case None:
                self.reply(status, body)
            case "500":
                self.reply(500, b"oops")
            case "503":
                self.reply(503, b"later", {"Retry-After": "1"})
            case "429":
                self.reply(429, b"too many", {"Retry-After": "1"})
            case "redirect":
                self.reply(302, b"", {"Location": f"{self.api.url}/elsewhere"})
            case "garbage":
                self.reply(200, b"<html>maintenance</html>")
            case "truncated":
                self.reply(200, body[: len(body) // 2])
            case "other":
                self.reply(200, b'{"organisasjonsnummer":"991825827","navn":"X","organisasjonsform":{"kode":"AS"}}')
            case "slow":
                time.sleep(2)
                self.reply(status, body)
            case "oversized":
                self.oversized()
            case "reset":
                self.reset(body)
            case unknown:
                raise AssertionError(unknown)

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def oversized(self) -> None:
        """More than anybody should take, without saying so first."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(80):
                self.wfile.write(b" " * 1_048_576)
        except OSError:
            pass

    def reset(self, body: bytes) -> None:
        """Half a body, and then the connection is torn."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + 100))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
