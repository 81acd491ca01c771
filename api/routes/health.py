from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.envelope import Envelope
from api.errors import responses
from api.services import Services
from footfall.errors import FootfallError, NotReadyError

router = APIRouter(prefix="/healthz", tags=["health"])


class Liveness(BaseModel):
    """The process answers."""

    alive: Literal[True] = True


class Readiness(BaseModel):
    """Requests can be served; `enabled` is false where the scheduler is switched off."""

    ready: Literal[True] = True
    enabled: bool


@router.get("/live")
async def live() -> Envelope[Liveness]:
    """Say that the process answers; nothing else is asked."""
    return Envelope(data=Liveness())


@router.get("/ready", responses=responses(NotReadyError))
async def ready(request: Request) -> Envelope[Readiness]:
    """Say whether Temporal and the database answer and the projection is built.

    What is in the way stands in ``details.problems``, by its part: ``temporal``,
    ``database``, ``projection``.
    """
    services: Services | None = request.app.state.services
    if services is None:
        return Envelope(data=Readiness(enabled=False))
    problems: dict[str, str] = {}
    checks = {"temporal": services.temporal.check, "database": services.store.ping}
    for part, check in checks.items():
        try:
            await check()
        except FootfallError as error:
            problems[part] = error.message
    if services.projector.problem is not None:
        problems["projection"] = services.projector.problem
    if problems:
        raise NotReadyError(problems=problems)
    return Envelope(data=Readiness(enabled=True))
