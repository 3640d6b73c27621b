"""Web servers that check tokens by themselves, before an API that knows nothing of them."""

from __future__ import annotations

import os
import re
import signal
import time

import requests
from joserfc.jwk import KeySet

from providers import ROUTES, Process
from toolchains import need
from world import free_ports

APACHE = """\
ServerRoot "{folder}"
ServerName 127.0.0.1
DefaultRuntimeDir "{folder}"
PidFile "{folder}/pid"
Mutex file:{folder} default
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule oauth2_module {modules}/mod_oauth2.so
{user}
ErrorLog "{folder}/error.log"
LogLevel warn oauth2:debug
DocumentRoot "{folder}/api"
{routes}
"""
APACHE_ROUTE = """\
<Location "{route}">
    AuthType oauth2
    OAuth2TokenVerify jwks_uri {jwks_uri} verify.iss={issuer}&verify.iat=skip&verify.exp=required&expiry=5
    # Who asks is a machine: there is no `sub`.
    OAuth2TargetPass remote_user_claim=client_id
    # `Require oauth2_claim scope:…` compares the whole text, and `scope` is a list (RFC 6749 §3.3).
    # Asked first without a user, the expression must not deny, or nobody would look for a token.
    <RequireAll>
        Require oauth2_claim iss:{issuer}
        Require expr "%{{REMOTE_USER}} == '' || %{{reqenv:OAUTH2_CLAIM_scope}} =~ m#(^| ){scope}( |$)#"
    </RequireAll>
</Location>
"""


class Apache(Process):
    """libapache2-mod-oauth2 in an Apache with a configuration of its own."""

    modules = "/usr/lib/apache2/modules"

    def __init__(self, trust, folder):
        super().__init__(trust, folder)
        need("apache2")
        self.port = free_ports()[0]
        api = folder / "api"
        api.mkdir()
        for route in ROUTES:
            (api / route[1:]).write_text("here you are\n", encoding="ascii")
        routes = [
            APACHE_ROUTE.format(route=route, scope=re.escape(scope), jwks_uri=trust.jwks_uri, issuer=trust.issuer)
            for route, scope in ROUTES.items()
        ]
        # Who starts as root does not serve as root, and the workers must reach the folder.
        is_root = os.geteuid() == 0
        user = "User www-data\nGroup www-data" if is_root else ""
        if is_root:
            for part in (folder.parent, folder, api):
                part.chmod(0o755)
        (folder / "apache.conf").write_text(
            APACHE.format(folder=folder, port=self.port, modules=self.modules, user=user, routes="".join(routes)),
            encoding="utf-8",
        )
        self.run(["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", str(folder / "apache.conf")])
        self.wait()

    def tail(self):
        errors = self.folder / "error.log"
        text = errors.read_text(encoding="utf-8", errors="replace") if errors.exists() else ""
        return super().tail() + "\n".join(text.splitlines()[-30:])


HAPROXY = """\
global
    log stderr format raw local0 notice
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 10s
frontend api
    bind 127.0.0.1:{port}
    http-request return status 200 content-type text/plain string "{kids}" if {{ path /keys }}
    http-request set-var(txn.bearer) http_auth_bearer
    http-request set-var(txn.kid) var(txn.bearer),jwt_header_query('$.kid')
    http-request set-var(txn.iss) var(txn.bearer),jwt_payload_query('$.iss')
    http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
    http-request set-var(txn.now) date()
    http-request set-var(txn.scope) var(txn.bearer),jwt_payload_query('$.scope')
{keys}
    http-request deny deny_status 401 unless {{ var(txn.is_signed) -m int 1 }}
    http-request deny deny_status 401 unless {{ var(txn.iss) -m str {issuer} }}
    http-request deny deny_status 401 unless {{ var(txn.exp),sub(txn.now) -m int gt 0 }}
{routes}
    http-request deny deny_status 404
"""
HAPROXY_KEY = """\
    http-request set-var(txn.is_signed) var(txn.bearer),jwt_verify("RS256","{file}") if {{ var(txn.kid) -m str {kid} }}
"""
HAPROXY_ROUTE = """\
    http-request deny deny_status 403 if {{ path {route} }} !{{ var(txn.scope) -m reg (^|\\ ){scope}(\\ |$) }}
    http-request return status 200 content-type text/plain string "here you are" if {{ path {route} }}
"""


class HAProxy(Process):
    """HAProxy's `jwt_verify`, which wants each key as a PEM file and is reloaded when there is a new one."""

    def __init__(self, trust, folder):
        super().__init__(trust, folder)
        need("haproxy")
        self.port = free_ports()[0]
        self.kids = ""
        self.configure()
        self.run(["/usr/sbin/haproxy", "-W", "-f", str(folder / "haproxy.cfg")])
        self.wait()

    def configure(self) -> bool:
        """Makes PEM files and configuration from the key set; says whether they changed."""
        answer = requests.get(self.trust.jwks_uri, timeout=10)
        answer.raise_for_status()
        # `jwt_verify` has the algorithm in its configuration: one that a token names is never asked for.
        keys = [key for key in KeySet.import_key_set(answer.json()).keys if key.as_dict().get("alg") == "RS256"]
        rules = ""
        for key in keys:
            file = self.folder / f"{key.kid}.pem"
            file.write_bytes(key.as_pem(private=False))
            rules += HAPROXY_KEY.format(file=file, kid=key.kid)
        kids = " ".join(sorted(key.kid for key in keys))
        routes = "".join(
            HAPROXY_ROUTE.format(route=route, scope=re.escape(scope)) for route, scope in ROUTES.items()
        )
        (self.folder / "haproxy.cfg").write_text(
            HAPROXY.format(port=self.port, kids=kids, keys=rules, issuer=self.trust.issuer, routes=routes),
            encoding="utf-8",
        )
        is_new, self.kids = kids != self.kids, kids
        return is_new

    def tend(self):
        """The job that an operator has running: read the key set, and reload when it changed."""
        if not self.configure():
            return
        self.process.send_signal(signal.SIGUSR2)
        deadline = time.monotonic() + 10
        while requests.get(f"http://127.0.0.1:{self.port}/keys", timeout=10).text != self.kids:
            assert time.monotonic() < deadline, self.tail()
            time.sleep(0.05)


PROGRAMS = {"mod_oauth2 in Apache": Apache, "HAProxy jwt_verify": HAProxy}
