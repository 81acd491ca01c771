import base64
import binascii
import json
import re
import secrets
from collections.abc import Sequence
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from footfall.errors import UnreadableError

KEY_BYTES = 32
"""AES-256."""

_NONCE_BYTES = 12
_FORMAT = "footfall-1"
"""Names how payloads are sealed; part of what is authenticated."""

_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Keyring:
    """The keys that payloads are sealed with: the first seals, and all of them open.

    Without keys nothing is sealed, and nothing sealed can be opened.
    """

    def __init__(self, keys: Sequence[tuple[str, bytes]] = ()) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys}
        self._first = keys[0][0] if keys else None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read keys written as ``id:base64``, between commas, spaces or line ends.

        Raises:
            ValueError: there is none, or one is wrong; says which, and shows no key.
        """
        keys: dict[str, bytes] = {}
        for number, part in enumerate(re.split(r"[\s,]+", text.strip(" \r\n\t,")), 1):
            key_id, colon, encoded = part.partition(":")
            if not colon or not _KEY_ID.fullmatch(key_id):
                raise ValueError(f"key {number} is not written as id:base64")
            if key_id in keys:
                raise ValueError(f"the key id {key_id} is there twice")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                raise ValueError(f"the key {key_id} is not valid base64") from None
            if len(key) != KEY_BYTES:
                raise ValueError(f"the key {key_id} has {len(key)} bytes, not {KEY_BYTES}")
            keys[key_id] = key
        return cls(tuple(keys.items()))

    @property
    def first(self) -> str | None:
        """Id of the key that seals, or None without keys."""
        return self._first

    def seal(self, data: bytes, bound: Sequence[str]) -> bytes:
        """Encrypt with the first key; it opens only together with the same `bound` texts.

        Raises:
            ValueError: there are no keys.
        """
        if self._first is None:
            raise ValueError("there is no key to seal with")
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self._first]
        return nonce + cipher.encrypt(nonce, data, _authenticated(self._first, bound))

    def open(self, key_id: str, sealed: bytes, bound: Sequence[str]) -> bytes:
        """Decrypt what `seal` gave.

        Raises:
            UnreadableError: the key is not known, or this is not what was sealed with it.
        """
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnreadableError(
                f"This is encrypted with the key {key_id!r}, which this process does not have; add "
                "it to plugins.scale.scheduler.temporal.encryption_keys "
                "(FOOTFALL_TEMPORAL_ENCRYPTION_KEYS).",
                key=key_id,
            )
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, encrypted, _authenticated(key_id, bound))
        except (InvalidTag, ValueError) as error:
            raise UnreadableError(
                f"This is not what was encrypted with the key {key_id!r}: it was altered, comes "
                "from another app or namespace, or two keys have that id.",
                key=key_id,
            ) from error


def _authenticated(key_id: str, bound: Sequence[str]) -> bytes:
    # A list, so that no two different sequences give the same bytes.
    return json.dumps([_FORMAT, key_id, *bound]).encode()
