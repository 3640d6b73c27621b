"""The commands of the how-tos on keys, backup and incidents run as the pages show them."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from world import ROOT, Grant, World, binary, scratch

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


def commands(page: str) -> list[str]:
    """The indented lines that are commands, without their remarks."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    lines = re.findall(r"^ {4,}((?:portvakt|softhsm2-util|systemctl) .*)$", text, re.MULTILINE)
    return [re.sub(r" +#.*", "", line) for line in lines]


class Scene:
    """A folder with an installation that is served, and the commands by their own names."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.world = World(folder / "data").make().start()
        (folder / "bin").mkdir()
        (folder / "bin/portvakt").symlink_to(binary())
        self.environment = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder), "SO_PIN": "471100", "PIN": "4711",
            "SOFTHSM2_CONF": str(folder / "softhsm2.conf"),
        }
        self.replaced: dict[str, str] = {}

    def run(self, command: str, *allowed: int) -> str:
        for old, new in self.replaced.items():
            command = command.replace(old, new)
        if command.startswith("portvakt"):
            command += f" --data {self.world.folder}"
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode in (allowed or (0,)), f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def scene():
    with scratch() as name:
        scene = Scene(pathlib.Path(name))
        try:
            yield scene
        finally:
            scene.world.kill()


def active(world):
    return [item["kid"] for item in world.json("keys", "list")["items"] if item["state"] == "active"]


def test_signing_keys(scene):
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = scene.folder / "key.pem"
    file.write_bytes(key)
    file.chmod(0o600)
    scene.replaced = {"/secure/key.pem": str(file)}
    scene.environment["KID"] = active(scene.world)[0]
    shown = commands("keys.md")
    assert len(shown) == 9
    own = [command for command in shown if "softhsm" not in command]
    # The last one is shown for keys in a token.
    for command in own[:-1]:
        # A look that wants attention ends with 2: a demo key without successor is one.
        scene.run(command, *((0, 2) if "--check" in command else ()))
    states = [item["state"] for item in scene.world.json("keys", "list")["items"] if item["alg"] == "RS256"]
    assert states.count("next") == 2
    assert scene.world.request("GET", "health/ready").status == 200


@pytest.mark.skipif(not (os.path.exists(SOFTHSM) and shutil.which("softhsm2-util")), reason="softhsm2 is not installed")
def test_signing_keys_in_a_token(scene):
    world = scene.world
    tokens = scene.folder / "tokens"
    tokens.mkdir()
    (scene.folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    [label] = [command for command in commands("keys.md") if command.startswith("softhsm2-util")]
    scene.run(label)
    pin = scene.folder / "pin"
    pin.write_text("4711\n")
    pin.chmod(0o600)
    world.kill()
    page = (ROOT / "docs/keys.md").read_text(encoding="utf-8")
    uri = re.search(r"signing_key_token: (\S+)", page).group(1)
    world.configure(signing_key_token=f'"{uri}"', signing_key_pin_file=str(pin))
    os.environ["SOFTHSM2_CONF"] = scene.environment["SOFTHSM2_CONF"]
    try:
        scene.run("portvakt keys rotate --now --yes")
        world.start()
        client = world.client_by("registered_key")
        answer = world.token(Grant.of(client, world.issuer).signed())
        assert answer.status == 200, answer.body
        verified = world.command(
            "token", "verify", "-", "--issuer", world.issuer, "--json", text=answer.body["access_token"], check=False
        )
        assert verified.returncode == 0, verified.stderr
        assert len(list((world.folder / "keys/signing").glob("*.pkcs11"))) == 1
        assert world.stop() == 0, world.tail()
        # A wrong PIN is told at once, and the server does not start.
        pin.write_text("0000\n")
        refused = subprocess.run(
            [str(binary()), "serve", "--data", str(world.folder), "--listen", f"127.0.0.1:{world.port}",
             "--admin-listen", f"127.0.0.1:{world.admin_port}"], capture_output=True, text=True, timeout=60,
        )
        assert refused.returncode == 1
        assert "the token refused the PIN" in refused.stderr
        assert "0000" not in refused.stderr
    finally:
        del os.environ["SOFTHSM2_CONF"]


def test_backup(scene):
    scene.replaced = {"/backup/": f"{scene.folder}/"}
    for command in commands("backup.md"):
        match command:
            case "systemctl stop portvakt": assert scene.world.stop() == 0, scene.world.tail()
            case "systemctl start portvakt": scene.world.start()
            case _: scene.run(command)
    assert len(scene.world.ledger("store_restored")) == 1


def test_incident(scene):
    client = scene.world.client_by("registered_key")
    scene.environment["CLIENT"] = client.id
    shown = commands("incident.md")
    assert len(shown) == 3
    for command in shown:
        out = scene.run(command)
    assert client.id in out
    assert (scene.folder / "reports/operator.md").exists()
