"""Clients that are programs of other languages, run as processes of their own."""

from __future__ import annotations

import json
import pathlib
import subprocess
from dataclasses import asdict

from clients import Credentials, Refused
from toolchains import go_program

HERE = pathlib.Path(__file__).resolve().parents[1]


def told(command: list[str], credentials: Credentials) -> dict:
    """What the program prints when it is given credentials."""
    document = {**asdict(credentials), "token_endpoint": credentials.token_endpoint}
    done = subprocess.run(command, input=json.dumps(document), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    if "access_token" not in answer:
        raise Refused(json.loads(answer["body"]), answer["error"])
    return answer


def go_oauth2_jwt(credentials: Credentials) -> str:
    """Go's golang.org/x/oauth2/jwt."""
    return told([str(go_program("client"))], credentials)["access_token"]


def ruby_signet(credentials: Credentials) -> str:
    """Ruby's signet, which has no way to send `kid`."""
    return told(["ruby", str(HERE / "ruby/signet_client.rb")], credentials)["access_token"]


PROGRAMS = {"Go x/oauth2/jwt": go_oauth2_jwt, "ruby-signet": ruby_signet}
