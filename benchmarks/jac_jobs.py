from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from deployment import Deployment, deployment
from filled import filled_api
from jac_scale import JacScale, jac_scale
from lists import QUERIES, SMALL, pages
from load import latency, spread
from row import Figures
from scenario import Measure, Scenario, Size
from temporal_server import Flavour, temporal_server

CALLERS = 16


@asynccontextmanager
async def jac_job_scenarios(size: Size) -> AsyncIterator[Sequence[Scenario]]:
    """Create schedules and give pages of them, against jac-scale.

    It keeps its jobs in memory here, as it does unless it has a MongoDB; a crash loses them. Its
    pages are neither filtered nor sorted by anything but the trigger: it cannot.
    """
    async with (
        jac_scale() as peer,
        jac_scale() as listing,
        filled_api(schedules=SMALL) as filled,
        temporal_server(Flavour.EMBEDDED) as server,
        deployment(server) as ours,
    ):
        for _ in range(SMALL):
            await listing.create(0, seconds=86_400)
        peer_pages = _peer_pages(listing, size)
        yield [
            Scenario(
                f"create, {CALLERS} callers",
                "jac-scale",
                _ours_creates(ours, size),
                _peer_creates(peer, size),
            ),
            *(
                Scenario(
                    f"page of 50 of {SMALL}, {name}",
                    "jac-scale, by creation",
                    pages(filled, query, size),
                    peer_pages,
                )
                for name, query in QUERIES.items()
            ),
        ]


def _peer_pages(peer: JacScale, size: Size) -> Measure:
    async def run() -> Figures:
        return await latency(
            size.of(100, quick=20), lambda: peer.caller.raw("GET", "/jobs?limit=50")
        )

    return run


def _ours_creates(ours: Deployment, size: Size) -> Measure:
    body = {"walker_name": "idle", "trigger": "interval", "hours": 24}

    async def create(_: int) -> None:
        await ours.caller.data("POST", "/schedule/create", body)

    async def run() -> Figures:
        return await spread(range(size.of(400, quick=160)), CALLERS, create)

    return run


def _peer_creates(peer: JacScale, size: Size) -> Measure:
    async def create(_: int) -> None:
        await peer.create(0, seconds=86_400)

    async def run() -> Figures:
        return await spread(range(size.of(400, quick=160)), CALLERS, create)

    return run
