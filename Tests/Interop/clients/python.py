"""Clients from PyPI, used as their documentation says."""

from __future__ import annotations

import os
import time
import uuid

import requests

from clients import Credentials, listening

# dlt reports its use to its makers unless it is told not to; nothing here leaves the machine.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"


def elhub(credentials: Credentials) -> str:
    """dlt-source-elhub: a production client of Maskinporten; only its URL is set."""
    from dlt_source_elhub.maskinporten import MaskinportenAuth, MaskinportenCredentials, MaskinportenError

    own = MaskinportenCredentials()
    own.client_id = credentials.client_id
    own.kid = credentials.key_id
    own.private_key = credentials.private_key
    own.maskinporten_url = credentials.issuer.rstrip("/")
    auth = MaskinportenAuth(own, credentials.scope)
    with listening() as wire:
        try:
            prepared = auth(requests.Request("GET", "http://127.0.0.1/").prepare())
        except MaskinportenError as error:
            raise wire.refusal(error) from error
    return prepared.headers["Authorization"].removeprefix("Bearer ")


def authlib_assertion_session(credentials: Credentials) -> str:
    """Authlib: the JWT grant."""
    from authlib.integrations.requests_client import AssertionSession
    from authlib.oauth2.base import OAuth2Error

    session = AssertionSession(
        token_endpoint=credentials.token_endpoint,
        issuer=credentials.client_id,
        subject=None,
        audience=credentials.issuer,
        claims={"scope": credentials.scope},
        header={"alg": "RS256", "kid": credentials.key_id},
        key=credentials.private_key,
        # The default of an hour is longer than an assertion may live.
        expires_in=100,
    )
    with listening() as wire:
        try:
            return session.refresh_token()["access_token"]
        except OAuth2Error as error:
            raise wire.refusal(error) from error


def authlib_private_key_jwt(credentials: Credentials) -> str:
    """Authlib: `client_credentials` with `private_key_jwt`."""
    from authlib.integrations.base_client.errors import OAuthError
    from authlib.integrations.requests_client import OAuth2Session
    from authlib.oauth2.rfc7523 import PrivateKeyJWT

    class IssuerAsAudience(PrivateKeyJWT):
        """RFC 10070: the assertion's only audience is the issuer."""

        def sign(self, auth, token_endpoint):
            return super().sign(auth, credentials.issuer)

    session = OAuth2Session(
        credentials.client_id, credentials.private_key, token_endpoint_auth_method="private_key_jwt"
    )
    session.register_client_auth_method(
        IssuerAsAudience(headers={"kid": credentials.key_id}, claims={"exp": int(time.time()) + 100})
    )
    with listening() as wire:
        try:
            answer = session.fetch_token(
                credentials.token_endpoint, grant_type="client_credentials", scope=credentials.scope
            )
        except OAuthError as error:
            raise wire.refusal(error) from error
    return answer["access_token"]


def google_auth(credentials: Credentials) -> str:
    """google-auth: a service account, with the claims that are Google's by default replaced."""
    from google.auth.exceptions import RefreshError
    from google.auth.transport.requests import Request
    from google.oauth2.service_account import Credentials as ServiceAccount

    now = int(time.time())
    account = ServiceAccount.from_service_account_info(
        {
            "client_email": credentials.client_id,
            "token_uri": credentials.token_endpoint,
            "private_key": credentials.private_key,
            "private_key_id": credentials.key_id,
        },
        scopes=[credentials.scope],
        additional_claims={"aud": credentials.issuer, "iat": now, "exp": now + 100, "jti": str(uuid.uuid4())},
    )
    with listening() as wire:
        try:
            account.refresh(Request())
        except RefreshError as error:
            raise wire.refusal(error) from error
    return account.token


def requests_oauth2client(credentials: Credentials) -> str:
    """requests_oauth2client: a client assertion whose audience is the issuer."""
    from jwskate import Jwk
    from requests_oauth2client import OAuth2Client, PrivateKeyJwt
    from requests_oauth2client.exceptions import OAuth2Error

    key = Jwk.from_pem(credentials.private_key).with_kid_thumbprint()
    key["kid"] = credentials.key_id
    client = OAuth2Client(
        token_endpoint=credentials.token_endpoint,
        auth=PrivateKeyJwt(credentials.client_id, key, alg="RS256", aud=credentials.issuer),
        # It allows plain HTTP for tests alone.
        testing=True,
    )
    with listening() as wire:
        try:
            return str(client.client_credentials(scope=credentials.scope).access_token)
        except OAuth2Error as error:
            raise wire.refusal(error) from error


PROGRAMS = {
    "dlt-source-elhub": elhub,
    "Authlib AssertionSession": authlib_assertion_session,
    "Authlib private_key_jwt": authlib_private_key_jwt,
    "google-auth": google_auth,
    "requests_oauth2client": requests_oauth2client,
}
