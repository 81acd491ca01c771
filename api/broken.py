from typing import Self

from pydantic import BaseModel

from footfall.errors import FootfallError, ScheduleNotFoundError, UnreadableError
from footfall.temporal.broken import BrokenSchedule
from footfall.tokens import Principal


class BrokenView(BaseModel):
    """A schedule that cannot be read, because it was not written by Footfall, and why.

    It can be deleted. `owner` and `walker_name` are what its search attributes say.
    """

    id: str
    owner: str | None
    walker_name: str | None
    reason: str

    @classmethod
    def of(cls, broken: BrokenSchedule) -> Self:
        """Show one."""
        return cls(
            id=broken.id,
            owner=broken.owner,
            walker_name=broken.walker_name,
            reason=broken.reason,
        )


def told_error(who: Principal | None, error: FootfallError) -> FootfallError:
    """Give what someone is told: of another's broken schedule, that there is none."""
    if not isinstance(error, UnreadableError) or "owner" not in error.details:
        return error
    if who is not None and (who.is_admin or error.details.get("owner") == who.user):
        return error
    return ScheduleNotFoundError()
