import io
import sys

import pytest

from footfall.cli.progress import bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with bar("backfill", 4) as advance:
        advance(3)
    shown = sys.stderr
    assert isinstance(shown, Terminal)
    assert "backfill" in shown.getvalue()
    assert "/4" in shown.getvalue()
    with bar("apply", None):
        pass
    assert "apply" in shown.getvalue()


def test_progress_is_shown_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    with bar("backfill", 4) as advance:
        advance(3)
    assert file.getvalue() == ""
