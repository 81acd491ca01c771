"""What walkers of the ledger app wrote down: the witness of what really ran."""

from pathlib import Path

from pydantic import AwareDatetime, BaseModel

APP = Path(__file__).parent.parent / "apps" / "ledger"


class Line(BaseModel):
    """One thing that a walker did; `at` is Unix time."""

    event: str
    schedule_id: str
    run_id: str
    scheduled_at: AwareDatetime
    attempt: int
    process: int
    worker: int = 0
    at: float


class Ledger:
    """The file that walkers append to."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ledger.jsonl"
        self._file.touch()

    def __str__(self) -> str:
        return str(self._file)

    def lines(self, schedule_id: str, event: str) -> list[Line]:
        """Give what happened in runs of a schedule, in the order in which it was written."""
        return [
            line for line in self.all() if (line.schedule_id, line.event) == (schedule_id, event)
        ]

    def all(self) -> list[Line]:
        """Give everything that happened, in the order in which it was written."""
        # A line that is just being written has no end yet.
        whole = self._file.read_text().rpartition("\n")[0].splitlines()
        return [Line.model_validate_json(line) for line in whole]

    def starts(self, schedule_id: str) -> list[Line]:
        """Give the starts of a schedule's walker."""
        return self.lines(schedule_id, "start")

    def ends(self, schedule_id: str) -> list[Line]:
        """Give the ends that a schedule's walker came to by itself."""
        return self.lines(schedule_id, "end")
