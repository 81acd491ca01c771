"""Someone who does what a page says: writes its files, types its commands, compares the output."""

import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from support.examples import Example
from support.pages import Block, assert_shown, blocks, is_output
from support.ports import free_port
from support.processes import footfall, ready
from support.shell import output_of
from support.waiting import until

BIN = Path(sys.executable).parent
PRINTED = {"api": 8000, "temporal": 7233, "ui": 8233, "health": 8081, "second": 8010, "third": 8020}
"""The ports that pages print, for each of which a free one is taken."""
SERVERS = ("dev", "api", "worker")
START = 180
"""Seconds within which a server has to be ready, on a busy machine too."""
SOON = 90
"""Seconds within which a reading command has to show what was done before."""


class Reader:
    """A reader in a folder of their own, with ports of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in PRINTED}
        self.exported = {
            "FOOTFALL_TEMPORAL_ADDRESS": self.here("127.0.0.1:7233"),
            # Each one more loads the app once more, at every start.
            "FOOTFALL_PROCESSES": "1",
        }
        self._done: set[Block] = set()
        self._loaded: dict[Path, str] = {}
        self._servers = AsyncExitStack()
        self._dev: AsyncExitStack | None = None

    def here(self, text: str) -> str:
        """Put the ports of this machine in the place of those that are printed."""
        for name, printed in PRINTED.items():
            text = re.sub(rf"(?<=[: =]){printed}\b", str(self.ports[name]), text)
        return text

    async def typed(self, script: str) -> str:
        """Type a script that has to succeed, and give what it prints."""
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in self.environ)
        return await output_of(f"{exports}{self.here(script)}", self.folder)

    @property
    def did(self) -> int:
        """How many files were written, commands typed and servers started."""
        return sum(block.language == "bash" or block.title is not None for block in self._done)

    @property
    def environ(self) -> list[tuple[str, str]]:
        path = f"{BIN}:/usr/local/bin:/usr/bin:/bin"
        return [("PATH", path), ("FOOTFALL_PROFILES", "none.toml"), *self.exported.items()]

    async def follow(self, page: str) -> None:
        """Do all that a page says, but what was prepared.

        Raises:
            AssertionError: a command fails, or prints something else than what stands there.
        """
        for block, following in self._said(page):
            await self._do(block, following)

    async def prepare(self, page: str) -> None:
        """Do what a page says before its first server, so that an earlier one serves it as well."""
        for block, following in self._said(page):
            if server(block):
                return
            await self._do(block, following)

    def _said(self, page: str) -> Iterator[tuple[Block, Block | None]]:
        found = blocks(page)
        for block, following in zip(found, [*found[1:], None], strict=True):
            if not (block.test or block.not_run or block in self._done):
                yield block, following

    async def close(self) -> None:
        """End every server that was started, the last one first."""
        await self._servers.aclose()

    async def _do(self, block: Block, following: Block | None) -> None:
        self._done.add(block)
        try:
            if block.title is not None:
                self._write(block.title, block.text)
            elif command := server(block):
                await self._start(command)
            elif block.language == "bash":
                printed = following if following and is_output(following) else None
                await self._type(block.text, printed)
        except AssertionError as error:
            raise AssertionError(f"{block}\n{error}") from error

    def _write(self, title: str, text: str) -> None:
        file = self.folder / title
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.here(text))

    def _code(self, app: str) -> dict[Path, str]:
        files = [*(self.folder / app).glob("*.jac"), *(self.folder / app).glob("*.py")]
        return {file: file.read_text() for file in files if file.is_file()}

    async def _type(self, script: str, printed: Block | None) -> None:
        names = re.findall(r"^export (\w+)=", script, re.MULTILINE)
        if names:
            assert printed is None, "what exports prints nothing"
            shown = "\n".join(f'printf "%s\\0" "${{{name}}}"' for name in names)
            values = (await self.typed(f"{script}\n{shown}")).split("\0")
            self.exported |= dict(zip(names, values, strict=False))
            return
        if printed is None:
            await self.typed(script)
            return

        async def shown() -> None:
            output = await self.typed(script)
            if printed.language == "json":
                assert Example(script, printed.text).is_answered_by(output), output
            else:
                assert_shown(printed.text, output)

        # What is read follows what was done, sooner or later.
        await in_the_end(shown, reads=is_reading(script))

    async def _start(self, command: list[str]) -> None:
        """Start a server in a terminal of its own; `dev` takes the place of one before."""
        kind = command[0]
        arguments = [self.here(f" {argument}").strip() for argument in command]
        if kind == "dev":
            code = self._code(arguments[arguments.index("--app") + 1])
            if self._dev is not None:
                # What has read all of the code need not be started again.
                if self._loaded == code:
                    return
                await self._dev.aclose()
            self._loaded = code
            named = " ".join(arguments)
            arguments += [
                f"--{name}-port={self.ports[name]}"
                for name in ("api", "temporal", "ui")
                if f"--{name}-port" not in named
            ]
        stack = AsyncExitStack()
        running = await stack.enter_async_context(
            footfall(*arguments, tmp_path=self.folder, **dict(self.exported))
        )
        self._servers.push_async_callback(stack.aclose)
        try:
            if kind == "dev":
                self._dev = stack
                await running.shows("Footfall is ready", seconds=START)
            else:
                port = re.search(r"port[ =](\d+)", " ".join(arguments))
                assert port, f"{command} names no port to ask"
                await ready(f"http://127.0.0.1:{port[1]}", running=running, seconds=START)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{running.output[-4000:]}") from error


def server(block: Block) -> list[str]:
    """Give the arguments of a server that a block starts; none for another one."""
    command = shlex.split(block.text) if block.language == "bash" else []
    is_one = command[:1] == ["footfall"] and command[1] in SERVERS
    return command[1:] if is_one else []


def is_reading(script: str) -> bool:
    return bool(re.search(r" (list|count|changes|show) |healthz", script)) and "-X P" not in script


async def in_the_end(shown: object, *, reads: bool) -> None:
    """Have something hold: at once, or for what reads, in the end."""
    assert callable(shown)
    if not reads:
        await shown()
        return
    problem = AssertionError()

    async def holds() -> bool:
        nonlocal problem
        try:
            await shown()
        except AssertionError as error:
            problem = error
            return False
        return True

    try:
        await until(holds, seconds=SOON, every=0.2)
    except AssertionError:
        raise problem from None
