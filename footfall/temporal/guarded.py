import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from google.protobuf.message import Message
from temporalio.client import ClientConfig, Plugin
from temporalio.service import ConnectConfig, RPCError, RPCStatusCode, ServiceClient

from footfall.temporal.passing import PassingService
from footfall.temporal.pulse import Pulse

_HEALTH = "health"
_SILENT = "Temporal does not answer"
_SPARE_SECONDS = 0.5
_NO_ANSWER = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED)


class GuardedService(PassingService):
    """Temporal's services, each call of which ends: at its deadline, or when Temporal is away.

    Args:
        inner: what makes the calls.
        deadline: of calls that name none; the SDK would let them wait for ever.
        pulse: says that Temporal is away; without one each call waits for its deadline.
    """

    def __init__(self, inner: ServiceClient, *, deadline: timedelta, pulse: Pulse | None) -> None:
        super().__init__(inner)
        self._deadline = deadline
        self._pulse = pulse

    async def _rpc_call(
        self,
        rpc: str,
        req: Message,
        resp_type: Any,
        *,
        service: str,
        retry: bool,
        metadata: Mapping[str, str | bytes],
        timeout: timedelta | None,  # noqa: ASYNC109 - the SDK's own signature
    ) -> Any:
        pulse = None if service == _HEALTH else self._pulse
        if pulse is not None and pulse.is_away:
            # Refused is not sent: nobody need ask whether it was done after all.
            raise RPCError(_SILENT, RPCStatusCode.UNAVAILABLE, b"")
        limit = timeout or self._deadline
        try:
            # A client that connects with its first call knows no deadline while it does.
            async with asyncio.timeout(limit.total_seconds() + _SPARE_SECONDS) as ending:
                with pulse.ending(ending) if pulse is not None else nullcontext():
                    answer = await self._inner._rpc_call(  # noqa: SLF001 - it is what the SDK has every client define
                        rpc,
                        req,
                        resp_type,
                        service=service,
                        retry=retry,
                        metadata=metadata,
                        timeout=limit,
                    )
        except TimeoutError:
            is_away = pulse is not None and pulse.is_away
            status = RPCStatusCode.UNAVAILABLE if is_away else RPCStatusCode.DEADLINE_EXCEEDED
            raise RPCError(_SILENT, status, b"") from None
        except RPCError as error:
            if pulse is not None and error.status not in _NO_ANSWER:
                pulse.answered()
            raise
        if pulse is not None:
            pulse.answered()
        return answer


class Guarding(Plugin):
    """Puts a GuardedService into a client when it connects."""

    def __init__(self, *, deadline: timedelta, pulse: Pulse | None) -> None:
        self._deadline = deadline
        self._pulse = pulse

    def configure_client(self, config: ClientConfig) -> ClientConfig:
        """Change nothing."""
        return config

    async def connect_service_client(
        self,
        config: ConnectConfig,
        next: Callable[[ConnectConfig], Awaitable[ServiceClient]],  # noqa: A002 - the SDK's name
    ) -> ServiceClient:
        """Guard what connects."""
        return GuardedService(await next(config), deadline=self._deadline, pulse=self._pulse)
