"""Libraries that others wrote, asking `/introspect` (RFC 7662) and calling `/revoke` (RFC 7009) with `private_key_jwt`."""

from __future__ import annotations

import time
from dataclasses import dataclass

import requests


@dataclass(frozen=True)
class Caller:
    """Who asks, and the addresses that the server's metadata name."""

    issuer: str
    client_id: str
    key_id: str
    private_key: str
    algorithm: str
    introspection: str
    revocation: str


class Refused(Exception):
    """The server's refusal, as the library hands it on."""

    def __init__(self, status: int, body: dict):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Authlib:
    """Authlib's session; its assertion names the endpoint unless it is told the issuer."""

    def __init__(self, caller: Caller):
        from authlib.integrations.requests_client import OAuth2Session
        from authlib.oauth2.rfc7523 import PrivateKeyJWT
        from joserfc.jwk import ECKey, RSAKey

        class IssuerAsAudience(PrivateKeyJWT):
            def sign(self, auth, token_endpoint):
                # Made anew each time: Authlib writes its `jti` into them, and would send it again. Its default
                # lifetime, an hour, is longer than the server takes.
                self.claims = {"exp": int(time.time()) + 100}
                return super().sign(auth, caller.issuer)

        key = (RSAKey if caller.algorithm == "RS256" else ECKey).import_key(caller.private_key)
        method = "private_key_jwt"
        self.caller = caller
        self.session = OAuth2Session(
            caller.client_id, key, token_endpoint_auth_method=method, revocation_endpoint_auth_method=method
        )
        self.session.register_client_auth_method(
            IssuerAsAudience(headers={"kid": caller.key_id}, alg=caller.algorithm)
        )

    def introspect(self, token: str) -> dict:
        return checked(self.session.introspect_token(self.caller.introspection, token=token)).json()

    def revoke(self, token: str) -> None:
        answer = self.session.revoke_token(self.caller.revocation, token=token, token_type_hint="access_token")
        assert checked(answer).content == b""


def checked(answer: requests.Response) -> requests.Response:
    if not answer.ok:
        raise Refused(answer.status_code, answer.json())
    return answer


class RequestsOAuth2Client:
    """requests_oauth2client, which reads the answers itself."""

    def __init__(self, caller: Caller):
        from jwskate import Jwk
        from requests_oauth2client import OAuth2Client, PrivateKeyJwt

        key = Jwk.from_pem(caller.private_key).with_kid_thumbprint()
        key["kid"] = caller.key_id
        self.client = OAuth2Client(
            token_endpoint=caller.issuer + "token",
            introspection_endpoint=caller.introspection,
            revocation_endpoint=caller.revocation,
            auth=PrivateKeyJwt(caller.client_id, key, alg=caller.algorithm, aud=caller.issuer),
            testing=True,
        )

    def introspect(self, token: str) -> dict:
        return self.told(lambda: self.client.introspect_token(token))

    def revoke(self, token: str) -> None:
        assert self.told(lambda: self.client.revoke_access_token(token)) is True

    @staticmethod
    def told(call):
        from requests_oauth2client.exceptions import EndpointError

        try:
            return call()
        except EndpointError as error:
            raise Refused(error.response.status_code, error.response.json()) from error


PROGRAMS = {
    "Authlib at /introspect and /revoke": Authlib,
    "requests_oauth2client at /introspect and /revoke": RequestsOAuth2Client,
}
