from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.services import Services
from footfall.errors import SchedulerDisabledError, UnauthorizedError
from footfall.tokens import Principal

_bearer = HTTPBearer(
    auto_error=False,
    description="A JWT with `user_id` (or `sub`) and `exp`; role `admin` sees everything.",
)


# Both are coroutines, since FastAPI would have threads call plain functions.
async def services(request: Request) -> Services:
    """Give what the process wired together.

    Raises:
        SchedulerDisabledError: the scheduler is disabled.
    """
    found: Services | None = request.app.state.services
    if found is None:
        raise SchedulerDisabledError
    return found


async def principal(
    request: Request,
    services: Annotated[Services, Depends(services)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Principal:
    """Give who is asking.

    Raises:
        UnauthorizedError: there is no bearer token, or it is not valid.
    """
    if credentials is None:
        raise UnauthorizedError("Send a token: `Authorization: Bearer <token>`.")
    found = services.verifier.verify(credentials.credentials)
    # What an error may tell hangs on it.
    request.state.principal = found
    return found


UsedServices = Annotated[Services, Depends(services)]
CurrentPrincipal = Annotated[Principal, Depends(principal)]
