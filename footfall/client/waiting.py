import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, Self

import httpx

from footfall.client import notification_calls, run_calls, schedule_calls
from footfall.client.call import Call
from footfall.client.connection import Connection
from footfall.client.errors import ApiError
from footfall.client.page import Page
from footfall.client.patience import Patience
from footfall.client.reply import check_stream, data_of, result_of
from footfall.client.sse import Event, EventReader
from footfall.client.token import Token


class _Method[**Parameters, Result]:
    """Makes what describes a call a method that carries it out."""

    def __init__(self, describe: Callable[Parameters, Call[Result]]) -> None:
        self._describe = describe

    def __get__(
        self, client: "AsyncClient", _: type["AsyncClient"]
    ) -> Callable[Parameters, Awaitable[Result]]:
        @wraps(self._describe)
        async def method(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            return await client.send(self._describe(*args, **kwargs))

        return method


class _Pages[**Parameters, Shown: Page, Item]:
    """Makes what describes the call for a page a method that goes through all pages."""

    def __init__(
        self,
        describe: Callable[Parameters, Call[Shown]],
        items: Callable[[Shown], Sequence[Item]],
    ) -> None:
        self._describe, self._items = describe, items

    def __get__(
        self, client: "AsyncClient", _: type["AsyncClient"]
    ) -> Callable[Parameters, AsyncIterator[Item]]:
        @wraps(self._describe)
        async def method(
            *args: Parameters.args, **kwargs: Parameters.kwargs
        ) -> AsyncIterator[Item]:
            call = self._describe(*args, **kwargs)
            while True:
                page = await client.send(call)
                for item in self._items(page):
                    yield item
                if page.cursor is None:
                    return
                call = call.after(page.cursor)

        return method


class _Stream[**Parameters]:
    """Makes what describes a stream a method that gives its events as they come."""

    def __init__(self, describe: Callable[Parameters, Call[Event]]) -> None:
        self._describe = describe

    def __get__(
        self, client: "AsyncClient", _: type["AsyncClient"]
    ) -> Callable[Parameters, AsyncIterator[Event]]:
        @wraps(self._describe)
        def method(*args: Parameters.args, **kwargs: Parameters.kwargs) -> AsyncIterator[Event]:
            return client.follow(self._describe(*args, **kwargs))

        return method


class AsyncClient:
    """An API of Footfall's, whose methods are awaited; each is an operation of the API.

    Args:
        url: where the API is.
        token: a bearer token, or what gives one for each request. No message shows it.
        timeout: seconds that an answer may take; those of many schedules at once have 600.
        retry_seconds: how long a call is tried again, in all, while the API answers 503 or 429 with
            `Retry-After`; only what may be sent twice is. 0 raises at once.
        transport: how httpx gets to the API.

    Raises:
        TokenError: the token cannot be one.
    """

    def __init__(
        self,
        url: str,
        token: Token,
        *,
        timeout: float = 60.0,
        retry_seconds: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = Connection(url, token, timeout=timeout, retry_seconds=retry_seconds)
        self._http = httpx.AsyncClient(transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give back every connection."""
        await self._http.aclose()

    async def send[Result](self, call: Call[Result]) -> Result:
        """Carry a call out.

        Raises:
            ClientError: a subclass says what went wrong; `ApiError` where the API refused.
        """
        return result_of(call, await self.data(call))

    async def data(self, call: Call[Any]) -> Any:
        """Carry a call out, and give the `data` of its answer as JSON has it.

        Raises:
            ClientError: as `send`.
        """
        patience = Patience(self._connection.retry_seconds)
        while True:
            request = self._connection.request(call)
            with self._connection.translated(call):
                answer = await self._http.send(request)
            try:
                return data_of(call, answer.status_code, answer.headers, answer.content)
            except ApiError as error:
                pause = patience.pause(call, error)
            await asyncio.sleep(pause)

    async def follow(self, call: Call[Event]) -> AsyncGenerator[Event]:
        """Give the events of a stream as they come; closing the iterator ends it.

        Raises:
            ClientError: as `send`; NoAnswerError where the stream breaks off.
        """
        request = self._connection.request(call, is_stream=True)
        with self._connection.translated(call):
            answer = await self._http.send(request, stream=True)
            try:
                if not check_stream(call, answer.status_code, answer.headers):
                    data_of(call, answer.status_code, answer.headers, await answer.aread())
                reader = EventReader()
                async for content in answer.aiter_bytes():
                    for event in reader.read(content):
                        yield event
            finally:
                await answer.aclose()

    live = _Method(notification_calls.live)
    ready = _Method(notification_calls.ready)
    list_walkers = _Method(schedule_calls.list_walkers)
    list_workers = _Method(schedule_calls.list_workers)
    list_schedules = _Method(schedule_calls.list_schedules)
    get_schedule = _Method(schedule_calls.get_schedule)
    get_revision = _Method(schedule_calls.get_revision)
    list_changes = _Method(schedule_calls.list_changes)
    create_schedule = _Method(schedule_calls.create_schedule)
    preview_schedule = _Method(schedule_calls.preview_schedule)
    update_schedule = _Method(schedule_calls.update_schedule)
    pause_schedule = _Method(schedule_calls.pause_schedule)
    resume_schedule = _Method(schedule_calls.resume_schedule)
    delete_schedule = _Method(schedule_calls.delete_schedule)
    trigger_schedule = _Method(schedule_calls.trigger_schedule)
    change_many = _Method(schedule_calls.change_many)
    apply_schedules = _Method(schedule_calls.apply_schedules)
    export_schedules = _Method(schedule_calls.export_schedules)
    list_all_runs = _Method(run_calls.list_all_runs)
    count_runs = _Method(run_calls.count_runs)
    count_all_runs = _Method(run_calls.count_all_runs)
    list_runs = _Method(run_calls.list_runs)
    get_run = _Method(run_calls.get_run)
    cancel_run = _Method(run_calls.cancel_run)
    terminate_run = _Method(run_calls.terminate_run)
    start_backfill = _Method(run_calls.start_backfill)
    preview_backfill = _Method(run_calls.preview_backfill)
    list_backfills = _Method(run_calls.list_backfills)
    get_backfill = _Method(run_calls.get_backfill)
    cancel_backfill = _Method(run_calls.cancel_backfill)
    get_notifications = _Method(notification_calls.get_notifications)
    put_notifications = _Method(notification_calls.put_notifications)
    list_deliveries = _Method(notification_calls.list_deliveries)
    get_delivery = _Method(notification_calls.get_delivery)
    replay_delivery = _Method(notification_calls.replay_delivery)
    tail_run = _Stream(run_calls.tail_run)
    follow_events = _Stream(notification_calls.follow_events)
    every_schedule = _Pages(schedule_calls.list_schedules, lambda page: page.schedules)
    every_run = _Pages(run_calls.list_all_runs, lambda page: page.runs)
    every_run_of = _Pages(run_calls.list_runs, lambda page: page.runs)
    every_delivery = _Pages(notification_calls.list_deliveries, lambda page: page.deliveries)
