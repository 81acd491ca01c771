from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from temporalio.api.common.v1 import Payload, Payloads

from api.auth import CurrentPrincipal, UsedServices
from api.codec_cors import CODEC
from footfall.errors import (
    EncryptionDisabledError,
    FieldProblem,
    ForbiddenError,
    InvalidInputError,
)
from footfall.temporal.codec import EncryptionCodec

MAX_BODY_BYTES = 16 * 1024 * 1024
"""The largest body: a page of the Web UI may have several payloads of 2 MB, as base64."""

# The protocol of Temporal's codec servers, which its Web UI and CLI speak; none of our clients.
router = APIRouter(prefix=CODEC.rstrip("/"), include_in_schema=False)


class _Given(BaseModel):
    payloads: list[dict[str, Any]]


def _codec(who: CurrentPrincipal, services: UsedServices) -> EncryptionCodec:
    """Give the codec to an admin.

    Raises:
        ForbiddenError: it is someone else, who would see everyone's arguments and output.
        EncryptionDisabledError: there are no keys.
    """
    if not who.is_admin:
        raise ForbiddenError("Only an admin may have payloads of Temporal encrypted or decrypted.")
    if not services.codec.encrypts:
        raise EncryptionDisabledError
    return services.codec


UsedCodec = Annotated[EncryptionCodec, Depends(_codec)]


@router.post("/decode")
async def decode(request: Request, codec: UsedCodec) -> JSONResponse:
    """Decrypt payloads; those that are not encrypted come back as they are."""
    return await _converted(request, codec.decode)


@router.post("/encode")
async def encode(request: Request, codec: UsedCodec) -> JSONResponse:
    """Encrypt payloads with the first key, as the CLI wants it for what it sends."""
    return await _converted(request, codec.encode)


async def _converted(
    request: Request,
    convert: Callable[[Sequence[Payload]], Awaitable[list[Payload]]],
) -> JSONResponse:
    given = _payloads(await _body(request))
    found = Payloads(payloads=await convert(given.payloads))
    return JSONResponse(MessageToDict(found))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The body is larger than {MAX_BODY_BYTES} bytes",
            )
    return bytes(body)


def _payloads(body: bytes) -> Payloads:
    try:
        value = _Given.model_validate_json(body)
        return ParseDict(value.model_dump(), Payloads(), ignore_unknown_fields=True)
    except (ValueError, ParseError) as error:
        message = 'Must be Payloads of Temporal as JSON: {"payloads": [...]}.'
        raise InvalidInputError(FieldProblem("body", message)) from error
