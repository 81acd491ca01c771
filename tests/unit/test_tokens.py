import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr
from support.tokens import (
    BAD,
    BODY,
    EC_KEY,
    GOOD,
    HEAD,
    LATER,
    RSA_KEY,
    SECRET,
    claims,
    encoded,
    now,
    pem,
    signed,
)

from footfall.config import JwtSettings
from footfall.errors import ConfigurationError, UnauthorizedError
from footfall.tokens import (
    Principal,
    TokenVerifier,
    ensure_dev_secret,
    issue_token,
    read_dev_secret,
)

SETTINGS = JwtSettings(secret=SecretStr(SECRET))
STRICT = JwtSettings(secret=SecretStr(SECRET), issuer="us", audience="footfall")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused_and_nothing_of_it_is_told(name: str) -> None:
    with pytest.raises(UnauthorizedError) as refused:
        TokenVerifier(SETTINGS).verify(BAD[name])
    assert len(refused.value.message) < 80
    assert "ada" not in refused.value.message
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.parametrize("name", ["jku", "x5u", "x5c", "jwk"])
def test_what_a_header_says_of_keys_counts_for_nothing(name: str) -> None:
    told = signed(claims(), header={"alg": "HS256", name: "http://127.0.0.1:9/"})
    assert TokenVerifier(SETTINGS).verify(told) == Principal("ada")


def test_a_type_that_is_asked_for_has_to_be_there() -> None:
    verifier = TokenVerifier(SETTINGS.model_copy(update={"token_type": "at+jwt"}))
    for typ in ("at+jwt", "application/AT+JWT"):
        token = signed(claims(), header={"alg": "HS256", "typ": typ})
        assert verifier.verify(token) == Principal("ada")
    for header in ({}, {"typ": "JWT"}, {"typ": ""}, {"typ": None}, {"typ": ["at+jwt"]}):
        with pytest.raises(UnauthorizedError, match="of another type"):
            verifier.verify(signed(claims(), header={"alg": "HS256", **header}))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "them", "aud": "footfall"},
        {"aud": "footfall"},
        {"iss": "us"},
        {"iss": "us", "aud": "other"},
        {"iss": "us", "aud": []},
        {"iss": "us", "aud": 1},
        {"iss": ["us"], "aud": "footfall"},
        {"iss": None, "aud": None},
    ],
)
def test_issuer_and_audience_are_checked_where_they_are_configured(changes: Any) -> None:
    with pytest.raises(UnauthorizedError):
        TokenVerifier(STRICT).verify(signed(claims(**changes)))


@pytest.mark.parametrize("aud", ["footfall", ["other", "footfall"]])
def test_a_token_of_the_issuer_for_us_is_accepted(aud: Any) -> None:
    token = signed(claims(iss="us", aud=aud))
    assert TokenVerifier(STRICT).verify(token) == Principal("ada")


@pytest.mark.parametrize(
    ("given", "principal"),
    [
        ({}, Principal("ada")),
        ({"role": "admin"}, Principal("ada", is_admin=True)),
        ({"role": "system"}, Principal("ada")),
        ({"role": ["admin"]}, Principal("ada")),
        ({"role": "Admin"}, Principal("ada")),
        ({"role": ...}, Principal("ada")),
        ({"user_id": ..., "sub": "bob"}, Principal("bob")),
        ({"sub": "bob"}, Principal("ada")),
        ({"sub": 7}, Principal("ada")),
        ({"user_id": "a" * 256}, Principal("a" * 256)),
        ({"user_id": "Zoë 李"}, Principal("Zoë 李")),
        ({"user_id": "system", "role": "admin"}, Principal("system", is_admin=True)),
        ({"user_id": "system", "role": "system"}, Principal("system")),
        ({"aud": "anyone", "iss": "anyone"}, Principal("ada")),
    ],
)
def test_who_a_token_speaks_for(given: dict[str, Any], principal: Principal) -> None:
    assert TokenVerifier(SETTINGS).verify(signed(claims(**given))) == principal


def test_a_token_that_jac_scale_makes_is_accepted() -> None:
    at = int(now().timestamp())
    token = pyjwt.encode(
        {"user_id": "ada", "role": "user", "iat": at, "exp": at + 60},
        SECRET,
        algorithm="HS256",
    )
    assert TokenVerifier(SETTINGS).verify(token) == Principal("ada")


def test_an_api_key_of_jac_scale_speaks_for_nobody() -> None:
    with pytest.raises(UnauthorizedError, match="API key of jac-scale"):
        TokenVerifier(SETTINGS).verify(signed(claims(type="api_key", user_id=..., sub="ada")))


def test_clocks_may_differ_by_the_leeway() -> None:
    token = signed(claims(exp=int(now().timestamp()) - 5))
    assert TokenVerifier(SETTINGS.model_copy(update={"leeway": 30})).verify(token)
    with pytest.raises(UnauthorizedError, match="expired"):
        TokenVerifier(SETTINGS).verify(token)


def test_a_principal_knows_until_when_the_token_is_accepted() -> None:
    at = int(now().timestamp()) + 60
    who = TokenVerifier(SETTINGS.model_copy(update={"leeway": 30})).verify(signed(claims(exp=at)))
    assert who.until == at + 30
    assert 80 < (who.seconds_left() or 0) <= 90
    forever = TokenVerifier(SETTINGS).verify(signed(claims(exp=10**400)))
    assert (forever.seconds_left() or 0) > 10**15
    assert Principal("ada").seconds_left() is None


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA_KEY), ("ES256", EC_KEY)])
def test_a_public_key_checks_tokens(algorithm: Any, key: Any) -> None:
    settings = JwtSettings(algorithm=algorithm, public_key=pem(key))
    verifier = TokenVerifier(settings)
    assert verifier.verify(pyjwt.encode(claims(), key, algorithm=algorithm)) == Principal("ada")
    with pytest.raises(ConfigurationError, match="issued elsewhere"):
        issue_token(settings, user="ada", admin=False, lifetime=timedelta(hours=1), now=now())
    # The well-known trick: the public key, which everyone has, taken for an HMAC secret.
    for forged in (signed(claims(), secret=pem(key)), signed(claims())):
        with pytest.raises(UnauthorizedError, match=f"not signed with {algorithm}"):
            verifier.verify(forged)


@pytest.mark.parametrize(
    ("algorithm", "text"),
    [
        ("RS256", pem(EC_KEY)),
        ("ES256", pem(RSA_KEY)),
        ("ES256", pem(ec.generate_private_key(ec.SECP384R1()))),
        ("RS256", pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))),  # noqa: S505
        ("RS256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
    ],
)
def test_a_key_that_does_not_suit_stops_the_start(algorithm: Any, text: str) -> None:
    with pytest.raises(ConfigurationError, match="FOOTFALL_JWT_PUBLIC_KEY"):
        TokenVerifier(JwtSettings(algorithm=algorithm, public_key=text))


def test_no_secret_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="FOOTFALL_JWT_SECRET"):
        TokenVerifier(JwtSettings())


@given(st.text(max_size=300))
@example(GOOD.upper())
def test_any_text_at_all_is_refused(text: str) -> None:
    with pytest.raises(UnauthorizedError):
        TokenVerifier(SETTINGS).verify(text)


@given(st.binary(max_size=60), st.binary(max_size=200), st.binary(max_size=40))
def test_any_three_parts_are_refused(head: bytes, body: bytes, signature: bytes) -> None:
    with pytest.raises(UnauthorizedError):
        TokenVerifier(SETTINGS).verify(".".join(map(encoded, (head, body, signature))))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
CLAIM_NAMES = ["user_id", "sub", "role", "exp", "iat", "nbf", "iss", "aud", "jti"]


@given(
    st.dictionaries(st.sampled_from(["typ", "kid", "crit", "b64", "jku"]), JSON),
    st.dictionaries(st.sampled_from(CLAIM_NAMES), JSON) | JSON,
)
def test_whatever_is_signed_names_a_user_or_is_refused(header: Any, content: Any) -> None:
    token = signed(content, header={**header, "alg": "HS256"})
    try:
        principal = TokenVerifier(SETTINGS).verify(token)
    except UnauthorizedError:
        return
    assert 0 < len(principal.user) <= 256
    assert principal.user.isprintable()


@given(st.data())
def test_a_token_changed_anywhere_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(HEAD) + len(BODY)))
    other = data.draw(st.sampled_from([c for c in "Aa0-_.z" if c != GOOD[at]]))
    with pytest.raises(UnauthorizedError):
        TokenVerifier(SETTINGS).verify(GOOD[:at] + other + GOOD[at + 1 :])


@pytest.mark.parametrize("admin", [True, False])
@pytest.mark.parametrize(
    "settings", [SETTINGS, STRICT, SETTINGS.model_copy(update={"token_type": "at+jwt"})]
)
def test_what_is_issued_is_accepted(settings: JwtSettings, *, admin: bool) -> None:
    at = now()
    token = issue_token(settings, user="ada", admin=admin, lifetime=timedelta(hours=1), now=at)
    assert TokenVerifier(settings).verify(token) == Principal("ada", is_admin=admin)
    content = pyjwt.decode(token, options={"verify_signature": False})
    assert content["sub"] == content["user_id"] == "ada"
    assert content["role"] == ("admin" if admin else "user")
    assert content["iat"] == int(at.timestamp())
    assert content["exp"] == content["iat"] + 3600


@pytest.mark.parametrize(
    ("user", "lifetime"),
    [
        ("", timedelta(hours=1)),
        ("a" * 257, timedelta(hours=1)),
        ("a\nb", timedelta(hours=1)),
        ("system", timedelta(hours=1)),
        ("ada", timedelta()),
        ("ada", timedelta(seconds=-1)),
        ("ada", timedelta(days=100_000)),
    ],
)
def test_a_token_that_would_be_refused_is_not_issued(user: str, lifetime: timedelta) -> None:
    with pytest.raises(ConfigurationError):
        issue_token(SETTINGS, user=user, admin=False, lifetime=lifetime, now=now())


def test_the_development_secret_is_made_once_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    assert read_dev_secret(folder) is None
    secret = ensure_dev_secret(folder)
    assert len(secret) == 64
    assert secret == ensure_dev_secret(folder) == read_dev_secret(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["jwt-secret"]
    assert stat.S_IMODE((folder / "jwt-secret").stat().st_mode) == 0o600


def test_starts_at_once_get_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda _: ensure_dev_secret(tmp_path / "data"), range(64)))
    assert len(secrets) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["jwt-secret"]


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    ensure_dev_secret(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_development_secret_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "jwt-secret").touch()
    with pytest.raises(ConfigurationError, match="holds no secret"):
        ensure_dev_secret(tmp_path)
    (tmp_path / "jwt-secret").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_dev_secret(tmp_path)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ConfigurationError, match="--data-dir"):
        ensure_dev_secret(file)


def test_signing_by_hand_is_what_the_library_does() -> None:
    content = {"user_id": "ada", "exp": LATER}
    assert pyjwt.decode(signed(content), SECRET, algorithms=["HS256"]) == content
