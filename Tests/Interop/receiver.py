"""An HTTPS server that takes webhooks, with an authority of its own, and does what a path asks of it."""

from __future__ import annotations

import datetime
import ipaddress
import pathlib
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Receiver:
    """Keeps what it is sent, by path.

    `/ok…` takes all, `/refuse-N…` answers 503 to the first N, `/500` to all, `/redirect` points elsewhere, `/large` answers
    more than anybody should read, `/slow` takes longer than anybody should wait.
    """

    def __init__(self, folder: pathlib.Path):
        self.received: list[tuple[str, dict[str, str], bytes, int]] = []
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.authority = folder / "authority.pem"
        certificate, key = make_certificate(self.authority, folder)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, fields, answer = receiver.take(self.path, dict(self.headers.items()), body)
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                try:
                    self.wfile.write(answer)
                except OSError:
                    pass  # Whoever reads no more than it should has gone.

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def finish_request(self, request, client_address):
                # The handshake belongs into the connection's own thread.
                try:
                    secure = context.wrap_socket(request, server_side=True)
                except OSError:
                    return
                try:
                    Handler(secure, client_address, self)
                finally:
                    secure.close()

            def handle_error(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, path: str, fields: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        fields = {name.lower(): value for name, value in fields.items()}
        with self.lock:
            before = sum(1 for known, *_ in self.received if known == path)
            status = 200
            if path.startswith("/refuse-") and before < int(path.split("-")[1].split("/")[0]):
                status = 503
            if path == "/500":
                status = 500
            if path == "/redirect":
                status = 302
            self.received.append((path, fields, body, status))
        if path == "/slow":
            self.ended.wait(30)
        if status == 302:
            return 302, {"Location": self.url("/elsewhere")}, b""
        return status, {}, b"x" * (1 << 20) if path == "/large" else b"{}"

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"https://{host}:{self.port}{path}"

    def at(self, path: str, status: int | None = None) -> list[tuple[dict[str, str], bytes]]:
        with self.lock:
            return [(f, b) for p, f, b, s in self.received if p == path and (status is None or s == status)]

    def wait_for(self, path: str, count: int, status: int | None = None, seconds: float = 60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.at(path, status)
            if len(found) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{path}: {len(self.at(path, status))} of {count} after {seconds} s")

    def stop(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


def make_certificate(authority: pathlib.Path, folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """An authority, and a certificate for the loopback address and `localhost`."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def build(name, issuer, key, signer, extensions):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=2))
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256())

    issuer_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Receiver's authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    own = build(issuer, issuer, issuer_key, issuer_key, [(x509.BasicConstraints(True, None), True)])
    leaf = build(
        subject, issuer, key, issuer_key,
        [(x509.BasicConstraints(False, None), True), (x509.SubjectAlternativeName(names), False)],
    )
    pem = serialization.Encoding.PEM
    authority.write_bytes(own.public_bytes(pem))
    certificate, private = folder / "receiver.pem", folder / "receiver.key"
    certificate.write_bytes(leaf.public_bytes(pem))
    private.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
