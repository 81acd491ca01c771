from footfall.errors import ForbiddenError, ScheduleNotFoundError
from footfall.schedules.schedule import ScheduledWalk
from footfall.tokens import Principal


def check_visible(who: Principal, walk: ScheduledWalk) -> None:
    """Let pass who may see a schedule: its owner, admins, and everyone where it is static.

    Raises:
        ScheduleNotFoundError: for `who` it does not exist.
    """
    if not (walk.is_static or who.is_admin or walk.owner == who.user):
        raise ScheduleNotFoundError


def check_operator(who: Principal, walk: ScheduledWalk) -> None:
    """Let pass who may start and stop runs of a schedule: its owner, and admins.

    Raises:
        ScheduleNotFoundError: for `who` it does not exist.
        ForbiddenError: it is static, and `who` is no admin.
    """
    check_visible(who, walk)
    if walk.is_static and not who.is_admin:
        raise ForbiddenError("This schedule is static: only admins start and stop its runs.")
