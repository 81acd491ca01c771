"""What each kind of payload looks like in Temporal, every field of it filled."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from footfall.schedules.backfill import Backfill, BackfillOrder, BackfillOverlap, BackfillProgress
from footfall.schedules.chain import Chain, Followed, Following
from footfall.schedules.event import ScheduleEvent
from footfall.schedules.hook import Hook, OwnerHooks
from footfall.schedules.live import LiveRun, Progress
from footfall.schedules.notice import Delivery, EndedRun, ToldRun, failed
from footfall.schedules.occasion import Occasion, RunEnd, RunReference
from footfall.schedules.policy import Execution, Policies, RetryPolicy
from footfall.schedules.recording import Limits, Record, Recording, pack
from footfall.schedules.renewal import Renewal
from footfall.schedules.request import RunRequest
from footfall.schedules.run import RunError, RunKind, RunOutcome, RunStatus
from footfall.schedules.schedule import Change, ChangeKind, ScheduledWalk
from footfall.walkers.catalogue import Catalogue

AT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
RUN = RunReference(id="greet-s1-2026-11-28T09:30:00Z", temporal_run_id="0190-run")
END = RunEnd(schedule_id="s0", run=RUN, status=RunStatus.FAILED, at=AT, through=("s0",))
HOOK = Hook(url="https://hooks.example.com/footfall")
ERROR = RunError(type="KeyError", message="'customers'", traceback="Traceback")
CHANGE = Change(
    kind=ChangeKind.UPDATED, by="alice", at=AT, token="0f1e2d3c4b5a6978", reason="new times"
)
OCCASION = Occasion(
    kind=RunKind.CHAINED, by="alice", reason="try", scheduled_at=AT, waits_for=(RUN,), after=END
)
WALK = ScheduledWalk(
    schedule_id="s1",
    app="replay",
    walker_name="greet",
    args={"name": "Ada", "times": 3, "deep": {"list": [1, 2.5, None, True]}},
    owner="alice",
    root="alice",
    is_static=True,
    config={"trigger": "cron", "cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"},
    anchor=AT,
    horizon=AT + timedelta(days=365),
    basis=123456789,
    description="the daily report",
    tags=("daily",),
    timeout=60,
    policies=Policies(
        catchup_window=3600,
        retry=RetryPolicy(max_attempts=3, non_retryable_errors=("KeyError",)),
        max_runs=10,
        pause_on_failure=5,
        execution=Execution.LIGHT,
    ),
    resumed_at=AT,
    name="daily",
    request="hash:fingerprint",
    revision=3,
    created_at=AT - timedelta(days=1),
    change=CHANGE,
    trail=("00112233445566778",),
    notify=(HOOK,),
    late_after=60,
    overrun=2,
    quiet="8899aabbccddeeff",
    occasion=OCCASION,
)
EVENT = ScheduleEvent.written(WALK, paused=True, note="held", position="0a", updated_at=AT)
TOLD = ToldRun(id=RUN.id, status=RunStatus.FAILED, scheduled_at=AT, started_at=AT, error=ERROR)
ORDER = BackfillOrder(
    id="b1",
    schedule_id="s1",
    start=AT - timedelta(days=1),
    end=AT,
    overlap=BackfillOverlap.ALLOW_ALL,
    total=2,
    by="alice",
    at=AT,
    reason="was down",
)

ACTED_UPON: dict[str, BaseModel] = {
    "definition": WALK,
    "run_request": RunRequest.of(WALK, run_id=RUN.id, scheduled_at=AT),
    "record": Record(
        events=pack([EVENT, EVENT.ended(CHANGE, outside=True)]), truncated=True, limits=Limits()
    ),
    "recording": Recording(events=pack([EVENT])),
    "run_end": END,
    "chain": Chain(schedule_id="s1", ends=(END,), known=(RUN,)),
    "following": Following(schedule_id="s1", end=END, known=(RUN,)),
    "followed": Followed(known=(RUN,), waits_for=(RUN,), only_one=True, counts=True),
    "owner_hooks": OwnerHooks(owner="alice", hooks=(HOOK,)),
    "delivery": Delivery(app="replay", notice=failed(WALK, TOLD, AT), url=HOOK.url),
    "ended_run": EndedRun(walk=WALK, run=TOLD, at=AT, paused=True),
    "backfill": Backfill(
        order=ORDER,
        walk=WALK,
        run_prefix="greet-s1-",
        times=(AT,),
        progress=BackfillProgress(started=1, succeeded=1),
    ),
}
"""What is acted upon or written again: refused where a newer release put more into it."""

SHOWN: dict[str, BaseModel] = {
    "outcome": RunOutcome(
        status=RunStatus.FAILED,
        reports=[{"a": 1}],
        reports_truncated=True,
        stdout="hello",
        stdout_truncated=True,
        error=ERROR,
        attempts=2,
        worker="footfall-worker-1@host",
        walker_started_at=AT,
        owner_listens=True,
        is_followed=True,
    ),
    "live": LiveRun(
        attempt=2, walker_started_at=AT, offset=3, text="x", progress=Progress(fraction=0.5)
    ),
    "renewal": Renewal(renewed=1, left=2, failed=3),
    "catalogue": Catalogue(app="replay", walkers=(), problems=()),
}
"""What is shown: what a newer release added is passed over."""

SAMPLES: dict[str, BaseModel] = {**ACTED_UPON, **SHOWN}


def as_json(sample: BaseModel) -> Any:
    return sample.model_dump(mode="json")
