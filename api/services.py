from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from api.applying import Applying
from api.backfills import Backfills
from api.bulk import Bulk
from api.changes import Changes
from api.checks import Checks
from api.events import Events
from api.jobs import Jobs
from api.metrics import ApiMetrics
from api.notifications import Notifications
from api.rendered import RenderedRows
from api.run_starter import RunStarter
from api.runs import Runs
from api.schedules import Schedules
from api.streams import Streams
from api.tails import Tails
from api.temporal_ui import TemporalUi
from footfall.config import LimitSettings
from footfall.projection.projector import Projector
from footfall.projection.store import Store
from footfall.temporal.catalogue import WalkerCatalogue
from footfall.temporal.codec import EncryptionCodec
from footfall.temporal.health import TemporalHealth
from footfall.tokens import TokenVerifier

if TYPE_CHECKING:
    # It needs what is installed only where traces are wanted.
    from footfall.tracing.traces import Traces


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes use; wired together once, in `api.process`."""

    schedules: Schedules
    runs: Runs
    run_starter: RunStarter
    tails: Tails
    streams: Streams
    events: Events
    applying: Applying
    bulk: Bulk
    jobs: Jobs
    backfills: Backfills
    changes: Changes
    notifications: Notifications
    checks: Checks
    walkers: WalkerCatalogue
    verifier: TokenVerifier
    limits: LimitSettings
    ui: TemporalUi
    rendered: RenderedRows
    store: Store
    projector: Projector
    temporal: TemporalHealth
    workers: Callable[[], Awaitable[dict[str, datetime]]]
    codec: EncryptionCodec
    metrics: ApiMetrics
    traces: "Traces | None"
