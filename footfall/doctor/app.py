from pathlib import Path

from footfall.doctor.finding import Finding
from footfall.errors import AppError
from footfall.walkers.source import locate


def app_finding(app: Path) -> Finding:
    """Look whether there is an app that a worker could load; its code is not run."""
    try:
        source = locate(app)
    except AppError as error:
        remedy = "Name the app's folder, or its .jac or .py file, with --app."
        return Finding("app", "broken", error.message, remedy)
    entries = ", ".join(entry.name for entry in source.entries)
    return Finding("app", "ok", f"Workers load {entries} of {source.folder}.")
