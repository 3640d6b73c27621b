"""The token endpoint: highest throughput, processor time per token, latency at 70 % of it, and the yardsticks beside it."""

from __future__ import annotations

import base64
import pathlib
import subprocess
import time
import urllib.request
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import assertions
import measuring
import open_loop
from assertions import Signing
from measuring import SERVER_CORE, Report, Runs
from world import Client, World, free_ports

# DESIGN §13.
MOST_RSA_RATIO, AIM_RSA_RATIO = 1.35, "1.20"
LEAST_ES256_SHARE, AIM_ES256_SHARE = 0.22, "0.30"
MOST_P256_OVERHEAD = 60
MOST_P99_TO_P50 = 5
LEAST_GET_SHARE = 0.8
LOAD_SHARE = 0.7
RUNS = 5


@dataclass
class Load:
    """What is asked of a server, and where its forms are kept."""

    world: World
    signing: Signing
    folder: str
    # A guess, mended by each run: so many forms a second must be ready.
    rate: float = 4_000

    @property
    def bodies(self) -> str:
        return f"{self.folder}/bodies"

    def prepare(self, seconds: float) -> None:
        assertions.write(self.bodies, int(self.rate * (seconds + 1) * 1.3), self.signing)

    def run(self, seconds: float) -> dict:
        """One run: what came back, and the server's processor time per token."""
        self.prepare(seconds)
        before = measuring.cpu_seconds(self.world.process.pid)
        result = measuring.post(self.world.issuer + "token", self.bodies, seconds)
        result["cpu_us"] = (measuring.cpu_seconds(self.world.process.pid) - before) / result["tokens"] * 1e6
        self.rate = max(self.rate, result["per_second"])
        return result

    def warm(self) -> None:
        """A short run, which makes what is made at first use, and tells how many forms the next one needs."""
        self.rate = max(12_000, self.rate)
        self.rate = self.run(1)["per_second"]


def signing(client: Client, issuer: str, scope: str, x5c: bool = False) -> Signing:
    """How that client asks for that scope."""
    if x5c:
        header = {"x5c": [base64.b64encode(certificate).decode() for certificate in client.certificates]}
    else:
        header = {"kid": client.key_id}
    return Signing(client.private_key_pem.encode(), header, {"aud": issuer, "iss": client.id, "scope": scope})


def p256_signing(world: World, scope: str, folder: str) -> Signing:
    """A client with a P-256 key, made as an operator makes one; before the server starts."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = pathlib.Path(folder) / "p256.pem"
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    owner = world.client_by("registered_key").organisation
    client = world.json(
        "client", "create", "--org", owner, "--name", "benchmark", "--scope", scope, "--jwk", str(public),
        "--alg", "ES256", "--kid", "p256",
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Signing(pem, {"kid": "p256"}, {"aud": world.issuer, "iss": client["client_id"], "scope": scope})


def es256_scope(world: World) -> str:
    """A scope whose tokens are signed by ES256, on the first client with a registered key."""
    for item in world.description["scopes"]:
        if item.get("signing_algorithm") == "ES256" and item["name"] in world.client_by("registered_key").scopes:
            return item["name"]
    raise SystemExit("the demo world has no scope with ES256 tokens on its first client")


class BareServer:
    """Empty routes in the same framework: what HTTP alone costs."""

    def __init__(self, program: pathlib.Path):
        self.port, _ = free_ports()
        self.process = subprocess.Popen(["taskset", "-c", SERVER_CORE, str(program), str(self.port)])
        for _ in range(200):
            try:
                urllib.request.urlopen(self.url, timeout=1).read()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the bare server did not start")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/empty"

    def __enter__(self) -> BareServer:
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()


def measure(report: Report, folder: str, bare: pathlib.Path, seconds: float) -> dict:
    """All rows of the token endpoint; what other parts need of them."""
    world = World(pathlib.Path(folder) / "data").make()
    rsa = world.client_by("registered_key")
    p256 = p256_signing(world, es256_scope(world), folder)
    with BareServer(bare) as yardstick:
        world.start(prefix=("taskset", "-c", SERVER_CORE))
        try:
            found = rs256(report, Load(world, signing(rsa, world.issuer, rsa.scopes[0]), folder), seconds)
            certificate(report, world, folder, seconds)
            latency(report, Load(world, signing(rsa, world.issuer, rsa.scopes[0]), folder), found["per_second"], seconds)
            es256(report, Load(world, signing(rsa, world.issuer, es256_scope(world)), folder), yardstick, seconds)
            es256_of_p256(report, Load(world, p256, folder), seconds)
            published(report, world, yardstick, seconds)
            report.row("resident memory, highest", measuring.resident_mebibytes(world.process.pid), "MiB")
        finally:
            world.stop()
    return found


def rs256(report: Report, load: Load, seconds: float) -> dict:
    load.warm()
    costs, results = [], []
    for _ in range(RUNS):
        costs.append(measuring.arithmetic())
        results.append(load.run(seconds))
    for name in costs[0]:
        report.row(f"openssl speed {name.replace('_', ' ')}", Runs.of(cost[name] for cost in costs), "µs")
    throughput = Runs.of(result["per_second"] for result in results)
    report.row("RS256 tokens", throughput, "per second")
    report.row("RS256 server CPU per token", Runs.of(result["cpu_us"] for result in results), "µs")
    ratio = Runs.of(
        result["cpu_us"] / (cost["rsa2048_sign"] + cost["rsa2048_verify"]) for result, cost in zip(results, costs)
    )
    report.at_most("RS256 CPU / (one private + one public operation)", ratio, "ratio", MOST_RSA_RATIO, AIM_RSA_RATIO)
    report.row("RS256 latency p50 at full load", Runs.of(result["p50_ms"] for result in results), "ms")
    report.row("RS256 latency p99 at full load", Runs.of(result["p99_ms"] for result in results), "ms")
    return {"per_second": throughput.median, "ratio": ratio.median}


def certificate(report: Report, world: World, folder: str, seconds: float) -> None:
    client = world.client_by("certificate")
    load = Load(world, signing(client, world.issuer, client.scopes[0], x5c=True), folder)
    load.warm()
    results = [load.run(seconds) for _ in range(RUNS)]
    report.row("RS256 with `x5c`: server CPU per token", Runs.of(result["cpu_us"] for result in results), "µs")


def latency(report: Report, load: Load, throughput: float, seconds: float) -> None:
    """At a set rate, counted from the planned moment of sending."""
    load.rate = throughput * LOAD_SHARE
    answers = []
    for _ in range(RUNS):
        load.prepare(seconds)
        answer = open_loop.ask(
            load.world.port, load.rate, seconds, "--bodies", load.bodies, prefix=("taskset", "-c", measuring.LOAD_CORE)
        )
        if answer["tokens"] != answer["planned"]:
            raise SystemExit(f"the run at a set rate does not count: {answer}")
        answers.append(answer)
    report.row("latency at 70 % load: p50", Runs.of(answer["p50_ms"] for answer in answers), "ms")
    report.row("latency at 70 % load: p99", Runs.of(answer["p99_ms"] for answer in answers), "ms")
    report.at_most(
        "latency at 70 % load: p99 / p50", Runs.of(answer["p99_ms"] / answer["p50_ms"] for answer in answers), "ratio",
        MOST_P99_TO_P50,
    )


def es256(report: Report, load: Load, yardstick: BareServer, seconds: float) -> None:
    load.warm()
    seconds = min(seconds, 4)
    results, empty = [], []
    for _ in range(RUNS):
        results.append(load.run(seconds))
        # The bodies have been used up at our server, and serve once more here.
        empty.append(empty_posts(yardstick, load.bodies))
    report.row("empty POST route", Runs.of(empty), "per second")
    report.row("ES256 tokens (RSA-2048 client)", Runs.of(result["per_second"] for result in results), "per second")
    report.row("ES256 server CPU per token", Runs.of(result["cpu_us"] for result in results), "µs")
    share = Runs.of(result["per_second"] / posts for result, posts in zip(results, empty))
    report.at_least("ES256 tokens / empty POSTs", share, "ratio", LEAST_ES256_SHARE, AIM_ES256_SHARE)


def empty_posts(yardstick: BareServer, bodies: str) -> float:
    """Empty answers a second; that the last body is sent again when they are at their end is no fault here."""
    result = measuring.drive(yardstick.url, bodies, 2)
    if result["refused"] or result["socket_errors"]:
        raise SystemExit(f"the bare server refused: {result}")
    return result["tokens"] / result["seconds"]


def es256_of_p256(report: Report, load: Load, seconds: float) -> None:
    """Both signatures by P-256: the client's and ours."""
    load.warm()
    costs, results = [], []
    for _ in range(RUNS):
        costs.append(measuring.arithmetic())
        results.append(load.run(min(seconds, 4)))
    report.row("ES256 with a P-256 client: server CPU per token", Runs.of(result["cpu_us"] for result in results), "µs")
    overhead = Runs.of(
        result["cpu_us"] - cost["p256_sign"] - cost["p256_verify"] for result, cost in zip(results, costs)
    )
    report.at_most("ES256 with a P-256 client: CPU beyond the arithmetic", overhead, "µs", MOST_P256_OVERHEAD)


def published(report: Report, world: World, yardstick: BareServer, seconds: float) -> None:
    rates: dict[str, list[float]] = {"empty": [], "jwk": [], ".well-known/oauth-authorization-server": []}
    for _ in range(RUNS):
        for path, found in rates.items():
            found.append(measuring.get(yardstick.url if path == "empty" else world.issuer + path, 2))
    report.row("empty GET route", Runs.of(rates["empty"]), "per second")
    for path in ("jwk", ".well-known/oauth-authorization-server"):
        share = Runs.of(found / empty for found, empty in zip(rates[path], rates["empty"]))
        report.row(f"GET /{path}", Runs.of(rates[path]), "per second")
        report.at_least(f"GET /{path} / empty GETs", share, "ratio", LEAST_GET_SHARE)
