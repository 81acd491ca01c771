"""Faults as they are done."""

import asyncio
import signal
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from chaos.deployment import Deployment
from chaos.fault import Fault, Kind
from chaos.member import Member
from support.mongod import Mongod
from support.temporal_file import TemporalFile


@dataclass(frozen=True, slots=True)
class Happened:
    """A fault that was done; `begin` and `end` are Unix times, `pid` the process's, if any."""

    fault: Fault
    begin: float
    end: float
    pid: int | None


class Havoc:
    """Does faults to a deployment.

    Attributes:
        problems: what went wrong that a fault does not excuse.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self.happened: list[Happened] = []
        self.problems: list[str] = []
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def wreak(self, faults: Sequence[Fault]) -> None:
        """Do all of them, each at its time, and mend what they broke."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                await asyncio.sleep(max(0, began + fault.at - time.monotonic()))
                group.create_task(self._in_turn(fault))

    async def _in_turn(self, fault: Fault) -> None:
        # An end by SIGTERM may take longer than was drawn.
        async with self._turns[fault.target]:
            await self._do(fault)

    async def _do(self, fault: Fault) -> None:
        member = self._deployment.members.get(fault.target)
        begin, pid = time.time(), member.pids[-1] if member else None
        if member is not None:
            await self._member(member, fault)
        elif fault.target == "temporal":
            await _server(self._deployment.temporal, fault)
        elif fault.target == "mongod":
            await self._mongod(fault)
        else:
            self._deployment.disk.fill()
            await asyncio.sleep(fault.seconds)
            self._deployment.disk.clear()
        self.happened.append(Happened(fault, begin, time.time(), pid))

    async def _member(self, member: Member, fault: Fault) -> None:
        if fault.kind is Kind.KILL:
            await member.kill()
            await asyncio.sleep(fault.seconds)
            await member.start()
        elif fault.kind is Kind.TERM:
            # One that is still being loaded cannot know yet what a signal is to do.
            fine = {0} if await member.is_serving() else {0, -signal.SIGTERM}
            code = await member.terminate()
            if code not in fine:
                self.problems.append(f"{member.name} ended with {code} after SIGTERM")
            await asyncio.sleep(fault.seconds)
            await member.start()
        elif fault.kind is Kind.FREEZE:
            member.freeze()
            await asyncio.sleep(fault.seconds)
            member.thaw()
        elif fault.kind is Kind.CUT:
            await member.ways["temporal"].cut()
            await asyncio.sleep(fault.seconds)
            await member.ways["temporal"].mend()
        else:
            member.ways["temporal"].stall()
            await asyncio.sleep(fault.seconds)
            await member.ways["temporal"].mend()

    async def _mongod(self, fault: Fault) -> None:
        if fault.kind is not Kind.CUT:
            await _server(self._deployment.mongod, fault)
            return
        members = self._deployment.members.values()
        ways = [member.ways["mongod"] for member in members if "mongod" in member.ways]
        await asyncio.gather(*(way.cut() for way in ways))
        await asyncio.sleep(fault.seconds)
        await asyncio.gather(*(way.mend() for way in ways))


async def _server(server: TemporalFile | Mongod, fault: Fault) -> None:
    if fault.kind is Kind.FREEZE:
        server.signal(signal.SIGSTOP)
        await asyncio.sleep(fault.seconds)
        server.signal(signal.SIGCONT)
        return
    await (server.kill() if fault.kind is Kind.KILL else server.stop())
    await asyncio.sleep(fault.seconds)
    await server.start()
