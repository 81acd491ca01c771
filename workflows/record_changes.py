from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.event import ScheduleEvent, merge
    from footfall.schedules.recording import Record, Recording, rest, unpack

RESTS = "rests"
"""Names the change by which a record whose schedule is there waits for news without a task."""


@workflow.defn(name="RecordChanges")
class RecordChanges:
    """Keeps the changes of one schedule, from its first one until long after its deletion.

    It is read through its history alone, so that no worker has to run: the argument of its
    current run and the signals since. For the same reason it rests: its first task comes late,
    and signals make none until then. When it comes, the next run begins, which rests again.
    """

    @workflow.init
    def __init__(self, record: Record) -> None:
        self._record = record
        self._retention = record.retention
        self._events = merge(unpack(record.events))
        self._is_newer = False

    @workflow.run
    async def run(self, record: Record) -> None:
        """Take changes until the retention after the deletion is over."""
        while True:
            self._is_newer = False
            end = self._end()
            now = workflow.now()
            if self._is_long() or (end is None and workflow.patched(RESTS)):
                workflow.continue_as_new(
                    record.holding(self._events, retention=self._retention),
                    backoff_start_interval=self._rest(end, now),
                )
            if end is not None and end <= now:
                return
            try:
                await workflow.wait_condition(
                    lambda: self._is_newer,
                    timeout=end - now if end else None,
                )
            except TimeoutError:
                continue

    @workflow.signal
    def record(self, recording: dict[str, Any]) -> None:
        """Take changes, a Recording; those that are known change nothing."""
        # Decoded here: a signal that cannot be decoded is dropped by the SDK, whereas what fails
        # here is tried again, until a worker takes it that can.
        told = Recording.model_validate(recording)
        self._events = merge([*self._events, *unpack(told.events)])
        self._retention = told.retention
        self._is_newer = True

    def _rest(self, end: datetime | None, now: datetime) -> timedelta:
        """Give how long the next run waits for its first task, unless it is roused."""
        if end is None:
            return rest(self._retention)
        return max(timedelta(), end - now)

    def _is_long(self) -> bool:
        info, limits = workflow.info(), self._record.limits
        return (
            info.get_current_history_length() >= limits.history
            or info.get_current_history_size() >= limits.history_size
        )

    def _end(self) -> datetime | None:
        last: ScheduleEvent | None = self._events[-1] if self._events else None
        if last is None or last.deletion is None:
            return None
        return last.deletion.at + self._retention
