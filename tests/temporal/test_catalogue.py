"""What the API knows of walkers, and for how long."""

import asyncio
from datetime import timedelta

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from footfall.errors import NoWorkerError
from footfall.temporal import catalogue as module
from footfall.temporal.catalogue import WalkerCatalogue
from footfall.walkers.catalogue import Catalogue
from workflows.list_walkers import ListWalkers


async def test_of_workers_that_are_busy_an_older_answer_has_to_do(
    client: Client, app_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(module, "ABSENT_SECONDS", 0.0)
    monkeypatch.setattr(module, "QUESTIONS", 2)
    monkeypatch.setattr(module, "ANSWER_TIMEOUT", timedelta(seconds=3))
    told, is_free = Catalogue(app=app_name, walkers=(), problems=()), asyncio.Event()
    is_free.set()

    @activity.defn(name="list_walkers")
    async def list_walkers() -> Catalogue:
        await is_free.wait()
        return told

    catalogue = WalkerCatalogue(client, app=app_name)
    async with Worker(
        client,
        task_queue=app_name,
        workflows=[ListWalkers],
        activities=[list_walkers],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        assert await catalogue.read() == told
        is_free.clear()
        assert await catalogue.read() == told
        # Whoever looks for a walker that is not known is not told an old answer.
        with pytest.raises(NoWorkerError, match="they are busy"):
            await catalogue.read(fresh=True)
        is_free.set()
        assert await catalogue.read() == told
