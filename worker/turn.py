import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from footfall.errors import FootfallError
from footfall.temporal.declared_versions import DeclaredVersions
from footfall.temporal.pollers import has_ended, pollers, version_of

SILENT_SECONDS = 75.0
"""How long a worker must not have asked for work to count as gone: one that has nothing to do
asks once a minute."""

LOOK_SECONDS = 2.0

AGAIN_SECONDS = (10.0, 60.0)
"""When a worker that decided at its start looks at the static schedules again."""

_log = structlog.get_logger(__name__)


class Turn:
    """Whether a worker's version of the app decides what the static schedules are.

    The version that came last decides, as long as a worker with it runs. So a worker of the
    version before that starts again in the middle of an upgrade changes nothing; when the newer
    ones are gone, since the upgrade was taken back, its version decides again.
    """

    def __init__(self, client: Client, *, app: str, version: str) -> None:
        self._client = client
        self._app = app
        self._version = version
        self._versions = DeclaredVersions(client, app=app)
        self._seen: dict[str, tuple[datetime, float]] = {}

    async def mine(self) -> bool:
        """Say whether this worker's version decides, and note that it is there.

        Raises:
            TemporalUnavailableError: Temporal did not answer; call it again.
        """
        newer = await self._versions.enter(self._version)
        if newer and await self._runs(set(newer)):
            return False
        if newer:
            await self._versions.renew(self._version)
        return True

    async def wait(self, take: Callable[[], Awaitable[None]]) -> None:
        """Wait until this worker's version decides, and take over then."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if await self.mine():
                    await take()
                    return
            except (FootfallError, RPCError) as error:
                _log.warning("it is not known which version of the app decides", reason=str(error))

    async def keep(self, take: Callable[[], Awaitable[None]]) -> None:
        """Take over once more after a while: another one may have decided while this one began."""
        for seconds in AGAIN_SECONDS:
            await asyncio.sleep(seconds)
            try:
                if await self.mine():
                    await take()
            except (FootfallError, RPCError) as error:
                _log.warning("static schedules are not looked at again", reason=str(error))

    async def _runs(self, versions: set[str]) -> bool:
        now = time.monotonic()
        found = await pollers(self._client, app=self._app)
        for identity, at in found.items():
            if at != self._seen.get(identity, (None, 0))[0]:
                self._seen[identity] = at, now
        return any(
            version_of(identity) in versions
            and now - self._seen[identity][1] < SILENT_SECONDS
            and not has_ended(identity)
            for identity in found
        )
