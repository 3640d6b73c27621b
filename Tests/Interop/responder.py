"""A responder and lists for the demo world's issuers, at the address that their certificates name, that do as they are told.

What it says is made by the `openssl ocsp` program or by the `cryptography` package, never by the server under test.
"""

from __future__ import annotations

import datetime
import http.server
import pathlib
import socket
import subprocess
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtensionOID

from world import Client, World


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


class Issuer:
    """One of the demo world's authorities, with its key."""

    def __init__(self, world: World, name: str):
        folder = world.folder / "demo/issuers"
        self.name = name
        self.certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
        self.key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
        # As the certificate has it: by which hash it was made is the issuer's own business.
        self.key_identifier = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value

    def issue(self, model: x509.Certificate, key: rsa.RSAPrivateKey) -> x509.Certificate:
        """Another certificate like the model, of another key."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(model.subject)
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now() - datetime.timedelta(hours=1))
            .not_valid_after(now() + datetime.timedelta(days=300))
        )
        for extension in model.extensions:
            value = extension.value
            if extension.oid == ExtensionOID.SUBJECT_KEY_IDENTIFIER:
                value = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
            builder = builder.add_extension(value, extension.critical)
        return builder.sign(self.key, hashes.SHA256())

    def namesake(self, key: rsa.RSAPrivateKey) -> x509.Certificate:
        """A certificate of the issuer's name that it never saw."""
        return (
            x509.CertificateBuilder()
            .subject_name(self.certificate.subject)
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now() - datetime.timedelta(hours=1))
            .not_valid_after(now() + datetime.timedelta(days=1))
            .sign(key, hashes.SHA256())
        )

    def list(
        self,
        revoked: set[int],
        number: int,
        base: int | None = None,
        freshest: str | None = None,
        reason: x509.ReasonFlags | None = None,
        key: rsa.RSAPrivateKey | None = None,
    ) -> bytes:
        """A list (RFC 5280 §5): with `base` a delta list to the one of that number, with `freshest` the address of one."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now() - datetime.timedelta(minutes=1))
            .next_update(now() + datetime.timedelta(days=1))
            .add_extension(x509.CRLNumber(number), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self.key_identifier), False)
        )
        if base is not None:
            builder = builder.add_extension(x509.DeltaCRLIndicator(base), True)
        if freshest is not None:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(freshest)], None, None, None)
            builder = builder.add_extension(x509.FreshestCRL([point]), False)
        for serial in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now())
            if reason is not None:
                entry = entry.add_extension(x509.CRLReason(reason), False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(key or self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class Fresh:
    """A new certificate of a client's organisation, of which nobody has ever asked."""

    def __init__(self, responder: Responder, client: Client):
        model = x509.load_der_x509_certificate(client.certificates[0])
        self.issuer = next(
            issuer for issuer in responder.issuers.values()
            if issuer.name.endswith("issuing") and issuer.certificate.subject == model.issuer
        )
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.certificate = self.issuer.issue(model, self.key)
        self.client = client
        responder.known[self.certificate.serial_number] = self

    @property
    def serial(self) -> int:
        return self.certificate.serial_number

    @property
    def chain(self) -> list[bytes]:
        return [each.public_bytes(serialization.Encoding.DER) for each in (self.certificate, self.issuer.certificate)]


def ask_openssl(port: int, body: bytes) -> bytes:
    """What `openssl ocsp` says; in one write and up to its end, for it resets connections that it has answered."""
    head = f"POST / HTTP/1.0\r\nContent-Type: application/ocsp-request\r\nContent-Length: {len(body)}\r\n\r\n"
    for _ in range(40):
        answer = b""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(head.encode() + body)
                while part := connection.recv(65_536):
                    answer += part
        except ConnectionError:
            pass
        if answer.startswith(b"HTTP/1.0 200"):
            return answer.partition(b"\r\n\r\n")[2]
        time.sleep(0.1)
    raise AssertionError("openssl ocsp does not answer")


class Responder:
    """Serves /ocsp and the lists; `mode` says how it answers about certificates, `lists` whether it gives the leaf's list."""

    def __init__(self, world: World):
        names = [f"{style}-{role}" for style in ("buypass", "commfides") for role in ("root", "issuing")]
        self.issuers = {name: Issuer(world, name) for name in names}
        self.known: dict[int, Fresh] = {}
        self.revoked: set[int] = set()
        self.mode = "good"
        self.lists = True
        self.lifetime = datetime.timedelta(hours=1)
        self.asked = 0
        self.relay: int | None = None
        # Lists by the last part of their address, in place of those that are made on the spot.
        self.files: dict[str, bytes] = {}
        self.impostor = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        responder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                responder.give_list(self)

            def do_POST(self):
                responder.answer(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", world.port + 2), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def give_list(self, request: http.server.BaseHTTPRequestHandler) -> None:
        name = request.path.strip("/").removesuffix(".crl")
        if self.mode == "silent":
            time.sleep(20)
            return
        if name in self.files:
            self.send(request, self.files[name], "application/pkix-crl")
            return
        if name not in self.issuers or self.mode == "dead" or (name.endswith("issuing") and not self.lists):
            request.send_error(404)
            return
        self.send(request, self.issuers[name].list(self.revoked, int(time.time())), "application/pkix-crl")

    def send(self, request, body: bytes, kind: str, status: int = 200) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.asked += 1
        kind = "application/ocsp-response"
        match self.mode:
            case "dead":
                request.connection.shutdown(socket.SHUT_RDWR)
            case "slow" | "silent":
                time.sleep(20)
            case "redirect":
                request.send_response(302)
                request.send_header("Location", "/elsewhere")
                request.end_headers()
            case "oversized":
                self.send(request, b"0" * 1_000_000, kind)
            case "garbage":
                self.send(request, b"<html>portal</html>", "text/html")
            case "openssl":
                self.send(request, ask_openssl(self.relay, body), kind)
            case _:
                self.send(request, self.response(ocsp.load_der_ocsp_request(body)), kind)

    def response(self, request: ocsp.OCSPRequest) -> bytes:
        fresh = self.known[request.serial_number]
        issuer = fresh.issuer
        certificate = fresh.certificate
        if self.mode == "wrong_certificate":
            certificate = issuer.issue(certificate, fresh.key)
        status, revoked = ocsp.OCSPCertStatus.GOOD, None
        if request.serial_number in self.revoked:
            status, revoked = ocsp.OCSPCertStatus.REVOKED, now()
        if self.mode == "unknown":
            status = ocsp.OCSPCertStatus.UNKNOWN
        this, following = now() - datetime.timedelta(minutes=1), now() + self.lifetime
        if self.mode == "stale":
            this, following = now() - datetime.timedelta(days=2), now() - datetime.timedelta(days=1)
        builder = ocsp.OCSPResponseBuilder().add_response(
            certificate, issuer.certificate, request.hash_algorithm, status, this, following, revoked, None
        )
        key, signer = issuer.key, issuer.certificate
        if self.mode == "wrong_signer":
            # The issuer's name, and another key.
            key, signer = self.impostor, issuer.namesake(self.impostor)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer)
        nonce = request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        if self.mode == "wrong_nonce":
            nonce = bytes(32)
        builder = builder.add_extension(x509.OCSPNonce(nonce), False)
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class OpenSSL:
    """The real `openssl ocsp` as a responder of one issuer."""

    def __init__(self, world: World, issuer: Issuer, folder: pathlib.Path):
        self.index = folder / "index.txt"
        self.index.write_text("", encoding="ascii")
        # A file with a neighbour that says whether subjects are unique, as `openssl ca` keeps it.
        (folder / "index.txt.attr").write_text("unique_subject = no\n", encoding="ascii")
        files = world.folder / "demo/issuers" / issuer.name
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.command = [
            "openssl", "ocsp", "-port", str(self.port), "-index", str(self.index), "-CA", f"{files}.pem",
            "-rsigner", f"{files}.pem", "-rkey", f"{files}.key", "-nmin", "60",
        ]
        self.process: subprocess.Popen | None = None

    def enter(self, fresh: Fresh, revoked: bool = False) -> None:
        """Writes what it knows, and starts it anew."""
        def stamp(time: datetime.datetime) -> str:
            return time.strftime("%y%m%d%H%M%SZ")

        serial = f"{fresh.serial:X}"
        serial = serial if len(serial) % 2 == 0 else "0" + serial
        end = stamp(fresh.certificate.not_valid_after_utc)
        line = f"R\t{end}\t{stamp(now())}" if revoked else f"V\t{end}\t"
        self.index.write_text(f"{line}\t{serial}\tunknown\t/CN=test\n", encoding="ascii")
        self.stop()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # Nobody looks whether it listens yet: a connection without a request holds it up for good.

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
