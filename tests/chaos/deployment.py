"""Everything that an app is run by, as processes of their own, with proxies between them."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.disk import SmallDisk
from chaos.fault import Part
from chaos.member import Member
from chaos.proxy import Proxy
from support.api import SECRET
from support.ledger import Ledger
from support.mongod import Mongod, running_mongod
from support.temporal_file import TemporalFile, temporal_file

APP = Path(__file__).parent.parent / "apps" / "chaos"


@dataclass(frozen=True)
class Deployment:
    """The processes, by name."""

    app: str
    folder: Path
    temporal: TemporalFile
    mongod: Mongod
    disk: SmallDisk
    members: dict[str, Member]
    ledger: Ledger
    effects: Path

    def named(self, part: str) -> list[Member]:
        return [member for name, member in self.members.items() if name.startswith(part)]

    @property
    def targets(self) -> dict[Part, list[str]]:
        """What faults can happen to."""
        return {
            Part.WORKER: [member.name for member in self.named("worker")],
            Part.API: [member.name for member in self.named("api")],
            Part.TEMPORAL: ["temporal"],
            Part.MONGOD: ["mongod"],
            Part.DISK: ["disk"] if self.disk.usable else [],
        }


@asynccontextmanager
async def deployment(folder: Path) -> AsyncIterator[Deployment]:
    """Start three APIs, one of them without MongoDB, and three workers."""
    async with AsyncExitStack() as stack:
        mongod = await stack.enter_async_context(running_mongod())
        (folder / "temporal").mkdir()
        temporal = await stack.enter_async_context(temporal_file(folder / "temporal"))
        disk = SmallDisk(folder / "disk")
        stack.callback(disk.remove)
        ledger, effects = Ledger(folder), folder / "effects"
        effects.mkdir()
        found = Deployment(
            app=f"chaos-{secrets.token_hex(4)}",
            folder=folder,
            temporal=temporal,
            mongod=mongod,
            disk=disk,
            members={},
            ledger=ledger,
            effects=effects,
        )
        environ = {
            "FOOTFALL_JWT_SECRET": SECRET,
            "FOOTFALL_DATA_DIR": str(disk.folder),
            "FOOTFALL_PROCESSES": "2",
            "FOOTFALL_WORKER_SHUTDOWN_GRACE": "2",
            "CHAOS_LEDGER": str(ledger),
            "CHAOS_EFFECTS": str(effects),
        }
        for number in (1, 2, 3):
            await _add(stack, found, f"worker{number}", environ)
            await _add(stack, found, f"api{number}", environ, on_mongodb=number > 1)
        for member in found.members.values():
            await member.ready()
        yield found


async def fresh_api(stack: AsyncExitStack, found: Deployment) -> Member:
    """Start one more API, whose projection has nothing yet."""
    member = await _add(stack, found, "fresh", {"FOOTFALL_JWT_SECRET": SECRET})
    await member.ready()
    return member


async def _add(
    stack: AsyncExitStack,
    found: Deployment,
    name: str,
    environ: dict[str, str],
    *,
    on_mongodb: bool = False,
) -> Member:
    ways = {"temporal": await Proxy(found.temporal.port).start()}
    own = {
        "FOOTFALL_TEMPORAL_ADDRESS": ways["temporal"].address,
        "FOOTFALL_TEMPORAL_TASK_QUEUE": found.app,
    }
    if on_mongodb:
        ways["mongod"] = await Proxy(found.mongod.port).start()
        # Without directConnection the driver would go around the proxy, to the replica set.
        own["FOOTFALL_MONGODB_URI"] = f"mongodb://{ways['mongod'].address}/?directConnection=true"
        own["FOOTFALL_MONGODB_DATABASE"] = found.app
    is_worker = name.startswith("worker")
    arguments = ["worker", "--app", str(APP), "--health-port"] if is_worker else ["api", "--port"]
    member = Member(name, arguments, folder=found.folder, environ={**environ, **own}, ways=ways)
    found.members[name] = member
    for way in ways.values():
        stack.push_async_callback(way.close)
    stack.push_async_callback(member.end)
    await member.start()
    return member
