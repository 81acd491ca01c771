from contextlib import suppress

import psutil


def cpu_seconds(pid: int) -> float:
    """Give how long a process and its children have used processors so far."""
    total = 0.0
    for process in _family(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def own_cpu_seconds(pid: int) -> float:
    """Give how long a process without its children has used processors so far."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def mebibytes(pid: int) -> float:
    """Give the memory that a process and its children have for themselves."""
    total = 0
    for process in _family(pid):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().uss
    return total / 1024**2


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
