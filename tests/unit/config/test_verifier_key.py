from pathlib import Path

import pytest
from pydantic import SecretStr

from footfall.config import JwtSettings
from footfall.errors import ConfigurationError


def test_a_missing_secret_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(ConfigurationError, match="FOOTFALL_JWT_SECRET"):
        JwtSettings().verifier_key()


def test_the_secret_is_the_key() -> None:
    assert JwtSettings(secret=SecretStr("x" * 32)).verifier_key() == "x" * 32


def test_bytes_count_not_characters() -> None:
    assert JwtSettings(secret=SecretStr("é" * 16)).verifier_key() == "é" * 16


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_secret_is_no_public_key(algorithm: str) -> None:
    jwt = JwtSettings.model_validate({"algorithm": algorithm, "secret": "x" * 32})
    with pytest.raises(ConfigurationError, match="FOOTFALL_JWT_PUBLIC_KEY"):
        jwt.verifier_key()


def test_a_public_key_is_text_or_a_file(tmp_path: Path) -> None:
    pem = "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n"
    file = tmp_path / "key.pem"
    file.write_text(pem)
    assert JwtSettings(algorithm="RS256", public_key=pem).verifier_key() == pem
    assert JwtSettings(algorithm="RS256", public_key=str(file)).verifier_key() == pem


def test_a_public_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "key.der"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "nowhere.pem", tmp_path, binary):
        with pytest.raises(ConfigurationError) as refused:
            JwtSettings(algorithm="ES256", public_key=str(path)).verifier_key()
        assert str(path) in refused.value.message
        assert "FOOTFALL_JWT_PUBLIC_KEY" in refused.value.message
