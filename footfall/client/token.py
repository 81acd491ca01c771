import re
from collections.abc import Callable, Coroutine

from footfall.client.errors import MAKE_TOKEN, TokenError

type Token = str | Callable[[], str]
"""A bearer token, or what gives one for each request, where tokens are renewed."""


def checked_token(token: object, what: str) -> str:
    """Give a token as it is sent; white space around it does not count.

    Args:
        token: what was given as one.
        what: it was given as; begins the message, which does not show the token.

    Raises:
        TokenError: it cannot be one.
    """
    if isinstance(token, Coroutine):
        # Nobody waits for it, of which Python would warn.
        token.close()
    if not isinstance(token, str):
        kind = "None" if token is None else f"of type {type(token).__name__}"
        raise TokenError(f"{what} must be a text, and is {kind}.")
    found = token.strip()
    if not re.fullmatch(r"[\x21-\x7e]+", found):
        wrong = "has characters that no token has" if found else "is empty"
        raise TokenError(f"{what} {wrong}. {MAKE_TOKEN}")
    return found
