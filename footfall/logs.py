import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TextIO

import structlog

_QUIET = ("uvicorn", "uvicorn.error", "asyncio", "httpx", "httpcore", "pymongo")
"""Loggers whose everyday lines say nothing that our own do not."""


def log_about(**ids: str) -> None:
    """Have each line that this task logs from now on, and what it starts, carry these ids.

    Args:
        ids: by name, such as ``schedule_id``, ``run_id`` and ``walker``.
    """
    structlog.contextvars.bind_contextvars(**ids)


def configure_logs(
    process: str,
    *,
    form: Literal["text", "json"] = "text",
    level: Literal["debug", "info", "warning", "error"] = "info",
    stream: TextIO | None = None,
) -> None:
    """Set up the log of this process, ours and that of every library; the last call counts.

    Args:
        process: name that each line carries.
        form: lines for a terminal (key=value), or one JSON object per line.
        level: the least level that is logged.
        stream: where lines go; stderr unless given.
    """
    stream = stream or sys.stderr

    def name_process(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _name_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_process,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), _flatten_temporal],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(form, stream),
            ],
        ),
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)
    # Its debug lines have what walkers print, report and raise, which is for their owners' eyes.
    logging.getLogger("temporalio").setLevel(max(root.level, logging.INFO))
    logging.captureWarnings(capture=True)


def _renderers(
    form: Literal["text", "json"],
    stream: TextIO,
) -> list[structlog.typing.Processor]:
    if form == "json":
        return [
            # As text: a structured traceback would carry local variables, and secrets in them.
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
            pad_event_to=0,
            pad_level=False,
        ),
    ]


def _name_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the trace that a line belongs to, whoever makes the trace."""
    # Not imported: a process without traces need not have it.
    api = sys.modules.get("opentelemetry.trace")
    if api is not None:
        context = api.get_current_span().get_span_context()
        if context.is_valid:
            event["trace_id"] = f"{context.trace_id:032x}"
            event["span_id"] = f"{context.span_id:016x}"
    return event


def _flatten_temporal(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell in our words what Temporal's SDK adds to its lines: of which activity or workflow."""
    for name in ("temporal_activity", "temporal_workflow"):
        info = event.pop(name, None)
        if isinstance(info, Mapping):
            for key in ("activity_type", "workflow_type", "workflow_id"):
                if key in info:
                    event.setdefault(key, info[key])
    return event
