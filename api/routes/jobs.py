"""jac-scale's own API of jobs, so that its clients move by changing a URL.

It is no part of our document: docs/migrating.md describes it, and how it differs from jac-scale's.
"""

from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic_core import PydanticSerializationError, to_json
from starlette.exceptions import HTTPException

from api.auth import CurrentPrincipal, UsedServices
from api.broken import told_error
from api.errors import HTTP_CODES, error_response
from api.job_bodies import JobTrigger, NewJob, WordedError
from api.job_views import failure, success, told
from api.preconditions import IdempotencyKey, checked_key
from api.strict_json import StrictJsonRoute
from footfall.errors import FieldProblem, FootfallError

MOST = 500
"""Jobs of a page at most."""


class JobsRoute(StrictJsonRoute):
    """A route whose errors look like jac-scale's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                body = _details(error.errors())
                status = HTTPStatus.UNPROCESSABLE_ENTITY
                return Response(body, status, media_type="application/json")
            except FootfallError as error:
                return _refused(told_error(getattr(request.state, "principal", None), error))
            except HTTPException as error:
                status = HTTPStatus(error.status_code)
                code = HTTP_CODES.get(status, status.phrase.replace(" ", "_")).upper()
                told_so = failure(error.status_code, code, str(error.detail))
                return JSONResponse(told_so, error.status_code, error.headers)

        return handle


router = APIRouter(prefix="/jobs", route_class=JobsRoute, include_in_schema=False)


@router.post("")
async def create_job(
    body: NewJob,
    who: CurrentPrincipal,
    services: UsedServices,
    *,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Schedule a walker or function that its code offers."""
    job = await services.jobs.create(who, body, key=checked_key(idempotency_key))
    return _answer(job, HTTPStatus.CREATED)


@router.get("")
async def list_jobs(
    who: CurrentPrincipal,
    services: UsedServices,
    *,
    limit: Annotated[str, Query()] = "50",
    offset: Annotated[str, Query()] = "0",
    trigger: Annotated[str | None, Query()] = None,
    created_by: Annotated[str | None, Query()] = None,
) -> Response:
    """List your jobs; an admin sees everyone's, or those of one user."""
    most, after = _numbers(limit, offset)
    jobs, total = await services.jobs.page(
        who, trigger=trigger or None, owner=created_by or None, limit=most, offset=after
    )
    return _answer(
        {"jobs": jobs, "count": len(jobs), "total": total, "limit": most, "offset": after}
    )


@router.get("/{job_id}")
async def get_job(job_id: str, who: CurrentPrincipal, services: UsedServices) -> Response:
    """Give one job."""
    return _answer(await services.jobs.read(who, job_id))


@router.put("/{job_id}")
async def update_job(
    job_id: str, body: JobTrigger, who: CurrentPrincipal, services: UsedServices
) -> Response:
    """Give a job another trigger."""
    return _answer(await services.jobs.update(who, job_id, body))


@router.delete("/{job_id}")
async def delete_job(job_id: str, who: CurrentPrincipal, services: UsedServices) -> Response:
    """Delete a job."""
    await services.jobs.delete(who, job_id)
    return _answer({"deleted": True, "job_id": job_id})


def _answer(data: dict[str, Any], status: int = HTTPStatus.OK) -> Response:
    return JSONResponse(success(status, data), status)


def _details(problems: Sequence[Any]) -> bytes:
    """Give what is wrong as JSON; it repeats what was sent, which may be no text."""
    body = {"detail": problems}
    try:
        return to_json(body, inf_nan_mode="strings", fallback=str)
    except PydanticSerializationError:
        return to_json(body, inf_nan_mode="strings", bytes_mode="base64", fallback=str)


def _refused(error: FootfallError) -> Response:
    usual = error_response(error)
    kept = ("www-authenticate", "retry-after")
    headers = {name: usual.headers[name] for name in kept if name in usual.headers}
    body = failure(usual.status_code, *told(error))
    return JSONResponse(body, usual.status_code, headers)


def _numbers(limit: str, offset: str) -> tuple[int, int]:
    """Read how many jobs are wanted, and from where; as there, what is too much is less.

    Raises:
        WordedError: they are no numbers.
    """
    try:
        return min(max(int(limit), 1), MOST), max(int(offset), 0)
    except ValueError:
        message = "limit and offset must be integers"
        raise WordedError(FieldProblem("limit", message)) from None
