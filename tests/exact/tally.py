from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Tally:
    """What was compared, and what was found to differ.

    Attributes:
        expressions: those that were accepted and compared.
        refused: those that were refused for a documented reason.
        comparisons: lists of times that were compared with an oracle's.
        instants: times in them.
        skipped: lists that were not compared, by the name of the known difference.
        mismatches: what differs without being known to, in words.
    """

    expressions: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    comparisons: int = 0
    instants: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    mismatches: set[str] = field(default_factory=set)

    def skip(self, name: str, count: int = 1) -> None:
        """Note that a known difference kept lists from being compared."""
        self.skipped[name] = self.skipped.get(name, 0) + count

    def add(self, other: "Tally") -> None:
        """Add what another one holds."""
        self.expressions |= other.expressions
        self.refused |= other.refused
        self.comparisons += other.comparisons
        self.instants += other.instants
        self.mismatches |= other.mismatches
        for name, count in other.skipped.items():
            self.skip(name, count)

    def dumped(self) -> dict[str, Any]:
        """Give it as plain values, which a test's report can carry between processes."""
        return {
            "expressions": sorted(self.expressions),
            "refused": sorted(self.refused),
            "comparisons": self.comparisons,
            "instants": self.instants,
            "skipped": self.skipped,
            "mismatches": sorted(self.mismatches),
        }

    @staticmethod
    def loaded(values: dict[str, Any]) -> "Tally":
        """Give what was dumped."""
        sets = ("expressions", "refused", "mismatches")
        return Tally(
            **{name: set(value) if name in sets else value for name, value in values.items()}
        )
