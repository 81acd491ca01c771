"""Tokens made by hand, so that nothing is too wrong to be sent, and those that are refused."""

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import jwt as pyjwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SECRET = "correct-horse-battery-staple-0123"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def now() -> datetime:
    return datetime.now(UTC)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(
    claims: Any,
    *,
    header: Any = None,
    secret: str | bytes = SECRET,
    digest: str = "sha256",
) -> str:
    """Sign by hand, so that nothing is too wrong to be sent."""
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    text = f"{encoded(head)}.{encoded(claims)}"
    key = secret if isinstance(secret, bytes) else secret.encode()
    return f"{text}.{encoded(hmac.digest(key, text.encode(), digest))}"


def claims(**changes: Any) -> dict[str, Any]:
    given = {"user_id": "ada", "role": "user", "exp": int(now().timestamp()) + 600, **changes}
    return {name: value for name, value in given.items() if value is not ...}


LATER = int(datetime(2999, 1, 1, tzinfo=UTC).timestamp())
AGO = int(datetime(2001, 1, 1, tzinfo=UTC).timestamp())
GOOD = signed({"user_id": "ada", "exp": LATER})
HEAD, BODY, SIGNATURE = GOOD.split(".")

CLAIMS = json.dumps({"user_id": "ada", "exp": LATER})[1:-1]
"""Good claims as text, to write others beside them."""

FOREIGN = b"a key of the sender's own, 32 bytes"
FOREIGN_JWK = {"kty": "oct", "k": encoded(FOREIGN)}


def foreign(**header: Any) -> str:
    """Sign with a key of the sender's own, and say in the header where it is to be had."""
    return signed(claims(exp=LATER), header={"alg": "HS256", **header}, secret=FOREIGN)


def foreign_public(**header: Any) -> str:
    head = {"jwk": json.loads(pyjwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key())), **header}
    return pyjwt.encode(claims(exp=LATER), RSA_KEY, algorithm="RS256", headers=head)


def unencoded() -> str:
    """Sign a payload as it is (RFC 7797)."""
    head = encoded({"alg": "HS256", "b64": False, "crit": ["b64"]})
    text = f"{head}.{{{CLAIMS}}}"
    return f"{text}.{encoded(hmac.digest(SECRET.encode(), text.encode(), 'sha256'))}"


BAD = {
    "empty": "",
    "one part": "abc",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.x",
    "empty parts": "..",
    "no signature": f"{HEAD}.{BODY}.",
    "signature of another token": f"{HEAD}.{BODY}.{signed(claims()).split('.')[2]}",
    "signature cut": GOOD[:-2],
    "wrong secret": signed(claims(), secret="x" * 32),
    "alg none, no signature": f"{encoded({'alg': 'none'})}.{BODY}.",
    "alg None": signed(claims(), header={"alg": "None"}),
    "alg missing": signed(claims(), header={"typ": "JWT"}),
    "alg null": signed(claims(), header={"alg": None}),
    "alg a list": signed(claims(), header={"alg": ["HS256"]}),
    "alg HS512": signed(claims(), header={"alg": "HS512"}, digest="sha512"),
    "alg RS256": pyjwt.encode(claims(exp=LATER), RSA_KEY, algorithm="RS256"),
    "crit": signed(claims(), header={"alg": "HS256", "crit": ["x"], "x": 1}),
    "crit empty": signed(claims(), header={"alg": "HS256", "crit": []}),
    "crit known to the library": signed(
        claims(),
        header={"alg": "HS256", "crit": ["b64"], "b64": True},
    ),
    "payload not encoded": signed(claims(), header={"alg": "HS256", "b64": False}),
    "header no object": signed(claims(), header=[1]),
    "header no JSON": signed(claims(), header=b"{"),
    "header no UTF-8": signed(claims(), header=b"\xff"),
    "payload as it is": unencoded(),
    "payload detached": ".".join((unencoded().split(".")[0], "", unencoded().split(".")[-1])),
    "jwk of the sender": foreign(jwk=FOREIGN_JWK),
    "jwk of the sender, RS256": foreign_public(),
    "jku of the sender": foreign(jku="http://127.0.0.1:9/keys.json"),
    "x5u of the sender": foreign(x5u="http://127.0.0.1:9/chain.pem"),
    "x5c of the sender": foreign(x5c=[base64.b64encode(FOREIGN).decode()]),
    "kid a path": foreign(kid="../../../dev/null"),
    "kid a query": foreign(kid="x' UNION SELECT 'key"),
    "signed with nothing": signed(claims(), secret=b""),
    "signed with a null byte": signed(claims(), secret=b"\0"),
    "alg nOnE, no signature": f"{encoded({'alg': 'nOnE'})}.{BODY}.",
    "alg none, signature of ours": f"{encoded({'alg': 'none'})}.{BODY}.{SIGNATURE}",
    "alg HS256 in small letters": signed(claims(), header={"alg": "hs256"}),
    "alg ES256, signature of zeros": f"{encoded({'alg': 'ES256'})}.{BODY}.{encoded(bytes(64))}",
    "alg twice": signed(claims(), header=b'{"alg": "none", "alg": "HS256"}'),
    "kid twice": signed(claims(), header=b'{"alg": "HS256", "kid": "a", "kid": "b"}'),
    "user twice": signed(f'{{{CLAIMS}, "user_id": "bob"}}'.encode()),
    "user twice, one escaped": signed(f'{{{CLAIMS}, "user\\u005fid": "bob"}}'.encode()),
    "exp twice": signed(f'{{{CLAIMS}, "exp": {LATER}}}'.encode()),
    "role twice": signed(f'{{{CLAIMS}, "role": "user", "role": "admin"}}'.encode()),
    "twice further down": signed(f'{{{CLAIMS}, "more": {{"a": 1, "a": 2}}}}'.encode()),
    "claims after claims": signed(f"{{{CLAIMS}}}{{{CLAIMS}}}".encode()),
    "claims with NaN": signed(f'{{{CLAIMS}, "more": NaN}}'.encode()),
    "claims in UTF-16": signed(f"{{{CLAIMS}}}".encode("utf-16")[:-1]),
    "nested": signed(GOOD),
    "nested, said so": signed(GOOD.encode(), header={"alg": "HS256", "cty": "JWT"}),
    "encrypted, said so": f"{encoded({'alg': 'dir', 'enc': 'A256GCM'})}..{SIGNATURE}.x.y",
    "exp a number as text": signed(claims(exp=str(LATER))),
    "exp true": signed(claims(exp=True)),
    "exp not a number": signed(b'{"user_id": "ada", "exp": NaN}'),
    "exp 0": signed(claims(exp=0)),
    "exp below 0": signed(claims(exp=-LATER)),
    "nbf a number as text": signed(claims(nbf=str(AGO))),
    "nbf null": signed(claims(nbf=None)),
    "iat null": signed(claims(iat=None)),
    "iat true": signed(claims(iat=True)),
    "space inside": f"{HEAD}. {BODY}.{SIGNATURE}",
    "tab inside": f"{HEAD}.{BODY}.\t{SIGNATURE}",
    "line break inside": f"{HEAD}.{BODY}\r\n.{SIGNATURE}",
    "what base64 skips": f"{HEAD}.{BODY}.{SIGNATURE}!!!!",
    "padding": f"{HEAD}==.{BODY}.{SIGNATURE}",
    "the other alphabet": f"{HEAD}.{BODY}.{SIGNATURE[:-1]}+",
    "trailing dot": f"{GOOD}.",
    "two tokens": f"{GOOD},{GOOD}",
    "quoted": f'"{GOOD}"',
    "huge claims": signed(claims(more="x" * 16384)),
    "huge header": signed(claims(), header={"alg": "HS256", "kid": "x" * 16384}),
    "kid a number": signed(claims(), header={"alg": "HS256", "kid": 1}),
    "claims no object": signed(["ada"]),
    "claims null": signed(None),
    "claims no JSON": signed(b"not json"),
    "claims nested deep": signed(b"[" * 5000),
    "no exp": signed(claims(exp=...)),
    "exp null": signed(claims(exp=None)),
    "exp text": signed(claims(exp="soon")),
    "exp a list": signed(claims(exp=[LATER])),
    "exp infinite": signed(b'{"user_id": "ada", "exp": Infinity}'),
    "exp past": signed(claims(exp=AGO)),
    "nbf future": signed(claims(nbf=LATER)),
    "iat future": signed(claims(iat=LATER)),
    "iat text": signed(claims(iat="then")),
    "no user": signed(claims(user_id=...)),
    "user empty": signed(claims(user_id="")),
    "user empty, sub given": signed(claims(user_id="", sub="ada")),
    "user null, sub given": signed(claims(user_id=None, sub="ada")),
    "user a number": signed(claims(user_id=7)),
    "user a list": signed(claims(user_id=["ada"])),
    "user an object": signed(claims(user_id={"$ne": ""})),
    "user too long": signed(claims(user_id="a" * 257)),
    "user with line break": signed(claims(user_id="ada\nadmin")),
    "user with NUL": signed(claims(user_id="ada\0")),
    "user with surrogate": signed(claims(user_id="\ud800")),
    "user with direction override": signed(claims(user_id="ada\u202e")),
    "sub a number": signed(claims(user_id=..., sub=7)),
    "system": signed(claims(user_id="system")),
    "system without role": signed(claims(user_id="system", role=...)),
    "system by sub": signed(claims(user_id=..., sub="system")),
    "system, role a list": signed(claims(user_id="system", role=["admin"])),
    "not ASCII": f"{GOOD}é",
    "leading space": f" {GOOD}",
    "trailing line break": f"{GOOD}\n",
    "too long": "a" * 16385,
    "encrypted": "a.b.c.d.e",
}
