"""What a reader types into a shell."""

import asyncio
from pathlib import Path

from support.processes import clean_environ


async def output_of(script: str, cwd: Path) -> str:
    """Run a script of bash that must succeed, and give what it prints."""
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euc",
        script,
        cwd=cwd,
        env=clean_environ({}),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()
