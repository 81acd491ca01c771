import asyncio
from collections.abc import AsyncIterator

from api.streams import StreamEvent
from footfall.tokens import Principal

EXPIRED = StreamEvent("expired", {"message": "The token has expired; come back with a new one."})

_A_DAY = 86_400


async def while_valid(
    who: Principal, events: AsyncIterator[StreamEvent]
) -> AsyncIterator[StreamEvent]:
    """Give events until the token expires of the one who reads them; then `expired`, the last."""
    while True:
        left = who.seconds_left()
        # A stream is never silent for a day, and a timer cannot wait for any time that there is.
        patience = left if left is not None and left < _A_DAY else None
        try:
            event = await asyncio.wait_for(anext(events), patience)
        except StopAsyncIteration:
            return
        except TimeoutError:
            yield EXPIRED
            return
        yield event
