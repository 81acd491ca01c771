import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from footfall.walkers.call import RunContext, WalkerCall
from footfall.walkers.hosts import Hosts
from footfall.walkers.limits import Limits

APPS = Path(__file__).parent / "apps"
EXAMPLES = Path(__file__).parents[2] / "examples"

MakeCall = Callable[..., WalkerCall]


@pytest.fixture(scope="session")
def call() -> MakeCall:
    def make(name: str, /, *, root: str = "u1", timeout: float = 60, **args: Any) -> WalkerCall:
        context = RunContext(
            schedule_id="s-1",
            run_id=f"run of {name}/2026-01-01T00:00:00Z",
            scheduled_at=datetime(2026, 1, 1, tzinfo=UTC),
            attempt=2,
        )
        return WalkerCall(walker_name=name, args=args, root=root, timeout=timeout, context=context)

    return make


@pytest.fixture
def app(tmp_path: Path) -> Callable[..., Path]:
    """Make an app of files: name to text."""

    def make(files: dict[str, str]) -> Path:
        folder = tmp_path / "app"
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return folder

    return make


async def _hosts(
    app: Path, state: Path, name: str, limits: Limits | None = None
) -> AsyncIterator[Hosts]:
    hosts = Hosts(app, name=name, processes=2, state_dir=state, limits=limits)
    await hosts.start()
    yield hosts
    await hosts.close()


@pytest.fixture(scope="session")
async def rogue(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hosts]:
    folder = tmp_path_factory.mktemp("rogue")
    shutil.copy(APPS / "rogue.py", folder / "app.py")
    async for hosts in _hosts(folder, tmp_path_factory.mktemp("state"), "rogue", Limits(1024, 16)):
        yield hosts


@pytest.fixture(scope="session")
async def garden(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hosts]:
    file = tmp_path_factory.mktemp("garden") / "garden.jac"
    shutil.copy(APPS / "garden.jac", file)
    async for hosts in _hosts(file, tmp_path_factory.mktemp("state"), "garden"):
        yield hosts


@pytest.fixture(scope="session")
async def example(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hosts]:
    folder = tmp_path_factory.mktemp("example") / "jac_app"
    shutil.copytree(EXAMPLES / "jac_app", folder, ignore=shutil.ignore_patterns(".jac"))
    async for hosts in _hosts(folder, tmp_path_factory.mktemp("state"), "example"):
        yield hosts
