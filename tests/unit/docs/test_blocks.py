"""Every block of code on every page is run by a test, or says why it cannot be."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from support.pages import FOLLOWED, ROOT, Block, blocks, is_output, pages

from api.bodies import NewSchedule
from api.notification_views import NoticeView
from footfall.cli.document import read_document
from footfall.config import load_settings

ASKED = ("docs/api.md", "docs/client.md", "docs/migrating.md", "docs/observability.md")
"""Pages that tests of their own go through: test_api_examples.py, test_pages.py, and
tests/beside/test_page.py."""
NOT_RUN = 9
ALL = [block for page in pages() for block in blocks(page)]
NAMES = {block.test for block in ALL if block.test}


def test_every_block_is_run_or_says_why_not() -> None:
    assert asked_for() == NAMES
    assert [str(block) for block in unseen()] == []


def test_few_blocks_are_not_run_and_each_says_why() -> None:
    found = [block for block in ALL if block.not_run]
    assert len(found) == NOT_RUN, "\n".join(map(str, found))
    assert len(ALL) > 250


def test_what_a_page_prints_says_something() -> None:
    for block in ALL:
        if block.page in FOLLOWED and is_output(block):
            assert any(line.strip("… ") for line in block.text.splitlines()), block


def unseen() -> Iterator[Block]:
    before: Block | None = None
    for block in ALL:
        last, before = before, block
        if block.test or block.not_run or block.page in ASKED:
            continue
        if block.page in FOLLOWED and (block.language == "bash" or block.title):
            continue
        follows = last is not None and last.page == block.page and last.language == "bash"
        if follows and is_output(block):
            continue
        # A drawing, or what something looks like: no code.
        if block.language == "":
            continue
        yield block


def asked_for() -> set[str]:
    """Give the names of blocks that some test asks for."""
    text = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    return {one for one in NAMES if f'"{one}"' in text or f"test: {one} " in text}


def found(name: str) -> list[Block]:
    some = [block for block in ALL if block.test == name]
    assert some
    return some


@pytest.mark.parametrize("block", found("schedule body"), ids=str)
def test_bodies_are_valid(block: Block) -> None:
    body = json.loads(block.text)
    NewSchedule.model_validate(body)
    with pytest.raises(ValidationError):
        NewSchedule.model_validate({**body, "walker_nam": "typo"})


def test_the_notice_is_one() -> None:
    (block,) = found("notice body")
    printed = json.loads(block.text)
    shown = NoticeView.model_validate(printed).model_dump(mode="json")
    assert shown.keys() == printed.keys()
    assert shown["run"].keys() == printed["run"].keys()


def test_the_declaration_is_the_guides() -> None:
    (block,) = found("declaration in Jac")
    assert block.text == (ROOT / "examples/jac_app/guide/cleanup_task.jac").read_text()


def test_the_file_of_schedules_is_valid() -> None:
    (block,) = found("schedules file")
    (schedule,) = read_document(block.text)["schedules"]
    NewSchedule.model_validate(schedule)


def test_the_encryption_key_is_one(tmp_path: Path) -> None:
    (block,) = found("encryption key")
    script = f'{block.text}\nprintf %s "$FOOTFALL_TEMPORAL_ENCRYPTION_KEYS"'
    key = subprocess.run(
        ["bash", "-euc", script], capture_output=True, text=True, check=True, cwd=tmp_path
    ).stdout
    settings = load_settings(environ={"FOOTFALL_TEMPORAL_ENCRYPTION_KEYS": key})
    assert settings.temporal.encryption_keys is not None


def test_the_script_of_scale_takes_what_the_page_gives_it() -> None:
    (block,) = found("scale command")
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    table = subprocess.run(
        ["bash", "-euc", block.text],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PATH": path},
    ).stdout
    assert "| schedules | 50,000 |" in table
