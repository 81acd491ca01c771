from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Response

from api.board.assets import Asset, Assets

_POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    # Not even our own code may make markup or code of text.
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(f"{name} {of}" for name, of in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_ALWAYS_ASK = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"

IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]


def board(assets: Assets) -> APIRouter:
    """Give the routes of the board: a page and its files, which everybody may have.

    What they show they ask the other routes for, with the token of whoever looks.
    """
    router = APIRouter(include_in_schema=False)

    # Whoever watches over a site asks for the head of its first page.
    @router.head("/")
    @router.get("/")
    async def show_board(if_none_match: IfNoneMatch = None) -> Response:
        return _answer(assets.page, if_none_match, _ALWAYS_ASK)

    @router.get("/board/{release}/{asset}")
    async def board_asset(release: str, asset: str, if_none_match: IfNoneMatch = None) -> Response:
        found = assets.named.get(asset)
        if found is None:
            raise HTTPException(404, "Not Found")
        # During an upgrade a page of the other release may ask; nobody may keep what it gets.
        return _answer(
            found, if_none_match, _FOR_EVER if release == assets.release else _ALWAYS_ASK
        )

    return router


def _answer(asset: Asset, if_none_match: str | None, caching: str) -> Response:
    headers = {**_HEADERS, "Cache-Control": caching, "ETag": asset.etag}
    if if_none_match is not None and asset.etag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, headers={**headers, "Content-Type": asset.media_type})
