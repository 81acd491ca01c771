import asyncio
import time
import uuid
from datetime import timedelta

from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError

from footfall.errors import NoWorkerError, TemporalUnavailableError, WalkerNotFoundError
from footfall.schedules.schedule import utc_now
from footfall.temporal.connection import translated_errors
from footfall.temporal.pollers import has_ended, is_alive, pollers
from footfall.walkers.catalogue import Catalogue, WalkerInfo

ANSWER_TIMEOUT = timedelta(seconds=5)
"""How long a worker may take to answer."""

FRESH_SECONDS = 30.0
"""How long an answer is used before a worker is asked again."""

ABSENT_SECONDS = 1.0
"""How long "no worker" is answered without asking again."""

QUESTIONS = 3
"""How often workers are asked that are there and do not answer."""

_BUSY = (
    "No worker of this app answered in time, though some ask Temporal for work: they are busy "
    "(try again), or of a build that nobody made current."
)


class WalkerCatalogue:
    """The walkers that the running workers know, asked for through Temporal and cached."""

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app
        self._lock = asyncio.Lock()
        self._known: Catalogue | None = None
        self._why: str | None = None
        self._asked_at = float("-inf")

    async def read(self, *, fresh: bool = False) -> Catalogue:
        """Give the catalogue of a running worker, at most 30 seconds old.

        While workers are there that are too busy to answer, an older one has to do.

        Args:
            fresh: ask again unless the answer is younger than a second.

        Raises:
            NoWorkerError: no worker of this app answers.
            TemporalUnavailableError: Temporal does not answer.
        """
        async with self._lock:
            lifetime = FRESH_SECONDS if self._known and not fresh else ABSENT_SECONDS
            if time.monotonic() - self._asked_at > lifetime:
                self._known = await self._patiently(None if fresh else self._known)
                self._asked_at = time.monotonic()
            if self._known is None:
                raise NoWorkerError(self._why)
            return self._known

    async def find(self, name: str) -> WalkerInfo:
        """Give one walker; a name that is not known yet makes it ask again.

        Raises:
            WalkerNotFoundError: the workers do not know it.
            NoWorkerError: no worker of this app answers.
            TemporalUnavailableError: Temporal does not answer.
        """
        walker = (await self.read()).find(name) or (await self.read(fresh=True)).find(name)
        if walker is None:
            raise WalkerNotFoundError(f"There is no walker named {name!r}.", walker_name=name)
        return walker

    async def _patiently(self, known: Catalogue | None) -> Catalogue | None:
        """Ask, and again while workers are there, unless what is known will do."""
        for _ in range(QUESTIONS):
            answer = await self._ask()
            if answer is not None:
                return answer
            if not await self._is_anyone_there():
                self._why = None
                return None
            if known is not None:
                return known
        self._why = _BUSY
        return None

    async def _is_anyone_there(self) -> bool:
        found, now = await pollers(self._client, app=self._app), utc_now()
        return any(is_alive(at, now) and not has_ended(name) for name, at in found.items())

    async def _ask(self) -> Catalogue | None:
        handle_id = f"list-walkers-{self._app}-{uuid.uuid4().hex[:8]}"
        try:
            with translated_errors():
                handle = await self._client.start_workflow(
                    "ListWalkers",
                    id=handle_id,
                    task_queue=self._app,
                    execution_timeout=ANSWER_TIMEOUT,
                    result_type=Catalogue,
                    rpc_timeout=ANSWER_TIMEOUT,
                )
                return await asyncio.wait_for(
                    handle.result(),
                    ANSWER_TIMEOUT.total_seconds() + 1,
                )
        except (WorkflowFailureError, TimeoutError):
            return None
        except RPCError as error:
            raise TemporalUnavailableError(cause=error.status.name) from error
