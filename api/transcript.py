class Transcript:
    """Which parts of a run's stdout a reader has had; offsets count characters."""

    def __init__(self) -> None:
        self._end = 0
        self._gaps: list[tuple[int, int]] = []

    def heard(self, offset: int, text: str) -> list[tuple[int, str]]:
        """Take a piece, and give what of it is new: its offset and text."""
        begin = max(offset, self._end)
        new = text[begin - offset :]
        if not new:
            return []
        if begin > self._end:
            self._gaps.append((self._end, begin))
        self._end = begin + len(new)
        return [(begin, new)]

    def missing(self, whole: str) -> list[tuple[int, str]]:
        """Give what the reader has not had of the whole stdout: offsets and texts."""
        parts = [*self._gaps, (self._end, len(whole))]
        return [(begin, whole[begin:end]) for begin, end in parts if whole[begin:end]]
