import codecs
import time
from collections.abc import Callable
from datetime import UTC, datetime

from footfall.schedules.live import PIECE_BYTES, LiveRun
from footfall.walkers.output import Recording
from footfall.walkers.progress import read_progress


def _nothing(_: datetime) -> None:
    pass


class Watch:
    """Where someone can look at a walker while `Hosts` runs it.

    Attributes:
        started_at: when the walker was started (UTC); None until then.
        at_begin: called when the walker is started, with the instant (UTC).
        stdout, stdout_truncated: what a walker that was killed by cancelling had printed.
    """

    def __init__(self, attempt: int = 1, activity_attempt: int = 1) -> None:
        self._attempt = attempt
        self._activity_attempt = activity_attempt
        self._recording: Recording | None = None
        # Backslashes for what is no UTF-8, as in the text that is kept at the end.
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._read = 0
        self._cut = 0
        self._end = 0
        self._text = ""
        self.started_at: datetime | None = None
        self._began: float | None = None
        self.at_begin: Callable[[datetime], None] = _nothing
        self.stdout = ""
        self.stdout_truncated = False

    def begin(self, recording: Recording) -> None:
        """Take note that the walker starts now, and where its output goes."""
        self._recording = recording
        self.started_at, self._began = datetime.now(UTC), time.monotonic()
        self.at_begin(self.started_at)

    @property
    def seconds(self) -> float | None:
        """For how many seconds the walker has run; None if it was not started."""
        return None if self._began is None else time.monotonic() - self._began

    def interrupted(self, recording: Recording) -> None:
        """Keep what a walker had printed that was killed, before its recording goes."""
        self.stdout = recording.read()
        self.stdout_truncated = recording.truncated

    def look(self) -> LiveRun:
        """Give what is to be seen now; of stdout, the latest piece.

        Beyond what will be kept of stdout, what a walker prints fast has holes, and offsets
        count bytes.
        """
        self._follow()
        recording = self._recording
        return LiveRun(
            attempt=self._attempt,
            activity_attempt=self._activity_attempt,
            walker_started_at=self.started_at,
            offset=self._end - len(self._text),
            text=self._text,
            progress=read_progress(recording.progress_file) if recording else None,
        )

    def _follow(self) -> None:
        recording = self._recording
        if recording is None:
            return
        data = recording.read_from(self._read)
        self._read += len(data)
        if self._read == recording.limit and recording.cut > self._cut:
            new, self._cut = recording.cut - self._cut, recording.cut
            missed = new - len(recording.last_cut)
            if missed > 0:
                self._decoder.reset()
                self._end += len(data) + missed
                self._text, data = "", b""
            data += recording.last_cut[-new:]
        text = self._decoder.decode(data)
        self._end += len(text)
        # Only the first character can have been cut.
        latest = (self._text + text).encode()[-PIECE_BYTES:]
        self._text = latest.decode("utf-8", "ignore")
