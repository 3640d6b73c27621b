"""What schemathesis needs to know of a served world: tokens of several organisations, and values that mean something there.

Loaded by schemathesis through SCHEMATHESIS_HOOKS; the world is told by the file that PORTVAKT_OPENAPI_WORLD names.
"""

import itertools
import json
import os
import pathlib
import re
import threading
import time
import urllib.parse
import urllib.request
import uuid

import schemathesis
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import strategies

from registrars import DESCRIBED_IN_FULL, Registered
from world import token_form

WORLD = json.loads(pathlib.Path(os.environ["PORTVAKT_OPENAPI_WORLD"]).read_text(encoding="utf-8"))

# Form faults that no positive data may meet: the schema promised that it can be read.
MALFORMED = {"body_malformed", "body_member", "query_malformed", "query_parameter", "path_parameter", "header_parameter"}


class Tokens:
    """Tokens of the administrators in turn; each lives two minutes, and is used for less than one."""

    def __init__(self):
        self.lock = threading.Lock()
        self.kept: dict[str, tuple[float, str]] = {}
        self.turn = itertools.cycle(WORLD["administrators"])

    def next(self) -> str:
        with self.lock:
            administrator = next(self.turn)
            taken, text = self.kept.get(administrator["client_id"], (0.0, ""))
            if time.monotonic() - taken > 45:
                client = Registered(
                    administrator["client_id"], administrator["kid"],
                    load_pem_private_key(administrator["key"].encode(), None),
                )
                request = urllib.request.Request(
                    WORLD["issuer"] + "token",
                    data=token_form(client.assertion(WORLD["issuer"], administrator["scope"])),
                )
                with urllib.request.urlopen(request, timeout=60) as answer:
                    text = json.load(answer)["access_token"]
                self.kept[administrator["client_id"]] = (time.monotonic(), text)
            return text


TOKENS = Tokens()


@schemathesis.auth(refresh_interval=None)
class Administrators:
    def get(self, case, context):
        return TOKENS.next()

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {TOKENS.next()}"}


# What stands in a head beyond this is refused by the HTTP parser, before there is a request that could be answered in JSON.
LONGEST_QUERY = 6_000


@schemathesis.hook
def filter_case(context, case) -> bool:
    return len(urllib.parse.urlencode(case.query or {}, doseq=True)) <= LONGEST_QUERY


def organisation_number(stem: int) -> str | None:
    """Nine digits, the last a check digit (modulus 11)."""
    digits = [int(digit) for digit in f"{stem:08d}"]
    check = -sum(weight * digit for weight, digit in zip([3, 2, 7, 6, 5, 4, 3, 2], digits, strict=True)) % 11
    return None if check == 10 else f"{stem:08d}{check}"


schemathesis.openapi.format(
    "organisation-number",
    strategies.sampled_from(WORLD["organisations"])
    | strategies.integers(80_000_000, 99_999_999).map(organisation_number).filter(lambda number: number is not None),
)
schemathesis.openapi.format(
    "scope-name",
    strategies.sampled_from(WORLD["scopes"])
    | strategies.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}:[a-z0-9._/:-]{1,40}", fullmatch=True),
)
schemathesis.openapi.format(
    "client-id", strategies.sampled_from(WORLD["clients"]) | strategies.uuids().map(str)
)
# Most of the time nothing is compared, so that acts are performed and not only refused.
schemathesis.openapi.format(
    "entity-tags", strategies.just("*") | strategies.sampled_from(['*', '"known"', 'W/"known"', '"one", "two"'])
)
schemathesis.openapi.format("uuid", strategies.uuids().map(str) | strategies.just(str(uuid.UUID(int=0))))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Leaves the administrators alone: schemathesis learns their identifiers from lists, and would stop its own tokens."""
    administrators = {administrator["client_id"] for administrator in WORLD["administrators"]}
    for part in (case.path_parameters, case.query):
        if part and isinstance(part.get("client_id"), str) and part["client_id"] in administrators:
            part["client_id"] = str(uuid.uuid4())


@schemathesis.check
def positive_data_can_be_read(ctx, response, case):
    """In the place of `positive_data_acceptance`: what the schema allows is always read.

    It may still break a rule that no schema states, a scope that was never granted above all; the server answers those with
    400 as the original API does, but tells them apart by `reason`. A faulty check digit, the one rule on the form of a value
    that JSON Schema cannot state, is left to the format `organisation-number`.
    """
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive or response.status_code != 400:
        return
    if not re.match(DESCRIBED_IN_FULL, case.operation.path):
        return
    problem = response.json()
    if problem["reason"] in MALFORMED and "organisation number" not in problem["detail"]:
        raise AssertionError(f"positive data is malformed to the server: {problem['detail']}")
