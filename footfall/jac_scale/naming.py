"""What a schedule is called that was a job of jac-scale."""

import re

_PREFIX = "jac-scale/"
_FRACTION = re.compile(r"(?<=:\d\d)[.,]\d{1,9}(?!\d)", re.ASCII)
_JOB_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def name_of(job_id: str) -> str:
    """Give the name of the schedule that takes a job over; two jobs never have the same."""
    return f"{_PREFIX}{job_id}"


def job_id_of(name: str | None) -> str | None:
    """Give the id of the job that a schedule of this name took over; None if it took none."""
    job_id = (name or "").removeprefix(_PREFIX)
    return job_id if name == name_of(job_id) and is_job_id(job_id) else None


def is_job_id(text: str) -> bool:
    """Say whether jac-scale would give this id to a job; no schedule of ours has such a one."""
    return _JOB_ID.fullmatch(text) is not None


def in_whole_seconds(date: str) -> str:
    """Give a date and time without its fraction of a second, which no schedule of ours has.

    Python and JavaScript write one by themselves.
    """
    return _FRACTION.sub("", date, count=1)
