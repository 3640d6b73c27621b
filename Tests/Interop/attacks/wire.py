"""The bytes of HTTP itself: two lengths, two hosts, folded and bare lines, methods and paths that are none."""

from attacks.attack import Closed, Refused, Table

TABLE = Table()

FORM = "Content-Type: application/x-www-form-urlencoded"
END = "Connection: close"
NOT_FOUND = Refused(404, "PV-004", "not_found")
METHOD = Refused(405, "PV-005", "method_not_allowed")
MISSING = Refused(400, "PV-001", "form_parameter_missing")


def length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def raw(*fields, body=lambda a: b"", line="POST /token HTTP/1.1", host=True, own_length=True):
    """A request of these fields; its own length is right unless left out."""

    def make(a):
        content = body(a)
        own = [length(content)] if own_length else []
        return a.request(*own, FORM, END, *fields, body=content, line=line, host=host)

    return make


def grant(a) -> bytes:
    return a.grant()


def chunked(a, extension: bytes = b"") -> bytes:
    content = a.grant()
    return b"%x%s\r\n%s\r\n0\r\n\r\n" % (len(content), extension, content)


# Two ideas of where a request ends (RFC 9112 §6.3, §11.2).
SMUGGLING = "RFC 9112 §6.3: request smuggling"
for name, make in {
    "length-and-chunked": raw("Transfer-Encoding: chunked", body=chunked),
    "two-lengths": raw("Content-Length: 0", body=grant),
    "length-negative": raw("Content-Length: -1", own_length=False),
    "length-plus": raw("Content-Length: +5", own_length=False),
    "length-hexadecimal": raw("Content-Length: 0x5", own_length=False),
    "length-empty": raw("Content-Length:", own_length=False),
    "length-list": raw("Content-Length: 5, 6", own_length=False),
    "length-overflow": raw("Content-Length: 99999999999999999999999", own_length=False),
    "chunked-before-another": raw("Transfer-Encoding: chunked, identity", own_length=False, body=chunked),
    "chunked-look-alike": raw("Transfer-Encoding: xchunked", own_length=False, body=chunked),
    "chunked-blank-before-colon": raw("Transfer-Encoding : chunked", own_length=False, body=chunked),
    "chunk-length-negative": raw("Transfer-Encoding: chunked", own_length=False, body=lambda a: b"-1\r\n\r\n0\r\n\r\n"),
    "chunk-length-overflow": raw(
        "Transfer-Encoding: chunked", own_length=False, body=lambda a: b"f" * 32 + b"\r\nx\r\n"
    ),
    "chunk-length-no-number": raw(
        "Transfer-Encoding: chunked", own_length=False, body=lambda a: b"zz\r\nx\r\n0\r\n\r\n"
    ),
    "chunk-longer-than-said": raw(
        "Transfer-Encoding: chunked", own_length=False, body=lambda a: b"1\r\nxx\r\n0\r\n\r\n"
    ),
}.items():
    TABLE.row(name, SMUGGLING, Closed(), make, raw=True)

# The head.
for name, make in {
    "folded-field": raw("X-Folded: a\r\n b", body=grant),
    "folded-length": raw("Content-Length:\r\n 5", own_length=False),
    "field-without-colon": raw("nonsense", body=grant),
    "field-name-with-blank": raw("X Bad: a", body=grant),
    "field-name-empty": raw(": a", body=grant),
    "field-with-nul": raw("X-Nul: a\0b", body=grant),
    "field-with-bare-return": raw("X-Return: a\rb", body=grant),
    "host-absent": raw(body=grant, host=False),
    "host-twice": raw("Host: evil.example", body=grant),
    "version-0.9": lambda a: b"GET /jwk\r\n\r\n",
    "version-3.7": raw(line="POST /token HTTP/3.7"),
    "version-lower-case": raw(line="POST /token http/1.1"),
    "line-without-path": raw(line="POST HTTP/1.1"),
    "line-with-tab": raw(line="POST\t/token\tHTTP/1.1"),
    "method-lower-case-nonsense": raw(line="p\x01st /token HTTP/1.1"),
    "head-of-100-kb": raw("X-Long: " + "x" * 100_000, body=grant),
    "fields-2000": raw(*[f"X-{n}: {'y' * 50}" for n in range(2_000)], body=grant),
    "path-of-100-kb": raw(line=f"GET /{'x' * 100_000} HTTP/1.1"),
    "tls-hello": lambda a: bytes.fromhex("16030100a5010000a10303") + bytes(160),
    "http-2-preface": lambda a: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
    "socks": lambda a: b"\x05\x01\x00",
}.items():
    TABLE.row(name, "RFC 9112 §2.2, §3.2, §5", Closed(), make, raw=True)

# Paths and methods that are none.
for path in [
    "/token/",
    "//token",
    "/token/../token",
    "/%74oken",
    "/token;x",
    "/TOKEN",
    "/token%00",
    "/./token",
    "/token%2f",
    "/Token",
    "/.git/config",
    "/..%2f..%2fetc/passwd",
    "/portvakt.db",
    "/console",
    "/api/v1/scopes",
]:
    name = "".join(c if c.isalnum() else "_" for c in path)
    TABLE.row(
        f"path{name}",
        "RFC 3986 §6: one path, one meaning",
        NOT_FOUND,
        raw(body=grant, line=f"POST {path} HTTP/1.1"),
        raw=True,
    )
for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]:
    TABLE.row(f"method-{method}", "RFC 6749 §3.2: POST alone", METHOD, raw(line=f"{method} /token HTTP/1.1"), raw=True)
for method in ["POST", "PUT", "DELETE"]:
    TABLE.row(f"jwk-method-{method}", "RFC 9110 §15.5.6", METHOD, raw(line=f"{method} /jwk HTTP/1.1"), raw=True)
TABLE.rows(
    "RFC 6750 §5.3: nothing of a request stands in its address",
    MISSING,
    {
        "assertion-in-the-address": lambda a: a.request(
            FORM, END, "Content-Length: 0", line=f"POST /token?{a.grant().decode()} HTTP/1.1"
        ),
        "grant-type-in-the-address": raw(
            line="POST /token?grant_type=client_credentials HTTP/1.1", body=lambda a: b"scope=demo:fangst.read"
        ),
        "method-override": raw("X-HTTP-Method-Override: GET", body=lambda a: b""),
    },
    raw=True,
)
TABLE.row(
    "encoded-body",
    "CVE-2024-28102 class: nothing is unpacked",
    Refused(400, "PV-001", "form_malformed"),
    raw("Content-Encoding: gzip", body=lambda a: b"\x1f\x8b\x08\x00" + bytes(20)),
    raw=True,
)
