import json
from collections.abc import Mapping
from typing import Any

from footfall.client.call import Call
from footfall.client.errors import ApiError, ForeignAnswerError

STREAM = "text/event-stream"
"""The type of an answer that goes on."""

_FIRST_ERROR = 400


def data_of(call: Call[Any], status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """Give the data of an answer's envelope.

    Args:
        call: what was asked.
        status: HTTP's.
        headers: whose names may be looked up in any case.
        body: the whole of it.

    Raises:
        ApiError: the answer is an error, of the class that belongs to its status.
        ForeignAnswerError: it is no answer of Footfall's API.
    """
    try:
        envelope = json.loads(body)
        data = envelope["data"]
        if envelope["status"] == "success" and status < _FIRST_ERROR:
            return data
        kind = ApiError.of_status.get(status, ApiError)
        raise kind(
            status,
            data["code"],
            data["message"],
            data.get("details"),
            retry_after=_seconds(headers.get("retry-after")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{call.path} answers {status} and is no API of Footfall's."
        raise ForeignAnswerError(message) from error


def result_of[Result](call: Call[Result], data: Any) -> Result:
    """Read the data of an answer.

    Raises:
        ForeignAnswerError: it is not what this call is answered with.
    """
    try:
        return call.read(data)
    except (ValueError, KeyError, TypeError) as error:
        message = f"{call.path} answers what this client cannot read; one of the two may be old."
        raise ForeignAnswerError(message) from error


def check_stream(call: Call[Any], status: int, headers: Mapping[str, str]) -> bool:
    """Say whether an answer is a stream of events; else it may be an error.

    Raises:
        ForeignAnswerError: it is neither.
    """
    if status >= _FIRST_ERROR:
        return False
    if headers.get("content-type", "").partition(";")[0] != STREAM:
        raise ForeignAnswerError(f"{call.path} answers {status} and no events.")
    return True


def _seconds(header: str | None) -> float | None:
    # The other form that HTTP allows, a date, is none that the API sends.
    return float(header) if header is not None and header.isdecimal() else None
