"""Many deliveries of one owner do not keep those of another waiting, where Temporal is fair."""

import asyncio
from datetime import UTC, datetime

from support.dev_server import dev_server
from support.waiting import until
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from footfall.schedules.hook import Hook, NoticeKind
from footfall.schedules.notice import Delivery, Notice
from footfall.temporal.deliveries import DeliveryGateway
from footfall.temporal.owner_hooks import notices_queue
from footfall.temporal.registration import register_attributes
from workflows.deliver_notice import DeliverNotice

APP = "fair"
MANY = 20
HOOK = Hook(url="https://example.com/hook")


class Posts:
    """Webhooks that nobody takes before they may."""

    def __init__(self) -> None:
        self.owners: list[str] = []
        self.may = asyncio.Event()

    @activity.defn(name="post_webhook")
    async def post(self, delivery: Delivery) -> int:
        self.owners.append(delivery.notice.owner)
        await self.may.wait()
        return 204


async def send(client: Client, owner: str, number: int) -> None:
    notice = Notice(
        id=f"failed.{owner}.{number}",
        kind=NoticeKind.FAILED,
        schedule_id="some",
        name=None,
        owner=owner,
        walker_name="boom",
        at=datetime.now(UTC),
        message="",
    )
    await DeliveryGateway(client, app=APP).send(notice, [HOOK])


async def test_the_notice_of_another_owner_overtakes_those_that_wait() -> None:
    posts = Posts()
    async with dev_server(**{"matching.enableFairness": "true"}) as environment:
        client = environment.client
        await register_attributes(client)

        async def scheduled(count: int) -> bool:
            histories = [
                await client.get_workflow_handle(one.id).fetch_history()
                async for one in client.list_workflows("WorkflowType = 'DeliverNotice'")
            ]
            events = [event for history in histories for event in history.events]
            found = [e for e in events if e.HasField("activity_task_scheduled_event_attributes")]
            return len(found) == count

        async with Worker(
            client,
            task_queue=notices_queue(APP),
            workflows=[DeliverNotice],
            activities=[posts.post],
            max_concurrent_activities=2,
        ):
            for number in range(MANY):
                await send(client, "busy", number)
            await until(lambda: scheduled(MANY), what="that all wait", every=0.5)
            await send(client, "x" * 256, 0)
            await until(lambda: scheduled(MANY + 1), what="that the other waits", every=0.5)
            posts.may.set()

            async def all_posted() -> bool:
                return len(posts.owners) == MANY + 1

            await until(all_posted, what="all posts")
    assert posts.owners.index("x" * 256) < MANY // 2
