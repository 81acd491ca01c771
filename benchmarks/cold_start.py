import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from jac_scale import started, walker
from row import Figures
from scenario import Scenario, Size
from support.ports import free_port
from support.processes import footfall
from support.waiting import until

APP = Path(__file__).parent / "apps" / "static"


@asynccontextmanager
async def cold_start_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """From the command to the first run of a static schedule, which is due each second.

    Ours begins with an empty folder: Temporal, API and worker. Both have compiled before.
    """
    rounds = size.of(5, quick=1)
    yield [Scenario("cold start to the first run", "jac-scale", _ours, _peer, rounds=rounds)]


async def _ours() -> Figures:
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as name:
        folder = Path(name)
        ledger, begun = folder / "ledger", time.monotonic()
        ports = [
            part
            for option in ("--api-port", "--temporal-port", "--ui-port")
            for part in (option, str(free_port()))
        ]
        async with footfall(
            *("dev", "--app", str(APP), "--data-dir", str(folder / "data"), *ports),
            tmp_path=folder,
            BENCH_LEDGER=str(ledger),
        ):
            return await _first(ledger, begun)


async def _peer() -> Figures:
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as name:
        folder, begun = Path(name), time.monotonic()
        async with started(folder, walker("static", "interval=1")):
            return await _first(folder / "ledger", begun)


async def _first(ledger: Path, begun: float) -> Figures:
    async def ran() -> bool:
        return ledger.exists() and ledger.stat().st_size > 0

    await until(ran, seconds=90, what="the first run", every=0.02)
    return {("", "s"): time.monotonic() - begun}
