"""Client certificates of real programs: curl at our own TLS, and HAProxy that ends TLS and hands them on (RFC 8705, RFC 9440)."""

import base64
import datetime
import hashlib
import ipaddress
import json
import pathlib
import socket
import ssl
import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

import world as demo

PEM = serialization.Encoding.PEM


def thumbprint(certificate: bytes) -> str:
    return demo.base64url(hashlib.sha256(certificate).digest())


def write_key(path: pathlib.Path, key) -> None:
    path.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    path.chmod(0o600)


def certificate_like(model: x509.Certificate, key, issuer_key, issuer_name, days: tuple[int, int]) -> x509.Certificate:
    """A certificate with the names and extensions of `model`, for another key, signed by another, valid at other times."""
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder().subject_name(model.subject).issuer_name(issuer_name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0])).not_valid_after(now + datetime.timedelta(days=days[1]))
    )
    for extension in model.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(issuer_key, hashes.SHA256())


class Certificates:
    """Server certificate, and client certificates with every fault, for one demo world."""

    def __init__(self, world: demo.World, folder: pathlib.Path):
        self.folder = folder
        self.client = world.client_by("certificate")
        self.other = world.client_by("certificate", 1)
        model = x509.load_der_x509_certificate(self.client.certificates[0])
        issuer = x509.load_der_x509_certificate(self.client.certificates[1])
        issuer_key = next(
            key for key in (
                serialization.load_pem_private_key(path.read_bytes(), None)
                for path in (world.folder / "demo/issuers").glob("*-issuing.key")
            ) if key.public_key() == issuer.public_key()
        )
        key = rsa.generate_private_key(65537, 2048)
        write_key(folder / "made.key", key)
        self.expired = self.write("expired", certificate_like(model, key, issuer_key, issuer.subject, (-3, -1)))
        self.untrusted = self.write("untrusted", certificate_like(model, key, key, issuer.subject, (-1, 1)))
        server_key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.datetime.now(datetime.timezone.utc)
        server = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(server_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(True, None), True)
            .sign(server_key, hashes.SHA256())
        )
        self.server = folder / "server.pem"
        self.server.write_bytes(server.public_bytes(PEM))
        write_key(folder / "server.key", server_key)
        self.server_key = folder / "server.key"

    def write(self, name: str, certificate: x509.Certificate) -> tuple[pathlib.Path, pathlib.Path]:
        path = self.folder / f"{name}.pem"
        path.write_bytes(certificate.public_bytes(PEM))
        return path, self.folder / "made.key"

    @staticmethod
    def of(client: demo.Client) -> tuple[pathlib.Path, pathlib.Path]:
        return client.folder / "chain.pem", client.folder / "key.pem"

    def revoked(self) -> tuple[pathlib.Path, pathlib.Path]:
        """The certificate of the first such client that its issuer has revoked."""
        return self.client.folder / "revoked-chain.pem", self.client.folder / "revoked-key.pem"


def curl(url: str, server: pathlib.Path, form: dict, certificate=None, *arguments: str) -> tuple[int, dict, str]:
    """Posts a form; the status, the body and the version of HTTP that was spoken."""
    command = ["curl", "--silent", "--show-error", "--max-time", "20", "--cacert", str(server)]
    if certificate is not None:
        command += ["--cert", str(certificate[0]), "--key", str(certificate[1])]
    for name, value in form.items():
        command += ["--data-urlencode", f"{name}={value}"]
    command += ["--write-out", "\n%{http_code} %{http_version}", *arguments, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition("\n")
    code, version = status.split()
    return int(code), json.loads(body), version


def by_certificate(client: demo.Client, **form: str) -> dict:
    return {"grant_type": "client_credentials", "client_id": client.id, "scope": client.scopes[0], **form}


class SecureWorld(demo.World):
    """A demo world whose public listener speaks TLS and asks for client certificates."""

    def request(self, method, path, body=None, headers=None):
        context = ssl.create_default_context(cafile=str(self.server_certificate))
        connection = demo.http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)
        try:
            return demo.exchange(connection, method, "/" + path, body, headers)
        finally:
            connection.close()


@pytest.fixture(scope="module")
def secure():
    with demo.scratch() as name:
        folder = pathlib.Path(name)
        world = SecureWorld(folder / "data").make()
        certificates = Certificates(world, folder)
        world.server_certificate = certificates.server
        world.configure(
            tls_cert=str(certificates.server), tls_key=str(certificates.server_key), client_certificates="ask"
        ).start()
        try:
            yield world, certificates
        finally:
            assert world.stop() == 0, world.tail()


@pytest.mark.cell("success", program="curl with a client certificate")
@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_curl_gets_a_token_by_its_certificate_and_bound_to_it(secure, version):
    world, certificates = secure
    client = certificates.client
    status, body, spoken = curl(
        f"https://127.0.0.1:{world.port}/token", certificates.server, by_certificate(client),
        certificates.of(client), version,
    )
    assert status == 200, body
    assert spoken == ("2" if version == "--http2" else "1.1")
    claims = demo.payload(body["access_token"])
    assert claims["client_id"] == client.id
    assert claims["cnf"] == {"x5t#S256": thumbprint(client.certificates[0])}


@pytest.mark.cell("success", program="curl with a client certificate")
def test_curl_binds_the_token_of_a_client_assertion(secure):
    world, certificates = secure
    client = world.client_by("registered_key")
    grant = demo.Grant.of(client, world.issuer)
    grant.claims["sub"] = client.id
    del grant.claims["scope"]
    form = {
        "grant_type": "client_credentials", "scope": client.scopes[0],
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": grant.signed(),
    }
    # Any certificate binds, one that proves nobody too.
    status, body, _ = curl(
        f"https://127.0.0.1:{world.port}/token", certificates.server, form, certificates.untrusted
    )
    assert status == 200, body
    shown = x509.load_pem_x509_certificate(certificates.untrusted[0].read_bytes())
    expected = thumbprint(shown.public_bytes(serialization.Encoding.DER))
    assert demo.payload(body["access_token"])["cnf"] == {"x5t#S256": expected}


def refused(world, certificates, certificate, **form) -> tuple[int, str, str]:
    status, body, _ = curl(
        f"https://127.0.0.1:{world.port}/token", certificates.server, by_certificate(certificates.client, **form),
        certificate,
    )
    return status, body["error"], body["reason"]


@pytest.mark.cell("refusal", program="curl with a client certificate")
def test_curl_is_refused_with_every_faulty_certificate(secure):
    world, certificates = secure
    expected = {
        "none": (None, "client_certificate_missing"),
        "other": (certificates.of(certificates.other), "certificate_organisation"),
        "expired": (certificates.expired, "certificate_expired"),
        "untrusted": (certificates.untrusted, "certificate_untrusted"),
        "revoked": (certificates.revoked(), "certificate_revoked"),
    }
    for name, (certificate, reason) in expected.items():
        if name == "other" and certificates.other.organisation == certificates.client.organisation:
            continue
        assert refused(world, certificates, certificate) == (401, "invalid_client", reason), name


@pytest.mark.cell("refusal", program="curl with a client certificate")
def test_a_header_proves_nothing_where_the_handshake_asks(secure):
    world, certificates = secure
    field = base64.b64encode(certificates.client.certificates[0]).decode()
    status, body, _ = curl(
        f"https://127.0.0.1:{world.port}/token", certificates.server, by_certificate(certificates.client), None,
        "--header", f"Client-Cert: :{field}:",
    )
    assert (status, body["reason"]) == (401, "client_certificate_missing")


def test_a_resumed_session_still_has_the_certificate(secure):
    world, certificates = secure
    chain, key = certificates.of(certificates.client)
    context = ssl.create_default_context(cafile=str(certificates.server))
    # A session of TLS 1.2 is there as soon as the handshake ends.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(chain, key)
    form = demo.urlencode(by_certificate(certificates.client)).encode()
    session = None
    for resumed in (False, True):
        with socket.create_connection(("127.0.0.1", world.port), 10) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1", session=session) as connection:
                assert connection.session_reused is resumed
                session = connection.session
                connection.sendall(
                    b"POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n"
                    + f"Content-Length: {len(form)}\r\n\r\n".encode() + form
                )
                answer = b""
                while part := connection.recv(65536):
                    answer += part
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        body = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert demo.payload(body["access_token"])["cnf"] == {
            "x5t#S256": thumbprint(certificates.client.certificates[0])
        }


HAPROXY = """
global
    log stderr format raw local0 notice
defaults
    mode http
    timeout connect 5s
    timeout client 20s
    timeout server 20s
frontend outside
    bind 127.0.0.1:{port} ssl crt {server} alpn h2,http/1.1 verify optional ca-file {anchors} ca-ignore-err all crt-ignore-err all
    http-request del-header Client-Cert
    http-request del-header Client-Cert-Chain
    http-request set-header Client-Cert ":%[ssl_c_der,base64]:" if {{ ssl_c_used }}
    default_backend portvakt
backend portvakt
    server one 127.0.0.1:{upstream} source 127.0.0.2
"""


@pytest.fixture(scope="module")
def proxied():
    with demo.scratch() as name:
        folder = pathlib.Path(name)
        world = demo.World(folder / "data").make()
        certificates = Certificates(world, folder)
        world.configure(trusted_proxies="127.0.0.2", client_certificates="proxy").start()
        port, _ = demo.free_ports()
        both = folder / "haproxy.pem"
        both.write_bytes(certificates.server.read_bytes() + certificates.server_key.read_bytes())
        both.chmod(0o600)
        anchors = folder / "anchors.pem"
        anchors.write_bytes(b"".join(path.read_bytes() for path in (world.folder / "demo/issuers").glob("*.pem")))
        configuration = folder / "haproxy.cfg"
        configuration.write_text(
            HAPROXY.format(port=port, server=both, anchors=anchors, upstream=world.port), encoding="utf-8"
        )
        log = (folder / "haproxy.log").open("ab")
        proxy = subprocess.Popen(["haproxy", "-db", "-f", str(configuration)], stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and proxy.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield world, certificates, port
        finally:
            proxy.terminate()
            proxy.wait(10)
            log.close()
            assert world.stop() == 0, world.tail()


def through(proxied, certificate, *arguments: str) -> tuple[int, dict]:
    _, certificates, port = proxied
    status, body, _ = curl(
        f"https://127.0.0.1:{port}/token", certificates.server, by_certificate(certificates.client), certificate,
        *arguments,
    )
    return status, body


@pytest.mark.cell("success", program="HAProxy handing Client-Cert on")
def test_haproxy_hands_the_certificate_on(proxied):
    _, certificates, _ = proxied
    status, body = through(proxied, certificates.of(certificates.client))
    assert status == 200, body
    assert demo.payload(body["access_token"])["cnf"] == {"x5t#S256": thumbprint(certificates.client.certificates[0])}
    status, body = through(proxied, certificates.expired)
    assert (status, body["reason"]) == (401, "certificate_expired")


@pytest.mark.cell("refusal", program="HAProxy handing Client-Cert on")
def test_an_outsider_gets_nothing_by_the_header(proxied):
    world, certificates, _ = proxied
    field = f":{base64.b64encode(certificates.client.certificates[0]).decode()}:"
    # Through the proxy, which takes away what the outsider sent.
    status, body = through(proxied, None, "--header", f"Client-Cert: {field}")
    assert (status, body["reason"]) == (401, "client_certificate_missing")
    # Past the proxy, from an address that is none of the trusted ones.
    form = demo.urlencode(by_certificate(certificates.client)).encode()
    answer = world.request("POST", "token", form, {**demo.FORM, "Client-Cert": field})
    assert (answer.status, answer.body["reason"]) == (401, "client_certificate_missing")


def test_a_malformed_field_of_the_proxy_is_told(proxied):
    world, certificates, _ = proxied
    form = demo.urlencode(by_certificate(certificates.client)).encode()
    connection = demo.http.client.HTTPConnection(
        "127.0.0.1", world.port, timeout=10, source_address=("127.0.0.2", 0)
    )
    answer = demo.exchange(connection, "POST", "/token", form, {**demo.FORM, "Client-Cert": "not-a-certificate"})
    connection.close()
    assert (answer.status, answer.code, answer.body["reason"]) == (400, "PV-026", "client_certificate_malformed")
