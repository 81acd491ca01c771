from dataclasses import replace
from typing import Any

from footfall.cli.server import Server
from footfall.client.call import Call
from footfall.client.errors import InvalidError


def gathered(server: Server, call: Call[Any], name: str, most: int | None) -> Any:
    """Give a list's data with the rows of as many pages as it takes.

    Args:
        server: which is asked.
        call: for the first page.
        name: of the rows in the data.
        most: rows; None means all.
    """
    try:
        data = server.data(call)
    except InvalidError as error:
        if error.field != "limit":
            raise
        # This API's pages are smaller; it knows best how small.
        call = replace(call, params=tuple(one for one in call.params if one[0] != "limit"))
        data = server.data(call)
    rows = data[name]
    while data["cursor"] is not None and (most is None or len(rows) < most):
        page = server.data(call.after(data["cursor"]))
        rows += page[name]
        data["cursor"] = page["cursor"]
    # A cursor leads on from the last row of a page, which may not be the last that is shown.
    if most is not None and len(rows) > most:
        del rows[most:]
        data["cursor"] = None
    return data
