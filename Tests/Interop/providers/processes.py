"""Providers that are programs of other languages, each an API of a few lines beside its library."""

from __future__ import annotations

import json

from providers import ROUTES, Process
from toolchains import HERE, go_program, node_environment
from world import free_ports


class Jose(Process):
    """Debian's node-jose: `createRemoteJWKSet` and `jwtVerify`."""

    def __init__(self, trust, folder):
        super().__init__(trust, folder)
        environment = node_environment()
        self.port = free_ports()[0]
        self.run(
            ["node", str(HERE / "node/provider.js"), str(self.port), trust.issuer, trust.jwks_uri, json.dumps(ROUTES)],
            environment,
        )
        self.wait()


class GoOIDC(Process):
    """go-oidc, which finds the keys by the issuer's metadata."""

    def __init__(self, trust, folder):
        super().__init__(trust, folder)
        program = go_program("provider")
        self.port = free_ports()[0]
        self.run([str(program), str(self.port), trust.issuer, json.dumps(ROUTES)])
        self.wait()


PROGRAMS = {"node-jose": Jose, "go-oidc": GoOIDC}
