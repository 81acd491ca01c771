import shutil
import subprocess
import sys

import pytest

from footfall.temporal.pollers import has_ended, version_of, worker_identity

TOLD = "from footfall.temporal.pollers import worker_identity; print(worker_identity('v2'))"
ASKED = "import sys; from footfall.temporal.pollers import has_ended; print(has_ended(sys.argv[1]))"


def identity_of_ended() -> str:
    """Give the identity of a worker that has ended."""
    told = subprocess.run([sys.executable, "-c", TOLD], check=True, capture_output=True, text=True)
    return told.stdout.strip()


def test_a_worker_that_is_there_has_not_ended() -> None:
    assert not has_ended(worker_identity("v1"))
    assert version_of(worker_identity("v1")) == "v1"


def test_one_of_this_machine_whose_process_is_gone_has() -> None:
    assert has_ended(identity_of_ended())


@pytest.mark.parametrize("place", ["other", "other#01234567", "{host}#01234567", "{host}"])
def test_of_one_elsewhere_it_is_not_known(place: str) -> None:
    ended = identity_of_ended()
    process, _, rest = ended.partition("@")
    host = rest.partition("#")[0]
    assert not has_ended(f"{process}@{place.format(host=host)}/v2")


def test_the_numbers_of_another_container_with_this_hostname_say_nothing() -> None:
    apart = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc")
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], check=False).returncode:
        pytest.skip("no process numbers apart can be had here")
    asked = [*apart, sys.executable, "-c", ASKED, worker_identity("v1")]
    told = subprocess.run(asked, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "False"
