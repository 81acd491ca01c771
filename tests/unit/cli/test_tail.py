import pytest
from _pytest.capture import CaptureFixture

from footfall.cli.tail import _Teller
from footfall.client.sse import Event

HEARD = [
    Event("status", {"status": "running", "attempt": 1, "waits": True}),
    Event("stdout", {"offset": 0, "text": "one\n"}),
    Event("progress", {"fraction": 0.5, "message": "half"}),
    Event("stdout", {"offset": 10, "text": "three\n"}),
    Event("status", {"status": "running", "attempt": 2}),
    Event("stdout", {"offset": 0, "text": "again\n"}),
    Event("status", {"status": "running", "attempt": 2}),
    Event("stdout", {"offset": 6, "text": "and on\n"}),
    Event("end", {"status": "failed", "error": {"type": "ValueError", "message": "no luck"}}),
]


def test_stdout_is_the_walkers_and_the_rest_goes_to_stderr(capsys: CaptureFixture[str]) -> None:
    teller = _Teller(is_json=False)
    for event in HEARD:
        teller.tell(event)
    out, err = capsys.readouterr()
    assert out == "one\nthree\nagain\nand on\n"
    assert err.splitlines() == [
        "footfall: the run waits for its turn",
        "footfall: 50% half",
        "footfall: what follows stands from character 10 on",
        "footfall: start 2 of the walker",
        "footfall: failed: ValueError: no luck",
    ]


@pytest.mark.parametrize("event", HEARD)
def test_for_programs_each_event_is_a_line(event: Event, capsys: CaptureFixture[str]) -> None:
    _Teller(is_json=True).tell(event)
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    assert f'{{"event": "{event.name}", "data": {{' in out
