import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "corpus"
_REFUSED = " => refused: "
_PAIR = re.compile(r"(\w+)=(?:'([^']*)'|(\d+))")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the corpus.

    Attributes:
        config: what it gives a cron trigger.
        refused: the name of the reason for which it is refused; None if it is accepted.
    """

    config: dict[str, Any]
    refused: str | None


def crontab_entries() -> list[Entry]:
    """Read corpus/crontab.txt: one crontab string a line."""
    return [Entry({"cron": text}, refused) for text, refused in _lines("crontab.txt")]


def fields_entries() -> list[Entry]:
    """Read corpus/fields.txt: the named fields of one trigger a line, text in quotes."""
    return [Entry(_fields(text), refused) for text, refused in _lines("fields.txt")]


def _fields(text: str) -> dict[str, Any]:
    return {name: int(number) if number else quoted for name, quoted, number in _PAIR.findall(text)}


def _lines(name: str) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for line in (FOLDER / name).read_text().splitlines():
        if line and not line.startswith("# "):
            text, _, refused = line.partition(_REFUSED)
            found.append((text, refused or None))
    return found
