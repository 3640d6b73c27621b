"""Clients that others wrote get tokens, and are told what is wrong when they do not."""

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest
import requests

from world import Grant, World, base64url, payload

# dlt reports its use to its makers unless it is told not to; nothing here leaves the machine.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

REGISTERED_KEY = "registered_key"
CERTIFICATE = "certificate"


def foreign_scope(world: World, client) -> str:
    """A scope that exists and is not on the client."""
    everyone = {scope for other in world.clients.values() for scope in other.scopes}
    return sorted(everyone - set(client.scopes))[0]


# dlt-source-elhub: a production client of Maskinporten; only its URL is set.


def elhub(world: World, client, scope: str, key_id: str | None = None):
    from dlt_source_elhub.maskinporten import MaskinportenAuth, MaskinportenCredentials

    credentials = MaskinportenCredentials()
    credentials.client_id = client.id
    credentials.kid = key_id or client.key_id
    credentials.private_key = client.private_key_pem
    credentials.maskinporten_url = world.issuer.rstrip("/")
    return MaskinportenAuth(credentials, scope)


def test_elhub_gets_a_token(world):
    client = world.client_by(REGISTERED_KEY)
    auth = elhub(world, client, client.scopes[0])
    prepared = auth(requests.Request("GET", "http://127.0.0.1/").prepare())
    scheme, token = prepared.headers["Authorization"].split(" ")
    claims = payload(token)
    assert scheme == "Bearer"
    assert claims["iss"] == world.issuer
    assert claims["client_id"] == client.id
    assert claims["client_amr"] == "private_key_jwt"
    assert claims["scope"] == client.scopes[0]
    assert claims["consumer"] == {"authority": "iso6523-actorid-upis", "ID": f"0192:{client.organisation}"}


def test_elhub_reads_a_key_in_one_line(world):
    client = world.client_by(REGISTERED_KEY)
    auth = elhub(world, client, client.scopes[0])
    auth.credentials.private_key = client.private_key_pem.replace("\n", "\\n")
    auth.obtain_token()
    assert auth._token


def test_elhub_is_told_that_the_scope_is_not_on_the_client(world):
    from dlt_source_elhub.maskinporten import MaskinportenError

    client = world.client_by(REGISTERED_KEY)
    scope = foreign_scope(world, client)
    with pytest.raises(MaskinportenError) as refusal:
        elhub(world, client, scope).obtain_token()
    assert refusal.value.status == 400
    assert refusal.value.reason.startswith("invalid_scope: ")
    assert scope in refusal.value.reason
    assert "trace_id: " in refusal.value.reason


def test_elhub_is_told_that_its_key_is_unknown(world):
    from dlt_source_elhub.maskinporten import MaskinportenError

    client = world.client_by(REGISTERED_KEY)
    with pytest.raises(MaskinportenError) as refusal:
        elhub(world, client, client.scopes[0], key_id="no-such-key").obtain_token()
    assert refusal.value.status == 400
    assert refusal.value.reason.startswith("invalid_grant: ")
    assert "kid" in refusal.value.reason


# Authlib.


def authlib_session(world: World, client, **overrides):
    from authlib.integrations.requests_client import AssertionSession

    arguments = {
        "token_endpoint": world.issuer + "token",
        "issuer": client.id,
        "subject": None,
        "audience": world.issuer,
        "claims": {"scope": client.scopes[0]},
        "header": {"alg": "RS256", "kid": client.key_id},
        "key": client.private_key_pem,
        "expires_in": 100,
        **overrides,
    }
    return AssertionSession(**arguments)


def test_authlib_gets_a_token(world):
    client = world.client_by(REGISTERED_KEY)
    token = authlib_session(world, client).refresh_token()
    assert token["token_type"] == "Bearer"
    assert token["scope"] == client.scopes[0]
    assert 0 < token["expires_in"] < 7200
    assert payload(token["access_token"])["client_id"] == client.id


def test_authlib_is_told_that_its_default_lifetime_is_too_long(world):
    from authlib.oauth2.base import OAuth2Error

    client = world.client_by(REGISTERED_KEY)
    with pytest.raises(OAuth2Error) as refusal:
        authlib_session(world, client, expires_in=3600).refresh_token()
    assert refusal.value.error == "invalid_grant"
    assert "lifetime" in refusal.value.description


def test_authlib_is_told_that_the_token_endpoint_is_not_the_audience(world):
    from authlib.oauth2.base import OAuth2Error

    client = world.client_by(REGISTERED_KEY)
    with pytest.raises(OAuth2Error) as refusal:
        authlib_session(world, client, audience=None).refresh_token()
    assert refusal.value.error == "invalid_grant"
    assert "aud" in refusal.value.description


def test_authlib_authenticates_by_client_assertion_in_the_standard_grant(world):
    from authlib.integrations.requests_client import OAuth2Session
    from authlib.oauth2.rfc7523 import PrivateKeyJWT

    class IssuerAsAudience(PrivateKeyJWT):
        """RFC 10070: the assertion's only audience is the issuer."""

        def sign(self, auth, token_endpoint):
            return super().sign(auth, world.issuer)

    client = world.client_by(REGISTERED_KEY)
    session = OAuth2Session(client.id, client.private_key_pem, token_endpoint_auth_method="private_key_jwt")
    method = IssuerAsAudience(headers={"kid": client.key_id}, claims={"exp": int(time.time()) + 100})
    session.register_client_auth_method(method)
    token = session.fetch_token(world.issuer + "token", grant_type="client_credentials", scope=client.scopes[0])
    assert payload(token["access_token"])["scope"] == client.scopes[0]


# `cryptography` alone, with the enterprise certificate.


def by_certificate(world: World, client, holder=None) -> subprocess.CompletedProcess:
    """Runs the script of a consumer; `holder` is the client whose certificate it has."""
    folder = (holder or client).folder
    script = pathlib.Path(__file__).parent / "enterprise_certificate_client.py"
    return subprocess.run(
        [
            sys.executable, str(script), world.issuer, client.id, client.scopes[0],
            str(folder / "certificate.p12"), str(folder / "password"),
        ],
        capture_output=True, text=True, timeout=30,
    )


@pytest.mark.parametrize("index", [0, 1], ids=["one-issuer", "the-other-issuer"])
def test_a_certificate_alone_gets_a_token(world, index):
    client = world.client_by(CERTIFICATE, index)
    done = by_certificate(world, client)
    assert done.returncode == 0, done.stdout + done.stderr
    claims = payload(json.loads(done.stdout)["access_token"])
    assert claims["client_amr"] == "virksomhetssertifikat"
    assert claims["consumer"]["ID"] == f"0192:{client.organisation}"


def test_the_two_certificates_have_different_issuers(world):
    from cryptography import x509

    issuers = {
        x509.load_der_x509_certificate(world.client_by(CERTIFICATE, index).certificates[0]).issuer for index in (0, 1)
    }
    assert len(issuers) == 2


def test_the_certificate_of_another_organisation_is_refused(world):
    client, other = world.client_by(CERTIFICATE, 0), world.client_by(CERTIFICATE, 1)
    done = by_certificate(world, client, holder=other)
    assert done.returncode == 1, done.stderr
    answer = json.loads(done.stdout)
    assert answer["error"] == "invalid_grant"
    assert answer["code"] == "MP-122"
    assert answer["error_uri"] == world.issuer + "errors/MP-122"


def test_the_leaf_alone_is_enough(world):
    client = world.client_by(CERTIFICATE)
    grant = Grant.of(client, world.issuer, x5c=True)
    grant.header["x5c"] = grant.header["x5c"][:1]
    assert world.token(grant.signed()).status == 200


def test_a_certificate_in_a_string_is_refused(world):
    client = world.client_by(CERTIFICATE)
    grant = Grant.of(client, world.issuer, x5c=True)
    grant.header["x5c"] = grant.header["x5c"][0]
    answer = world.token(grant.signed())
    assert (answer.status, answer.code) == (400, "MP-123")


def test_a_signature_by_another_key_is_refused(world):
    client, other = world.client_by(CERTIFICATE, 0), world.client_by(CERTIFICATE, 1)
    grant = Grant.of(client, world.issuer, x5c=True, key=other.private_key)
    answer = world.token(grant.signed())
    assert (answer.status, answer.code) == (400, "MP-124")


def test_a_grant_is_good_once(world):
    assertion = Grant.of(world.client_by(REGISTERED_KEY), world.issuer).signed()
    assert world.token(assertion).status == 200
    answer = world.token(assertion)
    assert (answer.status, answer.code, answer.body["error"]) == (400, "MP-012", "invalid_grant")


def test_an_unsigned_grant_is_refused(world):
    grant = Grant.of(world.client_by(REGISTERED_KEY), world.issuer)
    parts = [base64url(json.dumps(part).encode()) for part in ({**grant.header, "alg": "none"}, grant.claims)]
    answer = world.token(".".join([*parts, ""]))
    assert (answer.status, answer.code) == (400, "MP-011")
