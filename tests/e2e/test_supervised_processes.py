"""The supervisor with its real children, as `footfall dev` starts them."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest
from support.ports import free_port
from support.processes import EXAMPLE_APP, Running, footfall


class RealDev:
    """`footfall dev` on ports of its own."""

    def __init__(self, tmp_path: Path, app: Path = EXAMPLE_APP) -> None:
        self.tmp_path = tmp_path
        self.ports = {name: free_port() for name in ("api", "temporal", "ui")}
        self.arguments = [
            "dev",
            f"--app={app}",
            *(f"--{name}-port={port}" for name, port in self.ports.items()),
            f"--data-dir={tmp_path / 'data'}",
        ]

    @asynccontextmanager
    async def running(self, **environ: str) -> AsyncIterator[Running]:
        async with footfall(*self.arguments, tmp_path=self.tmp_path, **environ) as running:
            yield running


def child(running: Running, word: str) -> psutil.Process:
    """Give the part whose command has this word."""
    (found,) = [one for one, command in running.children().items() if word in command[1:5]]
    return found


def listening(process: psutil.Process) -> list[str]:
    """Give the addresses that a process listens on; none for one that has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        connections = process.net_connections("inet")
        return [one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN]
    return []


def command(process: psutil.Process) -> str:
    """Give the command line of a process; none for one that has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


@pytest.mark.timeout(600)
async def test_the_line_of_the_banner_works_when_pasted(tmp_path: Path) -> None:
    async with RealDev(tmp_path).running() as running:
        line = (await running.shows(r"(?m)^curl .*$")).group()
        pasted = await asyncio.create_subprocess_shell(line, stdout=asyncio.subprocess.PIPE)
        answer, _ = await pasted.communicate()
        assert b'"status":"success"' in answer.replace(b" ", b"")
        addresses = [address for process in running.tree() for address in listening(process)]
        assert len(addresses) >= 4
        assert set(addresses) == {"127.0.0.1"}
        commands = [command(process) for process in running.tree()]
        secret = (tmp_path / "data" / "jwt-secret").read_text()
        assert not any(secret in command for command in commands)
        began = time.monotonic()
        assert await running.stop(signal.SIGINT) == 0
        assert time.monotonic() - began < 20


@pytest.mark.timeout(600)
async def test_kill_9_of_dev_leaves_no_process(tmp_path: Path) -> None:
    async with RealDev(tmp_path).running() as running:
        await running.shows(r"(?m)^curl ")
        assert len(running.tree()) >= 5
        running.process.kill()
        await running.all_gone()


@pytest.mark.timeout(600)
async def test_the_real_ones_are_started_again(tmp_path: Path) -> None:
    async with RealDev(tmp_path).running() as running:
        await running.shows(r"(?m)^curl ")
        for word, name in (("worker", "worker"), ("api", "api"), ("server", "temporal")):
            child(running, word).kill()
            await running.shows(rf"{name} ended; it is started again")
            await running.shows(rf"{name} is ready again")


@pytest.mark.timeout(600)
async def test_a_second_one_on_the_same_data_folder_is_refused(tmp_path: Path) -> None:
    first = RealDev(tmp_path)
    async with first.running() as running:
        await running.shows(r"temporal \| ")
        async with RealDev(tmp_path).running() as second:
            assert await second.process.wait() == 2
            assert f"(process {running.process.pid})" in second.output
            assert "--data-dir" in second.output


@pytest.mark.timeout(600)
async def test_a_broken_app_is_tried_again_until_it_is_mended(tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "app.py").write_text("import footfall\n\ndef broken(:\n")
    async with RealDev(tmp_path, app).running() as running:
        await running.shows(r"app\.py")
        await running.shows(r"worker ended; it is started again .*exit code 3")
        good = "from footfall import walker\n\n@walker\ndef mended() -> int:\n    return 1\n"
        (app / "app.py").write_text(good)
        line = await running.shows(r"(?m)^curl .*$")
        assert "mended" in line.group()


@pytest.mark.timeout(600)
async def test_production_settings_of_temporal_do_not_reach_dev(tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "app.py").write_text("from footfall import walker\n\n@walker\ndef one() -> None: ...\n")
    (app / "jac.toml").write_text(
        "[plugins.scale.scheduler.temporal]\n"
        'address = "temporal.example.com:443"\nnamespace = "mine"\ntask_queue = "shop"\n'
        'tls = true\napi_key = "not-a-real-key"\n',
    )
    async with RealDev(tmp_path, app).running() as running:
        await running.shows(r"(?m)^curl ")
        assert "example.com" not in running.output
