"""The documentation as a reader meets it: pages, and the blocks of code that stand on them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
OF_THE_ROOT = ("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")
FOLLOWED = (
    "docs/tutorial.md",
    "docs/jac-walkers.md",
    "docs/python-walkers.md",
    "docs/test-schedules.md",
    "docs/triggers.md",
    "docs/time.md",
    "docs/event-sourcing.md",
    "docs/exactly-once.md",
    "docs/configuration.md",
    "docs/operate.md",
    "docs/deploy.md",
    "docs/secure.md",
    "docs/cli.md",
)
"""Pages that tests/e2e/test_pages.py follows from their first block to their last."""
MORE = "…"
VARYING = (
    (re.compile(r"\b[0-9a-f]{20}\b"), "<id>"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<instant>"),
    (re.compile(r"\b(in )?\d+ (d|h|min|s)( \d+ (h|min|s))?( ago)?\b|\bnow\b"), "<when>"),
    (re.compile(r"\b\d+(\.\d)? s\b"), "<time>"),
    (re.compile(r"\bit sees \d+ schedules?|\b\d+ can be scheduled"), "<count>"),
    (re.compile(r"\bfootfall-worker-\d+@\S+"), "<worker>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<address>"),
    (re.compile(r"[-.\w]*/?\.footfall\b"), "<data>"),
    (re.compile(r" +"), " "),
)
_BLOCK = re.compile(
    r"""(?:^<!--\ (?P<mark>test|not\ run):\ (?P<said>[^\n]+)\ -->\n)?
        ^(?P<indent>\ *)```(?P<language>\w*)(?:\ title="(?P<title>[^"\n]+)")?\n
        (?P<text>.*?)
        ^(?P=indent)```$""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_FENCE = re.compile(r"^ *```.*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        title: the file that it is, for one that has its name.
        test: the name by which a test of its own finds it.
        not_run: why nobody runs it.
    """

    page: str
    line: int
    language: str
    title: str | None
    test: str | None
    not_run: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.page}, line {self.line}:\n{self.text}"


def pages() -> dict[str, str]:
    """Give the text of every page, by its path within the repository."""
    paths = [*(ROOT / name for name in OF_THE_ROOT), *sorted(DOCS.glob("*.md"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths}


def blocks(page: str) -> list[Block]:
    """Give the blocks of a page, by its path within the repository.

    Raises:
        AssertionError: something is fenced in a way that would not be seen here.
    """
    text = (ROOT / page).read_text()
    found = []
    for one in _BLOCK.finditer(text):
        said = {one["mark"]: one["said"]}
        line = text.count("\n", 0, one.start("indent")) + 1
        found.append(
            Block(
                page,
                line,
                one["language"],
                one["title"],
                said.get("test"),
                said.get("not run"),
                one["text"],
            )
        )
    assert len(_FENCE.findall(text)) == 2 * len(found), f"{page}: a fence is not understood"
    return found


def blurred(text: str) -> list[str]:
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return [line.strip() for line in text.strip().splitlines()]


def assert_shown(printed: str, output: str) -> None:
    """Assert that the lines that a page prints come one after the other, but for `MORE`.

    A line that ends with it may go on with anything.
    """
    pattern = "".join(
        r"(?:.*\n)*?"
        if line == MORE
        else re.escape(line.removesuffix(MORE)) + (r".*\n" if line.endswith(MORE) else r"\n")
        for line in blurred(printed)
    )
    actual = "".join(f"{line}\n" for line in blurred(output))
    assert re.fullmatch(pattern, actual), f"{printed}\nis not\n{output}"


def is_output(block: Block) -> bool:
    """Say whether a block that follows a command is what it prints."""
    return block.language in ("", "json") and not (block.title or block.test or block.not_run)
