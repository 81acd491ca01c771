import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from api.streams import KEEP_ALIVE_SECONDS, StreamEvent, Streams
from api.transcript import Transcript
from footfall.errors import TemporalUnavailableError
from footfall.schedules.live import Progress
from footfall.temporal.observation import Observation
from footfall.temporal.runs import RunGateway

POLL_SECONDS = 1.0
"""How often a running run is looked at, for each stream."""


class Tails:
    """Follows runs while they run: their status, stdout and progress, until they end."""

    def __init__(self, runs: RunGateway, streams: Streams) -> None:
        self._runs = runs
        self._streams = streams

    async def follow(self, found: Observation) -> AsyncIterator[StreamEvent]:
        """Tell what happens to a run, from what was observed of it on."""
        transcript, attempt = Transcript(), 0
        state: dict[str, Any] = {}
        progress: Progress | None = None
        now: Observation | None = found
        told_at = time.monotonic()
        while now is not None and now.summary.closed_at is None:
            events: list[StreamEvent] = []
            if now.attempts > attempt:
                # The walker was started again, and prints from the beginning.
                transcript, attempt, progress = Transcript(), now.attempts, None
            if _state(now, attempt) != state:
                state = _state(now, attempt)
                events.append(StreamEvent("status", state))
            events += [
                StreamEvent("stdout", {"offset": offset, "text": text})
                for offset, text in transcript.heard(now.live.offset, now.live.text)
            ]
            if now.live.progress is not None and now.live.progress != progress:
                progress = now.live.progress
                events.append(StreamEvent("progress", progress.model_dump()))
            if not events and time.monotonic() - told_at >= KEEP_ALIVE_SECONDS:
                events.append(StreamEvent(None, {}))
            for event in events:
                told_at = time.monotonic()
                yield event
            if await self._streams.is_closing(POLL_SECONDS):
                return
            with suppress(TemporalUnavailableError):
                now = await self._runs.observe(found.summary.schedule_id, found.summary.id)
        async for event in self._end(now, transcript, attempt):
            yield event

    async def _end(
        self,
        found: Observation | None,
        transcript: Transcript,
        attempt: int,
    ) -> AsyncIterator[StreamEvent]:
        run = found.summary if found else None
        outcome = None
        while run is not None:
            try:
                outcome = await self._runs.outcome(run)
                break
            except TemporalUnavailableError:
                if await self._streams.is_closing(POLL_SECONDS):
                    return
        if run is None or outcome is None:
            return  # Temporal has forgotten it meanwhile
        if outcome.attempts > attempt:
            transcript = Transcript()
            if attempt:  # what the reader has had was another start's
                yield StreamEvent("status", {"status": run.status, "attempt": outcome.attempts})
        for offset, text in transcript.missing(outcome.stdout):
            yield StreamEvent("stdout", {"offset": offset, "text": text})
        error = outcome.error or run.error
        yield StreamEvent(
            "end",
            {
                "status": run.status,
                "stdout_truncated": outcome.stdout_truncated,
                "error": error.model_dump(include={"type", "message"}) if error else None,
            },
        )


def _state(found: Observation, attempt: int) -> dict[str, Any]:
    started_at = found.live.walker_started_at
    return {
        "status": found.summary.status,
        "attempt": attempt,
        "waits": found.waits,
        "walker_started_at": started_at.isoformat() if started_at else None,
    }
