import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, get_args

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.broken import told_error
from api.envelope import ErrorData, ErrorEnvelope, error_body
from footfall import errors
from footfall.triggers.problem import did_you_mean

STATUSES: Mapping[type[errors.FootfallError], int] = {
    errors.InvalidInputError: 400,
    errors.TooManySchedulesError: 400,
    errors.UnauthorizedError: 401,
    errors.ForbiddenError: 403,
    errors.ScheduleNotFoundError: 404,
    errors.BrokenScheduleError: 409,
    errors.RevisionNotFoundError: 404,
    errors.RunNotFoundError: 404,
    errors.WalkerNotFoundError: 404,
    errors.ConflictError: 409,
    errors.RunEndedError: 409,
    errors.OverlapError: 409,
    errors.FollowedError: 409,
    errors.IdempotencyKeyError: 409,
    errors.BackfillNotFoundError: 404,
    errors.BackfillEndedError: 409,
    errors.DeliveryNotFoundError: 404,
    errors.DeliveryPendingError: 409,
    errors.EncryptionDisabledError: 404,
    errors.StaleError: 412,
    errors.TooManyStreamsError: 429,
    errors.TooManyCreationsError: 429,
    errors.SchedulerDisabledError: 503,
    errors.NoWorkerError: 503,
    errors.NotReadyError: 503,
    errors.TemporalUnavailableError: 503,
    errors.ProjectionUnavailableError: 503,
    errors.UnreadableError: 503,
}

HTTP_CODES: Mapping[int, str] = {413: "too_large"}
"""Codes of HTTP's own errors, where the phrase for them changed over the years."""

_PLACE = re.compile(r"\{\w+\}")

RETRY_AFTER_SECONDS = "2"

_log = structlog.get_logger(__name__)


def status_of(error: errors.FootfallError) -> int:
    """Give the HTTP status that belongs to an error."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return 500


def responses(*kinds: type[errors.FootfallError]) -> dict[int | str, dict[str, Any]]:
    """Give the OpenAPI description of the errors that a route answers with."""
    described: dict[int | str, dict[str, Any]] = {}
    if errors.ScheduleNotFoundError in kinds:
        # What can be missing can be broken, too.
        kinds = (*kinds, errors.BrokenScheduleError)
    for kind in kinds:
        status = STATUSES[kind]
        texts = described.setdefault(status, {"model": ErrorEnvelope, "description": ""})
        text = f"`{kind.code}`: {(kind.__doc__ or '').strip()}"
        texts["description"] = " ".join(filter(None, [texts["description"], text]))
    return described


TOO_LARGE: dict[int | str, dict[str, Any]] = {
    413: {"model": ErrorEnvelope, "description": "`too_large`: The request's body is too large."},
}
"""OpenAPI's description of the answer to a body that is too large."""


def error_response(error: errors.FootfallError) -> JSONResponse:
    """Give the answer that tells of an error."""
    status = status_of(error)
    headers: dict[str, str] = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        headers["Retry-After"] = str(error.details.get("retry_after", RETRY_AFTER_SECONDS))
    data = ErrorData(code=error.code, message=error.message, details=error.details)
    return JSONResponse(error_body(status, data), status, headers)


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of the app an envelope; FastAPI's 422 becomes 400."""

    @app.exception_handler(errors.FootfallError)
    async def on_footfall_error(request: Request, error: errors.FootfallError) -> JSONResponse:
        return error_response(told_error(getattr(request.state, "principal", None), error))

    @app.exception_handler(RequestValidationError)
    async def on_invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
        known = _known_fields(request.scope.get("route"))
        return error_response(errors.InvalidInputError(_problems(error.errors(), known)))

    @app.exception_handler(HTTPException)
    async def on_http_exception(request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        code = HTTP_CODES.get(status, status.phrase.lower().replace(" ", "_"))
        data = ErrorData(code=code, message=f"{error.detail}.")
        headers = dict(error.headers or {})
        if status == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _methods(request)):
            headers["Allow"] = methods
        return JSONResponse(
            error_body(error.status_code, data),
            error.status_code,
            headers,
        )

    @app.exception_handler(Exception)
    async def on_bug(request: Request, error: Exception) -> JSONResponse:
        _log.error("a request failed", path=request.url.path, exc_info=error)
        data = ErrorData(
            code="internal_error",
            message="Something went wrong on our side; the API's log has the details.",
        )
        return JSONResponse(error_body(500, data), 500)


def _methods(request: Request) -> str | None:
    """Name the methods that a path takes by the document; the router names those of one route."""
    paths: Mapping[str, Mapping[str, Any]] = request.app.openapi()["paths"]
    found = [one for one in paths if re.fullmatch(_PLACE.sub("[^/]+", one), request.url.path)]
    if not found:
        return None
    # A path that is written out goes before one with places in it.
    return ", ".join(sorted(map(str.upper, paths[min(found, key=lambda one: one.count("{"))])))


def _known_fields(route: Any) -> list[str]:
    """Name the fields of the body that a route takes."""
    body = getattr(route, "body_field", None)
    model = body.field_info.annotation if body is not None else None
    kinds = [model, *get_args(model)]
    return [name for kind in kinds for name in getattr(kind, "model_fields", {})]


def _problems(
    found: Sequence[Mapping[str, Any]], known: Sequence[str]
) -> list[errors.FieldProblem]:
    problems: list[errors.FieldProblem] = []
    for problem in found:
        place = [str(part) for part in problem["loc"] if part not in ("body", "query", "path")]
        if problem["loc"][0] == "query":
            # Of a parameter that is repeated nobody wrote a number.
            del place[1:]
        field = ".".join(place) or "body"
        message = f"{problem['msg']}."
        if problem["type"] == "json_invalid":
            field = "body"
        if problem["type"] == "extra_forbidden" and len(place) == 1:
            message = f"There is no such field{did_you_mean(field, known)}."
        problems.append(errors.FieldProblem(field, message))
    return problems
