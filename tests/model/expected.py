"""What must be, after the calls that were made."""

from dataclasses import dataclass, field
from typing import Any

DEFAULTS: dict[str, Any] = {
    "args": {},
    "tags": [],
    "description": "",
    "timeout": 300,
    "overlap": "skip",
    "catchup_window": None,
    "max_runs": None,
    "pause_on_failure": None,
    "priority": 3,
}


@dataclass
class Expected:
    """What a schedule must be."""

    owner: str
    config: dict[str, Any]
    fields: dict[str, Any]
    paused: bool = False
    revision: int = 1
    name: str | None = None

    def change(self, config: dict[str, Any] | None, fields: dict[str, Any]) -> None:
        before = (self.config, dict(self.fields), self.paused)
        self.config = config or self.config
        self.fields.update({name: fields[name] for name in DEFAULTS if name in fields})
        self.paused = not fields.get("is_active", not self.paused)
        self.revision += (self.config, self.fields, self.paused) != before

    def shown(self) -> dict[str, Any]:
        """Give what an API must show."""
        fields = dict(self.fields)
        if fields["catchup_window"] is None and self.config["trigger"] != "date":
            fields["catchup_window"] = 86400
        if not fields["description"]:
            del fields["description"]
        return {
            **fields,
            "config": self.config,
            "status": "paused" if self.paused else "active",
            "revision": self.revision,
            "name": self.name,
            "runs_left": self.fields["max_runs"],
        }


def is_shown(expected: Expected, row: dict[str, Any]) -> bool:
    return all(row[name] == value for name, value in expected.shown().items())


@dataclass
class Fired:
    """The runs that were started by hand under a schedule's id, which may be used again."""

    ids: set[str] = field(default_factory=set)
    keyed: dict[str, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    """By idempotency key, what was asked for and the run that was answered."""


@dataclass
class Model:
    """Every schedule that must be there, and every run."""

    schedules: dict[str, Expected] = field(default_factory=dict)
    fired: dict[str, Fired] = field(default_factory=dict)

    def of(self, owner: str) -> dict[str, Expected]:
        return {key: one for key, one in self.schedules.items() if one.owner == owner}

    def runs(self, schedule_id: str) -> Fired:
        return self.fired.setdefault(schedule_id, Fired())
