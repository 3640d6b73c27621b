#!/usr/bin/env python3
"""Imports bulk files of units into SQLite as a careful Python script would: the measure for `portvakt org import`.

    register_import.py DATABASE FILE.json.gz…

The array is cut into objects while the file streams (between two objects stands `},{`, whatever white space is around the
comma), orjson parses some thousand of them at a time, and they go into one table in batches inside one transaction, with
the columns that Portvakt keeps. Nothing is held but one batch.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import sys
from collections.abc import Iterator

import orjson

CHUNK = 4 * 1_048_576
# The last place in a chunk where one unit ends and the next begins: the first member of each is its number.
BOUNDARY = re.compile(rb'\}\s*,\s*(?=\{"organisasjonsnummer")')
PLACES = ("forretningsadresse", "beliggenhetsadresse", "postadresse")
DETAILS = (
    "historiskeNavn", "registreringsdatoEnhetsregisteret", "registreringsdatoForetaksregisteret",
    "registreringsdatoMerverdiavgiftsregisteret", "registreringsdatoFrivillighetsregisteret", "stiftelsesdato",
    "oppstartsdato", "nedleggelsesdato", "underRekonstruksjonsforhandlingDato",
    "underUtenlandskInsolvensbehandlingDato",
)
TABLE = """
    CREATE TABLE IF NOT EXISTS organisation (
        number INTEGER PRIMARY KEY, sub_unit INTEGER, deleted TEXT, bankrupt INTEGER, bankrupt_day TEXT,
        winding_up INTEGER, winding_up_day TEXT, compulsory INTEGER, parent INTEGER, name TEXT, form TEXT,
        form_description TEXT, detail BLOB
    )
"""
INSERT = "INSERT OR REPLACE INTO organisation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def batches(path: str) -> Iterator[list[dict]]:
    """The units of a file, some thousand at a time."""
    rest = b""
    with gzip.open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            rest += chunk
            cuts = [match.end() for match in BOUNDARY.finditer(rest, max(0, len(rest) - 65_536))]
            if not cuts:
                continue
            text, rest = rest[: cuts[-1]].rstrip()[:-1], b"[" + rest[cuts[-1] :]
            yield orjson.loads(text + b"]")
    yield orjson.loads(rest)


def row(unit: dict) -> tuple:
    form = unit.get("organisasjonsform") or {}
    kept = {name: unit[name] for name in DETAILS if name in unit}
    kept["naeringskode1"] = (unit.get("naeringskode1") or {}).get("kode")
    place = next((unit[name] for name in PLACES if name in unit), None)
    if place:
        kept["adresse"] = [place.get(name) for name in ("adresse", "postnummer", "poststed", "landkode", "kommunenummer")]
    parent = unit.get("overordnetEnhet")
    return (
        int(unit["organisasjonsnummer"]), form.get("kode") in ("BEDR", "AAFY"), unit.get("slettedato"),
        unit.get("konkurs"), unit.get("konkursdato"), unit.get("underAvvikling"), unit.get("underAvviklingDato"),
        unit.get("underTvangsavviklingEllerTvangsopplosning"), int(parent) if parent else None, unit.get("navn"),
        form.get("kode"), form.get("beskrivelse"), orjson.dumps(kept),
    )


def main(database: str, *files: str) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(TABLE)
    connection.execute("BEGIN IMMEDIATE")
    for file in files:
        for units in batches(file):
            connection.executemany(INSERT, map(row, units))
    connection.execute("COMMIT")
    print(connection.execute("SELECT count(*) FROM organisation").fetchone()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
