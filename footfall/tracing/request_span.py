import sys


def mark_request(**facts: str) -> None:
    """Have the span of the request that is answered now name these, as ``footfall.<name>``.

    Where nothing is traced it does nothing.

    Args:
        facts: by name, such as ``schedule_id`` and ``user``.
    """
    # Not imported: a process without traces need not have it.
    api = sys.modules.get("opentelemetry.trace")
    if api is None:
        return
    span = api.get_current_span()
    if span.is_recording():
        span.set_attributes({f"footfall.{name}": value for name, value in facts.items()})
