"""What became of mutants, kept between calls."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """What became of one mutant.

    Attributes:
        outcome: "killed", "timeout" or "survived".
        where: module and line.
        tests: how many were run at most.
    """

    outcome: str
    where: str
    tests: int


class Results:
    """The results of the last call, by the names of mutants.

    Args:
        path: the file in which they are kept.
        known: the names of all mutants that there are; others are forgotten.
    """

    def __init__(self, path: Path, known: set[str]) -> None:
        self._path = path
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self._found = {name: Result(**kept[name]) for name in kept if name in known}
        self._all = len(known)

    def has(self, name: str) -> bool:
        """Say whether a mutant was tried."""
        return name in self._found

    def survives(self, name: str) -> bool:
        """Say whether a mutant was tried and not noticed."""
        return self.has(name) and self._found[name].outcome == "survived"

    def forget(self, names: Iterable[str]) -> None:
        """Begin anew with some mutants."""
        for name in names:
            self._found.pop(name, None)

    def add(self, name: str, result: Result) -> None:
        """Note what became of a mutant."""
        self._found[name] = result

    def keep(self) -> None:
        """Write all of it."""
        self._path.parent.mkdir(exist_ok=True)
        kept = {name: asdict(self._found[name]) for name in sorted(self._found)}
        self._path.write_text(json.dumps(kept, indent=1), encoding="utf-8")

    def report(self) -> str:
        """Say the survivors, the figures of each module, and the score."""
        modules: defaultdict[str, Counter[str]] = defaultdict(Counter)
        lines: list[str] = []
        for name, one in sorted(self._found.items(), key=lambda pair: pair[1].where):
            modules[one.where.partition(":")[0]][one.outcome] += 1
            if one.outcome == "survived":
                lines.append(f"{one.where:24} {name}")
        lines += [
            f"{name:16} {counts.total():4} mutants, {counts['survived']:3} survive"
            for name, counts in sorted(modules.items())
        ]
        counts = sum(modules.values(), Counter[str]())
        dead = counts["killed"] + counts["timeout"]
        lines.append(
            f"{counts.total()} of {self._all} mutants: {counts['killed']} killed, "
            f"{counts['timeout']} timeouts, {counts['survived']} survive; "
            f"score {100 * dead / max(1, counts.total()):.1f} %"
        )
        return "\n".join(lines)
