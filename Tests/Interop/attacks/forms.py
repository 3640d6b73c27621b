"""The form around it: parameters twice, grants that are not served, media types, clients that disagree."""

import urllib.parse

from attacks.attack import ABSENT, JWT_CLIENT, Refused, Table, form, malformed
from world import JWT_BEARER

TABLE = Table()

TWICE = Refused(400, "PV-001", "form_parameter_twice")
MALFORMED = Refused(400, "PV-001", "form_malformed")
MISSING = Refused(400, "PV-001", "form_parameter_missing")
VALUE = Refused(400, "PV-001", "form_parameter_value")
MEDIA = Refused(415, "PV-003", "media_type_unsupported")
TYPE = form(grant_type=JWT_BEARER)


def assertion(a) -> bytes:
    return b"assertion=" + ".".join(a.parts()).encode()


TABLE.rows(
    "RFC 6749 §3.2: no parameter twice",
    TWICE,
    {
        "assertion-twice": lambda a: a.grant() + b"&" + assertion(a),
        "assertion-twice-escaped": lambda a: a.grant() + b"&%61ssertion=x",
        "grant-type-twice": lambda a: a.grant() + b"&grant_type=client_credentials",
        "grant-type-twice-the-same": lambda a: a.grant() + b"&" + TYPE,
        "client-id-twice": lambda a: a.grant() + f"&client_id={a.client.id}&client_id={a.other.id}".encode(),
        "unknown-twice": lambda a: a.grant() + b"&x=1&x=2",
        "without-value-twice": lambda a: a.grant() + b"&scope&scope=",
        "scope-parameter-twice": lambda a: a.authentication() + b"&scope=demo:fangst.write",
        "empty-name-twice": lambda a: a.grant() + b"&=1&=2",
    },
)
TABLE.rows(
    "WHATWG URL §5.1: percent-encoded UTF-8",
    MALFORMED,
    {
        "percent-alone": lambda a: a.grant() + b"&x=%",
        "percent-one-digit": lambda a: a.grant() + b"&x=%4",
        "percent-letters": lambda a: a.grant() + b"&x=%zz",
        "percent-sign": lambda a: a.grant() + b"&x=%+1",
        "percent-u": lambda a: a.grant() + b"&x=%u0061",
        "not-utf-8": lambda a: a.grant() + b"&x=%ff",
        "not-utf-8-bytes": lambda a: a.grant() + b"&x=\xff",
        "overlong": lambda a: a.grant() + b"&x=%c0%80",
        "surrogate": lambda a: a.grant() + b"&x=%ed%a0%80",
        "name-not-utf-8": lambda a: a.grant() + b"&%ff=x",
    },
)
TABLE.rows(
    "RFC 6749 §3.2, RFC 7523 §2.1",
    MISSING,
    {
        "empty": lambda a: b"",
        "ampersands": lambda a: b"&&&&",
        "no-assertion": lambda a: TYPE,
        "assertion-empty": lambda a: TYPE + b"&assertion=",
        "assertion-as-list": lambda a: TYPE + b"&assertion[]=" + ".".join(a.parts()).encode(),
        "assertion-upper-case": lambda a: TYPE + b"&Assertion=" + ".".join(a.parts()).encode(),
        "line-break-before-name": lambda a: TYPE + b"&\nassertion=" + ".".join(a.parts()).encode(),
        "nul-behind-name": lambda a: TYPE + b"&assertion%00=" + ".".join(a.parts()).encode(),
        "json-in-the-body": lambda a: b'{"grant_type":"client_credentials"}',
        "client-assertion-without-type": lambda a: a.authentication(client_assertion_type=ABSENT),
        "client-assertion-type-alone": lambda a: a.grant() + b"&" + form(client_assertion_type=JWT_CLIENT),
        "client-credentials-without-scope": lambda a: a.authentication(scope=ABSENT),
    },
)
TABLE.rows(
    "RFC 7521 §4.2",
    VALUE,
    {
        "client-assertion-type-saml": lambda a: a.authentication(
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
        ),
        "client-assertion-type-of-the-grant": lambda a: a.authentication(client_assertion_type=JWT_BEARER),
        "client-assertion-type-upper-case": lambda a: a.authentication(client_assertion_type=JWT_CLIENT.upper()),
        "scope-with-two-blanks": lambda a: a.authentication(scope="demo:fangst.read  demo:fangst.write"),
        "scope-with-a-tab": lambda a: a.authentication(scope="demo:fangst.read\tdemo:fangst.write"),
    },
)
UNSERVED = Refused(400, "PV-002", "grant_type_unsupported")
for grant in [
    "password",
    "implicit",
    "authorization_code",
    "refresh_token",
    "CLIENT_CREDENTIALS",
    "client_credentials ",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:JWT-bearer",
    "urn:openid:params:grant-type:ciba",
    JWT_BEARER + "\0",
]:
    name = urllib.parse.quote(grant.rsplit(":", 1)[-1])
    TABLE.row(
        f"grant-type-{name}",
        "RFC 9700 §2.4, RFC 6749 §5.2",
        UNSERVED,
        lambda a, g=grant: form(
            grant_type=g, assertion=".".join(a.parts()), username="x", password="y", code="z", refresh_token="r"
        ),
    )
TABLE.row(
    "semicolons", "WHATWG URL §5.1: fields are parted by ampersands", UNSERVED, lambda a: a.grant().replace(b"&", b";")
)
for name, media in {
    "json": "application/json",
    "multipart": "multipart/form-data; boundary=x",
    "text": "text/plain",
    "xml": "text/xml",
    "none": "",
    "two": "application/x-www-form-urlencoded, text/plain",
    "suffix": "application/x-www-form-urlencodedx",
    "prefix": "xapplication/x-www-form-urlencoded",
    "star": "*/*",
}.items():
    TABLE.row(
        f"media-type-{name}", "RFC 6749 §3.2, RFC 9110 §8.3", MEDIA, lambda a: a.grant(), fields={"Content-Type": media}
    )
DISAGREE = malformed("parameters_disagree")
TABLE.rows(
    "RFC 7521 §4.2: all that names the client names the same one",
    DISAGREE,
    {
        "client-id-of-another": lambda a: a.grant() + f"&client_id={a.other.id}".encode(),
        "client-id-upper-case": lambda a: a.grant() + f"&client_id={a.client.id.upper()}".encode(),
        "client-id-with-blank": lambda a: a.grant() + f"&client_id={a.client.id}%20".encode(),
        "client-assertion-of-another": lambda a: a.grant()
        + b"&"
        + form(
            client_assertion_type=JWT_CLIENT,
            client_assertion=a.signed(
                {"alg": "RS256", "kid": a.other.key_id},
                a.authentication_claims(iss=a.other.id, sub=a.other.id),
                a.other.private_key,
            ),
        ),
    },
)
TABLE.row(
    "client-id-of-another-with-client-credentials",
    "RFC 7521 §4.2",
    DISAGREE,
    lambda a: a.authentication() + f"&client_id={a.other.id}".encode(),
)
TABLE.row(
    "companion-unsigned",
    "a client assertion beside a grant is verified too",
    Refused(401, "MP-124", "signature_invalid"),
    lambda a: a.grant()
    + b"&"
    + form(
        client_assertion_type=JWT_CLIENT,
        client_assertion=a.signed(a.header(), a.authentication_claims(), sign=lambda _: bytes(256)),
    ),
)
TABLE.row(
    "client-secret-alone",
    "RFC 9700 §2.5: secrets authenticate nobody",
    Refused(401, "PV-026", "client_certificate_missing"),
    lambda a: form(grant_type="client_credentials", client_id=a.client.id, client_secret="x", scope="a:b"),
)
DETAILS = Refused(400, "PV-001", "form_parameter_value")
TABLE.row(
    "authorization-details-no-json", "RFC 9396 §2", DETAILS, lambda a: a.authentication(authorization_details="x")
)
TABLE.row(
    "authorization-details-duplicate",
    "RFC 8259 §4",
    DETAILS,
    lambda a: a.authentication(authorization_details='[{"type":"a","type":"b"}]'),
)
TABLE.row(
    "authorization-details-unknown-type",
    "RFC 9396 §5",
    Refused(400, "MP-301", "authorization_details_type_unknown"),
    lambda a: a.authentication(authorization_details='[{"type":"urn:x"}]'),
)
TABLE.row(
    "resource-malformed-in-form",
    "RFC 8707 §2",
    Refused(400, "PV-016", "resource_malformed"),
    lambda a: a.authentication(resource="https://x.test/#a"),
)
