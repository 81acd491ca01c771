"""Who may see and change which schedules; every route asks one of these."""

from api.edits import Edits
from footfall.errors import ForbiddenError, ScheduleNotFoundError
from footfall.schedules.schedule import ScheduledWalk
from footfall.tokens import Principal


def may_see(who: Principal, walk: ScheduledWalk) -> bool:
    """Say whether a schedule exists for someone."""
    return walk.is_static or who.is_admin or walk.owner == who.user


def check_visible(who: Principal, walk: ScheduledWalk) -> None:
    """Check that someone may see a schedule.

    Raises:
        ScheduleNotFoundError: for them it does not exist.
    """
    if not may_see(who, walk):
        raise ScheduleNotFoundError


def may_operate(who: Principal, walk: ScheduledWalk) -> bool:
    """Say whether someone may pause, resume and trigger a schedule."""
    return may_see(who, walk) and (who.is_admin or not walk.is_static)


def may_change(who: Principal, walk: ScheduledWalk) -> bool:
    """Say whether someone may change what a schedule is, and delete it."""
    return may_see(who, walk) and not walk.is_static


def check_own(who: Principal, walk: ScheduledWalk) -> None:
    """Check that someone may change what a schedule is.

    Raises:
        ScheduleNotFoundError: for them it does not exist.
        ForbiddenError: it is static.
    """
    check_visible(who, walk)
    if not may_change(who, walk):
        raise ForbiddenError(
            "This schedule is static: it is declared in the app's code, and changed there.",
        )


def check_operable(who: Principal, walk: ScheduledWalk) -> None:
    """Check that someone may pause, resume and trigger a schedule.

    Raises:
        ScheduleNotFoundError: for them it does not exist.
        ForbiddenError: it is static, and they are no admin.
    """
    check_visible(who, walk)
    if not may_operate(who, walk):
        raise ForbiddenError(
            "This schedule is static: only an admin may pause, resume or run it by hand.",
        )


def check_changeable(who: Principal, walk: ScheduledWalk, edits: Edits) -> None:
    """Check that someone may make these changes.

    Raises:
        ScheduleNotFoundError: for them the schedule does not exist.
        ForbiddenError: it is static, and more is wanted than that an admin pauses it.
    """
    if edits.only_hold():
        check_operable(who, walk)
    else:
        check_own(who, walk)
