from collections.abc import Sequence
from dataclasses import replace

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

from footfall.config import TemporalSettings
from footfall.errors import UnreadableError
from footfall.keyring import Keyring

ENCODING = b"binary/encrypted"
"""How a sealed payload calls its encoding, as Temporal's own examples do."""

KEY_ID = "encryption-key-id"
"""The entry of a sealed payload's metadata that names its key."""

_NOTHING = b"binary/null"


class EncryptionCodec(PayloadCodec):
    """Seals what Temporal is given, and opens it again; what is not sealed is passed on.

    A sealed payload is bound to its key's id, the namespace and the app, so that none of another
    app's or namespace's can be put in its place. It is not bound to a workflow: Temporal itself
    hands the payloads of a schedule to its runs.
    """

    def __init__(self, keyring: Keyring, *, namespace: str, app: str) -> None:
        self._keyring = keyring
        self._bound = (namespace, app)

    @property
    def encrypts(self) -> bool:
        """Whether there is a key."""
        return self._keyring.first is not None

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal payloads with the first key; without keys they stay as they are."""
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open those that are sealed.

        Raises:
            UnreadableError: a key is not known, or a payload was altered.
        """
        return [self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        # Temporal has to see "nothing" as such: with it an entry of a memo is removed.
        if self._keyring.first is None or payload.metadata.get("encoding") == _NOTHING:
            return payload
        return Payload(
            metadata={"encoding": ENCODING, KEY_ID: self._keyring.first.encode()},
            data=self._keyring.seal(payload.SerializeToString(), self._bound),
        )

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        if KEY_ID not in payload.metadata:
            raise UnreadableError("This was encrypted by something else than Footfall.")
        key_id = payload.metadata[KEY_ID].decode(errors="replace")
        return Payload.FromString(self._keyring.open(key_id, payload.data, self._bound))


def codec_of(settings: TemporalSettings) -> EncryptionCodec:
    """Give the codec of an app.

    Raises:
        ConfigurationError: the file with its keys cannot be read, or holds none.
    """
    return EncryptionCodec(
        settings.keyring(),
        namespace=settings.namespace,
        app=settings.task_queue,
    )


def converter_of(settings: TemporalSettings) -> DataConverter:
    """Give the data converter of all of an app's clients.

    The codec is there without keys too: it says what is missing where something is sealed.

    Raises:
        ConfigurationError: the file with the keys cannot be read, or holds none.
    """
    codec = codec_of(settings)
    converter = replace(pydantic_data_converter, payload_codec=codec)
    if not codec.encrypts:
        return converter
    # Messages and tracebacks of failures are text beside the payloads, and would stay readable.
    return replace(
        converter,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
