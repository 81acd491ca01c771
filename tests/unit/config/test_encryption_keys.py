import base64
from pathlib import Path

import pytest

from footfall.config import load_settings
from footfall.errors import ConfigurationError

KEY = base64.b64encode(b"k" * 32).decode()
ENV = "FOOTFALL_TEMPORAL_ENCRYPTION_KEY_FILE"


def test_keys_come_from_a_setting_or_a_file_or_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"new:{KEY}\nold:{KEY}\n")
    given = {"FOOTFALL_TEMPORAL_ENCRYPTION_KEYS": f"a:{KEY},b:{KEY}"}
    assert load_settings(environ=given).temporal.keyring().first == "a"
    assert load_settings(environ={ENV: str(path)}).temporal.keyring().first == "new"
    assert load_settings(environ={}).temporal.keyring().first is None
    with pytest.raises(ConfigurationError, match="give one of them"):
        load_settings(environ={**given, ENV: str(path)})


@pytest.mark.parametrize("text", ["", "secret", "id:c2VjcmV0"])
def test_wrong_keys_stop_the_start_and_are_not_shown(text: str, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=ENV) as refused:
        load_settings(environ={ENV: str(path)}).temporal.keyring()
    assert "secret" not in refused.value.message
    assert "c2VjcmV0" not in refused.value.message
    if text:
        with pytest.raises(ConfigurationError, match=r"ENCRYPTION_KEYS.*32 bytes") as refused:
            load_settings(environ={"FOOTFALL_TEMPORAL_ENCRYPTION_KEYS": text})
        assert "c2VjcmV0" not in refused.value.message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ConfigurationError, match=str(path)):
            load_settings(environ={ENV: str(path)}).temporal.keyring()
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="no text file"):
        load_settings(environ={ENV: str(binary)}).temporal.keyring()
