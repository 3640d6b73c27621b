#!/usr/bin/env python3
"""Imports a large register while the server issues tokens, and measures how long a token request waits.

    import_while_issuing.py [UNITS] [REQUESTS_PER_SECOND]      default: 200,000 units, 100 requests a second

The import is the command of another process on the same database. Latency counts from the moment a request was due.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
from dataclasses import dataclass

from load import Load, percentile
from world import World, binary, scratch


@dataclass
class Measurement:
    units: int
    import_seconds: float
    requests: int
    p50_ms: float
    p99_ms: float
    highest_ms: float


def check_digit(stem: int) -> int | None:
    total = sum(weight * int(digit) for weight, digit in zip((3, 2, 7, 6, 5, 4, 3, 2), str(stem)))
    digit = (11 - total % 11) % 11
    return digit if digit < 10 else None


def write_register(path: pathlib.Path, units: int) -> None:
    """A file in the register's bulk form: one array of main units."""
    written, stem = 0, 28_000_000
    with path.open("w", encoding="utf-8") as file:
        while written < units:
            digit = check_digit(stem)
            if digit is not None:
                unit = {
                    "organisasjonsnummer": f"{stem}{digit}",
                    "navn": f"SYNTETISK ENHET {stem} AS",
                    "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
                    "registreringsdatoEnhetsregisteret": "2019-04-08",
                    "naeringskode1": {"kode": "62.010", "beskrivelse": "Programmeringstjenester"},
                    "forretningsadresse": {
                        "land": "Norge", "landkode": "NO", "postnummer": "0154", "poststed": "OSLO",
                        "adresse": ["Prøvegata 1"], "kommune": "OSLO", "kommunenummer": "0301",
                    },
                    "konkurs": False, "underAvvikling": False,
                    "underTvangsavviklingEllerTvangsopplosning": False, "respons_klasse": "Enhet",
                }
                file.write(("[" if written == 0 else ",") + json.dumps(unit, ensure_ascii=False) + "\n")
                written += 1
            stem += 1
        file.write("]\n")


def measure(world: World, folder: pathlib.Path, units: int, per_second: float) -> Measurement:
    register = folder / "enheter.json"
    write_register(register, units)
    return measure_file(world, register, per_second)


def measure_file(world: World, register: pathlib.Path, per_second: float) -> Measurement:
    """Imports a file of main units while tokens are asked for."""
    client = world.client_by("registered_key")
    world.start()
    with Load(world, client, workers=16, per_second=per_second) as load:
        # The first requests open connections and fill caches, as they would have long before.
        time.sleep(2)
        warm = len(load.attempts)
        start = time.monotonic()
        command = [str(binary()), "org", "import", str(register), "--update", "--data", str(world.folder), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        taken = time.monotonic() - start
        time.sleep(0.5)
    assert done.returncode == 0, done.stdout + done.stderr
    attempts = load.attempts[warm:]
    assert {attempt.outcome for attempt in attempts} == {"token"}, {attempt.code for attempt in attempts}
    latencies = [attempt.latency * 1000 for attempt in attempts]
    assert world.stop() == 0, world.tail()
    return Measurement(
        json.loads(done.stdout)["read"], round(taken, 2), len(latencies), round(percentile(latencies, 0.5), 2),
        round(percentile(latencies, 0.99), 2), round(max(latencies), 2),
    )


def main(units: int = 200_000, per_second: int = 100) -> None:
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make()
        try:
            print(measure(world, pathlib.Path(folder), units, per_second))
        finally:
            world.kill()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
