"""A PKCS#11 token that stops signing under a running server: no token without an entry, no entry without a token."""

import os
import pathlib
import shutil
import subprocess
import time

import pytest

from load import Load
from world import Grant, World, payload, scratch

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
TOOLS = (shutil.which("softhsm2-util"), shutil.which("pkcs11-tool"), os.path.exists(SOFTHSM))


@pytest.fixture
def tokens(monkeypatch):
    """The folder with SoftHSM's tokens, one of them with the label `portvakt`."""
    with scratch() as name:
        folder = pathlib.Path(name) / "tokens"
        folder.mkdir()
        configuration = pathlib.Path(name) / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n", encoding="utf-8")
        monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "portvakt", "--so-pin", "471100", "--pin", "4711"],
            check=True, capture_output=True,
        )
        yield folder


@pytest.fixture
def world(tokens):
    pin = tokens.parent / "pin"
    pin.write_text("4711\n", encoding="ascii")
    pin.chmod(0o600)
    world = World(tokens.parent / "data").make()
    world.configure(
        signing_key_token=f'"pkcs11:token=portvakt?module-path={SOFTHSM}"', signing_key_pin_file=str(pin)
    )
    world.on_data("keys", "rotate", "--now", "--yes")
    try:
        yield world.start()
    finally:
        world.kill()


def issued(world: World) -> set[str]:
    return {entry["jti"] for entry in world.ledger("token_issued")}


@pytest.mark.skipif(not all(TOOLS), reason="softhsm2 and opensc are not installed")
def test_while_the_token_does_not_sign_nothing_is_entered_or_used_up_and_it_heals_by_itself(world, tokens):
    client = world.client_by("registered_key")
    held = {payload(world.token(Grant.of(client, world.issuer).signed()).body["access_token"])["jti"]}
    assert issued(world) == held

    # The token loses its keys while many ask. (One that is pulled SoftHSM looks for at its initialisation alone.)
    [device] = tokens.iterdir()
    keys = [file for file in device.glob("*.object") if file.name != "token.object"]
    away = tokens.parent / "pulled"
    away.mkdir()
    with Load(world, client, 4) as load:
        wait_for(load, "token", 20)
        for file in keys:
            file.rename(away / file.name)
        tell_of_change(tokens.parent)
        wait_for(load, "refused", 20)
    assert {attempt.code for attempt in load.attempts if attempt.outcome == "refused"} == {"PV-008"}
    held |= {attempt.token_id for attempt in load.attempts if attempt.token_id}
    assert issued(world) == held, "an entry tells of a token that was never made, or a token has no entry"

    assertion = Grant.of(client, world.issuer).signed()
    answer = world.token(assertion)
    assert (answer.status, answer.code, answer.body["reason"]) == (503, "PV-008", "signing_failed")
    assert answer.headers["Retry-After"] == "5"

    for file in keys:
        (away / file.name).rename(file)
    tell_of_change(tokens.parent)
    answer = world.token(assertion)
    assert answer.status == 200, answer.body
    held.add(payload(answer.body["access_token"])["jti"])
    assert world.token(assertion).code == "MP-012"
    assert issued(world) == held
    assert world.on_data("audit", "verify").returncode == 0
    # Told once each, not with every request.
    log = world.log.read_text(encoding="utf-8")
    assert log.count("signing key cannot be used") == 1
    assert log.count("signing key can be used again") == 1


def tell_of_change(folder: pathlib.Path) -> None:
    """Writes something into the token, so that processes that have it open look at what is in it."""
    (folder / "note").write_bytes(b"note")
    # The server reads the token's files meanwhile: who comes at the wrong moment tries again.
    for _ in range(20):
        done = subprocess.run(
            ["pkcs11-tool", "--module", SOFTHSM, "--token-label", "portvakt", "--login", "--pin", "4711",
             "--write-object", folder / "note", "--type", "data", "--label", "note"],
            capture_output=True, text=True,
        )
        if done.returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError(done.stdout + done.stderr)


def wait_for(load: Load, outcome: str, count: int) -> None:
    deadline = time.monotonic() + 30
    while sum(attempt.outcome == outcome for attempt in load.attempts) < count:
        assert time.monotonic() < deadline, [attempt.outcome for attempt in load.attempts][-10:]
        time.sleep(0.01)
