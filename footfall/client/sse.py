import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from footfall.client.errors import ForeignAnswerError


@dataclass(frozen=True, slots=True)
class Event:
    """A server-sent event.

    Attributes:
        name: such as ``run_ended``.
        data: what it tells.
        id: after which `follow_events` can go on; None where events have none.
    """

    name: str
    data: Any
    id: str | None = None


@dataclass(slots=True)
class EventReader:
    """Makes events of the bytes of a stream, however they are cut."""

    _rest: bytes = b""
    _name: str = "message"
    _data: list[str] = field(default_factory=list)
    _id: str | None = None

    def read(self, content: bytes) -> Iterator[Event]:
        """Give the events that are whole with these bytes.

        Raises:
            ForeignAnswerError: they are none of Footfall's.
        """
        # By line feeds only: a text may have characters that Unicode takes for ends of lines.
        *lines, self._rest = (self._rest + content).split(b"\n")
        for line in lines:
            try:
                event = self._line(line.decode().removesuffix("\r"))
            except ValueError as error:
                raise ForeignAnswerError("The stream has what is no event.") from error
            if event is not None:
                yield event

    def _line(self, line: str) -> Event | None:
        if not line:
            event = None
            if self._data:
                event = Event(self._name, json.loads("\n".join(self._data)), self._id)
            self._name, self._data, self._id = "message", [], None
            return event
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value
        return None
