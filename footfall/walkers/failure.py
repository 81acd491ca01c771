import traceback
from pathlib import Path

from footfall.errors import AppError
from footfall.schedules.run import RunError
from footfall.walkers.source import Source, enclosing

MESSAGE_LIMIT = 4096
"""Characters kept of an error's message."""

TRACEBACK_LIMIT = 16384
"""Characters kept of a traceback: its end, where the error is."""


def cut(text: str, limit: int) -> str:
    """Give the beginning of `text`, at most `limit` characters, as text that UTF-8 can hold."""
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    return kept.encode("utf-8", "backslashreplace").decode("utf-8")


def message_of(error: BaseException) -> str:
    """Give the message of `error`, even if it cannot print itself."""
    try:
        return cut(str(error), MESSAGE_LIMIT)
    except Exception:  # noqa: BLE001 - a user's __str__ may do anything
        return "(the error's message cannot be shown)"


def run_error(error: BaseException, source: Source) -> RunError:
    """Tell why a run failed, with the user's own frames of the traceback."""
    return RunError(
        type=type(error).__name__, message=message_of(error), traceback=_trace(error, source)
    )


def load_error(error: BaseException, source: Source) -> AppError:
    """Tell why the app cannot be loaded: file, line, walker where known, and the reason."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, SyntaxError) and source.owns(error.filename):
        return app_error(error.filename or "", error.lineno or 1, f"SyntaxError: {error.msg}")
    reason = f"{type(error).__name__}: {message_of(error)}"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if source.owns(frame.filename)
    ]
    if not frames:
        return AppError(f"{source.folder}: {reason}")
    return app_error(frames[-1].filename, frames[-1].lineno or 1, reason)


def app_error(file: str | Path, line: int, reason: str) -> AppError:
    """Say that `reason` breaks the app at `line` of `file`, and in which walker that is."""
    walker = enclosing(file, line)
    where = f"{file}, line {line}" + (f", in {walker}" if walker else "")
    return AppError(f"{where}: {reason}", file=str(file), line=line, walker=walker)


def _trace(error: BaseException, source: Source) -> str:
    told = traceback.TracebackException(type(error), error, error.__traceback__, compact=True)
    seen: set[int] = set()
    part: traceback.TracebackException | None = told
    while part is not None and id(part) not in seen:  # the error and what led to it
        seen.add(id(part))
        own = [frame for frame in part.stack if source.owns(frame.filename)]
        part.stack = traceback.StackSummary.from_list(own or list(part.stack))
        part = part.__cause__ or part.__context__
    try:
        text = "".join(told.format())
    except Exception:  # noqa: BLE001 - a user's __str__ may do anything
        text = f"{type(error).__name__}\n"
    if len(text) > TRACEBACK_LIMIT:
        text = "…" + text[-TRACEBACK_LIMIT + 1 :]
    return cut(text, TRACEBACK_LIMIT)
