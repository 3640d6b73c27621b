"""An authorization server made of Authlib's own parts, used as Maskinporten is: a signed JWT in, an RS256 JWT out.

Environment: PEER_FOLDER with `server.pem`, `client.pub.pem`; PEER_ISSUER. Run by gunicorn as `authlib_server:app`.
"""

import os
import pathlib
import sqlite3
import threading

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, list_to_scope, scope_to_list
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc7523 import JWTBearerGrant
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from flask import Flask
from joserfc import jwk

FOLDER = pathlib.Path(os.environ["PEER_FOLDER"])
ISSUER = os.environ["PEER_ISSUER"]
SCOPE = "peer:read"
SERVER_KEY = jwk.RSAKey.import_key((FOLDER / "server.pem").read_bytes(), {"kid": "server", "use": "sig", "alg": "RS256"})
CLIENT_KEY = jwk.RSAKey.import_key((FOLDER / "client.pub.pem").read_bytes(), {"kid": "client"})

local = threading.local()


def claims_once(client: str, claims: dict) -> bool:
    """Whether the assertion is new: a row in a file that the workers share, not synced at each commit."""
    if not hasattr(local, "store"):
        local.store = sqlite3.connect(FOLDER / "used.db", timeout=5, isolation_level=None)
        local.store.execute("PRAGMA journal_mode = wal")
        local.store.execute("PRAGMA synchronous = normal")
        local.store.execute("CREATE TABLE IF NOT EXISTS used (id TEXT PRIMARY KEY, ends INTEGER) WITHOUT ROWID")
    try:
        local.store.execute("INSERT INTO used VALUES (?, ?)", (f"{client}|{claims['jti']}", int(claims["exp"])))
    except sqlite3.IntegrityError:
        return False
    return True


class PeerClient(ClientMixin):
    def get_client_id(self):
        return "client"

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return list_to_scope([part for part in scope_to_list(scope or "") if part == SCOPE])

    def check_redirect_uri(self, redirect_uri):
        return False

    def check_client_secret(self, client_secret):
        return False

    def check_endpoint_auth_method(self, method, endpoint):
        return False

    def check_response_type(self, response_type):
        return False

    def check_grant_type(self, grant_type):
        return grant_type == JWTBearerGrant.GRANT_TYPE


CLIENTS = {"client": PeerClient()}


class PeerGrant(JWTBearerGrant):
    CLAIMS_OPTIONS = {name: {"essential": True} for name in ("iss", "aud", "exp", "iat", "jti")}
    LEEWAY = 10

    def get_audiences(self):
        return [ISSUER]

    def resolve_issuer_client(self, issuer):
        return CLIENTS.get(issuer)

    def resolve_client_public_key(self, client):
        return CLIENT_KEY

    def authenticate_user(self, subject):
        return None

    def has_granted_permission(self, client, user):
        return False

    def process_assertion_claims(self, assertion):
        claims = super().process_assertion_claims(assertion)
        if claims["exp"] - claims["iat"] > 120 or not claims_once(claims["iss"], claims):
            raise InvalidGrantError(description="lives too long, or was used before")
        self.asked = claims.get("scope") or ""
        return claims

    def validate_requested_scope(self):
        if self.asked != SCOPE:
            raise InvalidScopeError()

    def create_token_response(self):
        token = self.generate_token(scope=self.asked, user=None, include_refresh_token=False)
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER


class PeerTokens(JWTBearerTokenGenerator):
    def get_jwks(self):
        return jwk.KeySet([SERVER_KEY])

    def get_audiences(self, client, user, scope):
        return "https://api.example/"


app = Flask(__name__)
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {JWTBearerGrant.GRANT_TYPE: 120}
server = AuthorizationServer(app, query_client=CLIENTS.get, save_token=lambda token, request: None)
server.register_grant(PeerGrant)
server.register_token_generator("default", PeerTokens(issuer=ISSUER, alg="RS256", expires_generator=lambda *_: 120))


@app.post("/token")
def token():
    return server.create_token_response()


@app.get("/health")
def health():
    return "ok"
