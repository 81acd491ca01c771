from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

CODEC = "/codec/"
"""Where the routes begin that the Web UI calls from a browser."""


class CodecCors:
    """Lets pages of one origin, Temporal's Web UI, call the codec's routes, and no others.

    Tokens are sent by header only: a browser may add no cookies.
    """

    def __init__(self, app: ASGIApp, *, origin: str) -> None:
        self._app = app
        self._allowing = CORSMiddleware(
            app,
            allow_origins=[origin],
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type", "X-Namespace"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        is_codec = scope["type"] == "http" and scope["path"].startswith(CODEC)
        await (self._allowing if is_codec else self._app)(scope, receive, send)
