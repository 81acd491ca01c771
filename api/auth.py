from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.services import Services
from footfall.errors import SchedulerDisabledError, UnauthorizedError
from footfall.logs import log_about
from footfall.tokens import Principal
from footfall.tracing.request_span import mark_request

_bearer = HTTPBearer(
    auto_error=False,
    description="A JWT with `user_id` (or `sub`) and `exp`; role `admin` sees everything.",
)


# Not `async`, each of them would be called in a thread of its own.
async def services(request: Request) -> Services:
    """Give what the process wired together.

    Raises:
        SchedulerDisabledError: the scheduler is disabled.
    """
    return services_of(request)


def services_of(request: Request) -> Services:
    """Give what the process wired together, to what asks for nothing else of a request.

    Raises:
        SchedulerDisabledError: the scheduler is disabled.
    """
    found: Services | None = request.app.state.services
    if found is None:
        raise SchedulerDisabledError
    return found


async def principal(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Principal:
    """Give who is asking.

    Raises:
        SchedulerDisabledError: the scheduler is disabled.
        UnauthorizedError: there is no bearer token, or it is not valid.
    """
    verifier = services_of(request).verifier
    if credentials is None:
        raise UnauthorizedError("Send a token: `Authorization: Bearer <token>`.")
    found = verifier.verify(credentials.credentials)
    # What an error may tell hangs on it.
    request.state.principal = found
    mark_request(user=found.user, **request.path_params)
    if request.path_params:
        log_about(**request.path_params)
    return found


UsedServices = Annotated[Services, Depends(services)]
CurrentPrincipal = Annotated[Principal, Depends(principal)]
