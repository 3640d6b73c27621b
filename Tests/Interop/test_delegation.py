"""A supplier's real client acts for a consumer: with the delegation it is served, without it is refused at once."""

import json
import os
import pathlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from world import World, payload

# dlt reports its use to its makers unless it is told not to; nothing here leaves the machine.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

SCOPE = "demo:delegation.under-test"


class Supplier:
    """A client of a supplier's own, as `portvakt client create` leaves it, and a consumer that has access."""

    def __init__(self, world: World, folder: pathlib.Path):
        self.world = world
        parties = [client for client in world.clients.values() if not client.scopes[0].startswith("altinn:")]
        self.consumer = parties[0].organisation
        self.supplier = next(client.organisation for client in parties if client.organisation != self.consumer)
        world.on_data("scope", "create", SCOPE, "--description", "Under test", "--delegation-source", "internal")
        world.on_data("access", "grant", SCOPE, self.consumer)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = folder / "public.pem"
        public.write_bytes(
            key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        created = world.json(
            "client", "create", "--org", self.supplier, "--name", "Supplier under test", "--scope", SCOPE,
            "--jwk", str(public), "--kid", "supplier-1",
        )
        self.client_id = created["client_id"]
        self.private_key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def delegate(self) -> dict:
        return self.world.json("delegation", "grant", self.consumer, self.supplier, SCOPE)

    def revoke(self) -> None:
        self.world.on_data(
            "delegation", "revoke", "--consumer", self.consumer, "--supplier", self.supplier, "--scope", SCOPE, "--yes"
        )

    def elhub(self, consumer: str | None = None):
        """dlt-source-elhub with `consumer_org`: a production client of Maskinporten; only its URL is set."""
        from dlt_source_elhub.maskinporten import MaskinportenAuth, MaskinportenCredentials

        credentials = MaskinportenCredentials()
        credentials.client_id = self.client_id
        credentials.kid = "supplier-1"
        credentials.private_key = self.private_key
        credentials.maskinporten_url = self.world.issuer.rstrip("/")
        return MaskinportenAuth(credentials, SCOPE, consumer_org=consumer or self.consumer)

    def token(self) -> dict:
        auth = self.elhub()
        auth.obtain_token()
        return payload(auth._token)

    def refusal(self, consumer: str | None = None):
        from dlt_source_elhub.maskinporten import MaskinportenError

        with pytest.raises(MaskinportenError) as refusal:
            self.elhub(consumer).obtain_token()
        return refusal.value


@pytest.fixture(scope="module")
def supplier(world, tmp_path_factory):
    return Supplier(world, tmp_path_factory.mktemp("supplier"))


def organisation(number: str) -> dict:
    return {"authority": "iso6523-actorid-upis", "ID": f"0192:{number}"}


def test_elhub_acts_for_a_consumer_that_delegated_and_for_none_that_revoked(supplier):
    """Served, refused at once after the revocation, served again after a new delegation."""
    assert supplier.refusal().status == 403
    delegation = supplier.delegate()
    claims = supplier.token()
    assert claims["consumer"] == organisation(supplier.consumer)
    assert claims["supplier"] == organisation(supplier.supplier)
    assert claims["delegation_source"] == supplier.world.issuer
    assert claims["iss"] == supplier.world.issuer

    supplier.revoke()
    refusal = supplier.refusal()
    assert refusal.status == 403
    assert refusal.reason.startswith("forbidden: ")
    assert "has not delegated access" in refusal.reason
    assert refusal.consumer_org == supplier.consumer

    again = supplier.delegate()
    assert again["id"] != delegation["id"]
    assert supplier.token()["supplier"] == organisation(supplier.supplier)
    supplier.revoke()

    tokens = [entry for entry in supplier.world.ledger("token_issued") if SCOPE in entry.get("scopes", [])]
    named = {name for entry in tokens for name in entry["details"]["delegations"]}
    assert named == {delegation["id"], again["id"]}
    codes = [entry["code"] for entry in supplier.world.ledger("token_refused") if SCOPE in entry.get("scopes", [])]
    assert set(codes) == {"MP-251"}


def test_elhub_is_told_that_it_needs_no_delegation_to_itself(supplier):
    refusal = supplier.refusal(consumer=supplier.supplier)
    assert refusal.status == 400
    assert "consumer_org" in refusal.reason


def test_the_check_explains_what_a_token_request_finds(supplier):
    def check():
        done = supplier.world.on_data(
            "delegation", "check", supplier.consumer, supplier.supplier, SCOPE, "--explain", "--json", check=False
        )
        return done.returncode, {item["condition"]: item["holds"] for item in json.loads(done.stdout)["items"]}

    status, conditions = check()
    assert status == 3
    assert [name for name, holds in conditions.items() if holds is False] == ["delegation"]
    supplier.delegate()
    status, conditions = check()
    assert status == 0
    assert all(conditions.values())
    supplier.revoke()
