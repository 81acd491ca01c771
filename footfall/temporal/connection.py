import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import structlog
from temporalio.client import Client, Interceptor, Plugin
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from footfall.config import TemporalSettings
from footfall.errors import ConfigurationError, FootfallError, TemporalUnavailableError
from footfall.temporal.codec import converter_of
from footfall.temporal.guarded import Guarding
from footfall.temporal.pulse import Pulse

RPC_TIMEOUT = timedelta(seconds=10)
"""How long one call to Temporal may take."""

MAX_IDENTIFIER = 512

_log = structlog.get_logger(__name__)

NOT_ALLOWED = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED)
"""What a server answers that does not let us, or has no such call."""

_AWAY = (
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.ABORTED,
)


_AWAY_IN_WORDS = (
    # A connection that breaks in the middle of an answer.
    "transport error",
    # Of a schedule whose own workflow waits for a server that has just been started.
    "Unable to query workflow",
    "no poller seen for task queue recently",
)
"""What is said by errors that mean so, whatever their status."""


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn "Temporal does not answer" into TemporalUnavailableError; let the rest pass."""
    try:
        yield
    except RPCError as error:
        if _is_away(error):
            raise TemporalUnavailableError(cause=error.status.name) from error
        raise
    except RuntimeError as error:
        # A lazy client reports a failed connection so, with no type of its own.
        if "connect" in str(error).lower():
            raise TemporalUnavailableError(cause="CONNECT") from error
        raise


def _is_away(error: RPCError) -> bool:
    return error.status in _AWAY or any(words in error.message for words in _AWAY_IN_WORDS)


async def connect(
    settings: TemporalSettings,
    *,
    identity: str,
    lazy: bool = False,
    pulse: Pulse | None = None,
    interceptors: Sequence[Interceptor] = (),
    plugins: Sequence[Plugin] = (),
) -> Client:
    """Connect to Temporal with Footfall's data converter.

    Args:
        settings: where Temporal is and how to authenticate.
        identity: what Temporal shows as the maker of each call.
        lazy: connect with the first call, so that a process can start before Temporal does.
        pulse: says that Temporal is away, which ends calls that wait for it.
        interceptors: see what the client is asked to do.
        plugins: see what the client calls.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
        ConfigurationError: a certificate or a key cannot be read, or Temporal refused the
            credentials.
    """
    try:
        async with asyncio.timeout(RPC_TIMEOUT.total_seconds()):
            return await Client.connect(
                settings.address,
                namespace=settings.namespace,
                api_key=settings.api_key.get_secret_value() if settings.api_key else None,
                tls=_tls(settings),
                data_converter=converter_of(settings),
                identity=identity,
                lazy=lazy,
                interceptors=interceptors,
                plugins=[*plugins, Guarding(deadline=RPC_TIMEOUT, pulse=pulse)],
            )
    except FootfallError:
        raise
    except RPCError as error:
        with translated_errors():
            raise
        raise ConfigurationError(f"Temporal refused the connection: {error.message}") from error
    except (RuntimeError, OSError) as error:
        raise TemporalUnavailableError(
            f"Temporal cannot be reached at {settings.address}.",
        ) from error


async def connect_patiently(settings: TemporalSettings, *, identity: str) -> Client:
    """Connect, trying again every second or two until Temporal answers."""
    delay, waits = 0.2, False
    while True:
        try:
            client = await connect(settings, identity=identity)
        except TemporalUnavailableError as error:
            if not waits:
                _log.warning("Temporal is waited for", reason=error.message)
                waits = True
            await asyncio.sleep(delay)
            delay = min(delay * 2, 2.0)
        else:
            if waits:
                _log.info("Temporal answers")
            return client


def _tls(settings: TemporalSettings) -> TLSConfig | bool:
    if not settings.tls:
        return False
    return TLSConfig(
        server_root_ca_cert=_read(settings.tls_server_root_ca),
        client_cert=_read(settings.tls_client_cert),
        client_private_key=_read(settings.tls_client_key),
        domain=settings.tls_domain,
    )


def _read(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error


def is_identifier(text: str) -> bool:
    """Say whether an id from outside can be one of Temporal's at all."""
    return 0 < len(text) <= MAX_IDENTIFIER and text.isprintable()
