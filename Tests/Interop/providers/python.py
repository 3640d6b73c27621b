"""Libraries from PyPI, in an API that is a function."""

from __future__ import annotations

import jwt as pyjwt
import requests
from authlib.oauth2.rfc6749 import OAuth2Request, ResourceProtector
from authlib.oauth2.rfc6749.errors import OAuth2Error
from authlib.oauth2.rfc6750.errors import InsufficientScopeError
from authlib.oauth2.rfc7523 import JWTBearerTokenValidator
from joserfc import errors as jose_errors
from joserfc import jwt as jose
from joserfc.jwk import KeySet

from providers import ROUTES, Provider, Trust, Verdict


def by_scope(route: str, claims: dict) -> Verdict:
    """What is left to an API whose library checks no scopes."""
    held = claims.get("scope", "").split(" ")
    return Verdict(200) if ROUTES[route] in held else Verdict(403, f"`{ROUTES[route]}` is not among {held}")


class PyJWT(Provider):
    """PyJWT with its `PyJWKClient`, which caches keys and reads them again for one that it does not know."""

    def __init__(self, trust, folder):
        super().__init__(trust, folder)
        self.keys = pyjwt.PyJWKClient(trust.jwks_uri)

    def call(self, route, token):
        try:
            key = self.keys.get_signing_key_from_jwt(token)
            claims = pyjwt.decode(
                token, key.key, algorithms=["RS256"], issuer=self.trust.issuer, options={"require": ["exp", "iat"]}
            )
        except pyjwt.PyJWTError as error:
            return Verdict(401, repr(error))
        return by_scope(route, claims)


class HeldKeys:
    """A key set for libraries that fetch none: read once, and again for a key that it does not hold."""

    def __init__(self, trust: Trust):
        self.trust = trust
        self.keys = self.read()

    def read(self) -> KeySet:
        answer = requests.get(self.trust.jwks_uri, timeout=10)
        answer.raise_for_status()
        return KeySet.import_key_set(answer.json())

    def for_token(self, token: str) -> KeySet:
        if pyjwt.get_unverified_header(token).get("kid") not in {key.kid for key in self.keys.keys}:
            self.keys = self.read()
        return self.keys


class Joserfc(Provider):
    """joserfc, which checks signature and claims."""

    def __init__(self, trust, folder):
        super().__init__(trust, folder)
        self.keys = HeldKeys(trust)
        self.claims = jose.JWTClaimsRegistry(
            iss={"essential": True, "value": trust.issuer}, exp={"essential": True}, iat={"essential": True}
        )

    def call(self, route, token):
        try:
            decoded = jose.decode(token, self.keys.for_token(token), algorithms=["RS256"])
            self.claims.validate(decoded.claims)
        except jose_errors.JoseError as error:
            return Verdict(401, repr(error))
        return by_scope(route, decoded.claims)


class AccessTokenValidator(JWTBearerTokenValidator):
    """Authlib's validator of JWT tokens, without the claim that only Authlib's own server puts into them."""

    def __init__(self, trust: Trust):
        self.held = HeldKeys(trust)
        super().__init__(self.held.keys, issuer=trust.issuer, leeway=0)
        del self.claims_options["grant_type"]

    def authenticate_token(self, token_string):
        self.public_key = self.held.for_token(token_string)
        return super().authenticate_token(token_string)


class Authlib(Provider):
    """Authlib's `ResourceProtector`, which checks token and scopes."""

    def __init__(self, trust, folder):
        super().__init__(trust, folder)
        self.protector = ResourceProtector()
        self.protector.register_token_validator(AccessTokenValidator(trust))

    def call(self, route, token):
        request = OAuth2Request("GET", "http://127.0.0.1" + route, headers={"Authorization": f"Bearer {token}"})
        try:
            self.protector.validate_request([ROUTES[route]], request)
        except InsufficientScopeError as error:
            return Verdict(403, repr(error))
        except OAuth2Error as error:
            return Verdict(401, repr(error))
        return Verdict(200)


PROGRAMS = {"PyJWT PyJWKClient": PyJWT, "joserfc": Joserfc, "Authlib ResourceProtector": Authlib}
