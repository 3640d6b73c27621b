"""An authorization server built with Authlib and Flask: the JWT grant, checked by Authlib."""

from __future__ import annotations

import os
import threading
import uuid
from dataclasses import dataclass, field

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc7523 import JWTBearerGrant
from flask import Flask, jsonify
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from ours import claims, metadata

# Authlib wants https of everybody who does not say that this is a test.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


@dataclass
class Client(ClientMixin):
    """A client with its public keys."""

    id: str
    scopes: set[str]
    keys: KeySet = field(default_factory=lambda: KeySet([]))

    def get_client_id(self):
        return self.id

    def check_grant_type(self, grant_type):
        return grant_type == JWTBearerGrant.GRANT_TYPE

    def get_allowed_scope(self, scope):
        return " ".join(name for name in scope.split() if name in self.scopes)


class AuthlibServer:
    """The server, on a port of its own, until it is stopped."""

    def __init__(self):
        self.clients: dict[str, Client] = {}
        self.used: set[str] = set()
        self.keys: list[RSAKey] = []
        self.rotate()
        app = Flask(__name__)
        app.logger.disabled = True
        server = AuthorizationServer(app, query_client=self.clients.get, save_token=lambda token, request: None)
        server.register_grant(self.grant())
        server.register_token_generator("default", self.token)
        app.post("/token")(server.create_token_response)
        app.get("/jwk", endpoint="keys")(lambda: jsonify(KeySet(self.keys).as_dict(private=False)))
        app.get("/.well-known/oauth-authorization-server", endpoint="metadata")(lambda: jsonify(metadata(self.issuer)))
        self.http = make_server("127.0.0.1", 0, app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever)
        self.thread.start()

    def rotate(self) -> str:
        """Signs with a new key from now on; the old ones stay published."""
        key = RSAKey.generate_key(2048, parameters={"kid": str(uuid.uuid4()), "use": "sig", "alg": "RS256"})
        self.keys.insert(0, key)
        return key.kid

    def token(self, grant_type, client, user=None, scope=None, expires_in=None, include_refresh_token=False):
        key = self.keys[0]
        text = jwt.encode(
            {"alg": "RS256", "kid": key.kid}, claims(self.issuer, scope, client_id=client.id), key
        )
        return {"access_token": text, "token_type": "Bearer", "expires_in": 119, "scope": scope}

    def grant(self) -> type[JWTBearerGrant]:
        """What Authlib leaves to its users: whose keys, which audience, where the scope stands."""
        server = self

        class Grant(JWTBearerGrant):
            LEEWAY = 10

            def resolve_issuer_client(self, issuer):
                return server.clients.get(issuer)

            def resolve_client_public_key(self, client):
                return client.keys

            def get_audiences(self):
                return [server.issuer]

            def process_assertion_claims(self, assertion):
                self.claims = super().process_assertion_claims(assertion)
                if self.claims["jti"] in server.used:
                    raise InvalidGrantError(description="the assertion was used before")
                server.used.add(self.claims["jti"])
                return self.claims

            def validate_token_request(self):
                super().validate_token_request()
                # Maskinporten's form: the scope stands in the assertion.
                scope = self.claims["scope"]
                if self.request.client.get_allowed_scope(scope) != scope:
                    raise InvalidScopeError(description=f"`{scope}` is not on the client")

            def create_token_response(self):
                token = self.generate_token(scope=self.claims["scope"])
                return 200, token, self.TOKEN_RESPONSE_HEADER

        return Grant

    def stop(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
