from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from api.auth import CurrentPrincipal, services_of
from footfall.errors import FieldProblem, InvalidInputError
from footfall.triggers.problem import did_you_mean

_DIGITS = 20


# Whoever has no token learns nothing else: so it comes after the principal.
async def check_query(request: Request, _: CurrentPrincipal) -> None:
    """Refuse parameters that the route does not have, given twice or beyond a page's limit.

    Without it a typo of a filter would show more, and one of `dry_run` would change something.

    Raises:
        InvalidInputError: names those parameters.
    """
    given = Counter(name for name, _ in request.query_params.multi_items())
    if not given:
        return
    known = _known(request)
    problems = list(_problems(given, known))
    page, limit = services_of(request).limits.page, request.query_params.get("limit", "")
    if "limit" in known and limit.isdecimal() and int(limit[:_DIGITS]) > page:
        message = (
            f"A page has at most {page} rows, by the setting plugins.scale.scheduler.limits.page "
            "(FOOTFALL_LIMITS_PAGE)."
        )
        problems.append(FieldProblem("limit", message))
    if problems:
        raise InvalidInputError(problems)


StrictQuery = Depends(check_query)


def _problems(given: Mapping[str, int], known: Mapping[str, bool]) -> Iterator[FieldProblem]:
    for name, count in given.items():
        if name not in known:
            yield FieldProblem(name, f"There is no such parameter{did_you_mean(name, known)}.")
        elif count > 1 and not known[name]:
            yield FieldProblem(name, "Give it once.")


def _known(request: Request) -> Mapping[str, bool]:
    """Give what `_declared` says of a request's route, which is asked once."""
    found: dict[int, Mapping[str, bool]] = request.app.state.parameters
    route = request.scope["route"]
    # It lives as long as the application.
    if id(route) not in found:
        found[id(route)] = _declared(route.dependant)
    return found[id(route)]


def _declared(dependant: Dependant) -> dict[str, bool]:
    """Give the query parameters of a route, and whether they may be repeated."""
    found: dict[str, bool] = {}
    for field in dependant.query_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, part in kind.model_fields.items():
                found[part.alias or name] = _is_list(part.annotation)
        else:
            found[field.alias] = _is_list(kind)
    for part_of in dependant.dependencies:
        found |= _declared(part_of)
    return found


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is list or any(map(_is_list, get_args(kind)))
