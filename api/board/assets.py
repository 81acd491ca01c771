import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Self

PAGE = "index.html"
"""The page; everything else is asked for by it."""

_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the board consists of."""

    body: bytes
    media_type: str
    etag: str

    @classmethod
    def of(cls, name: str, body: bytes) -> Self:
        """Make one of a file's name and content."""
        kind = _TYPES[name[name.rindex(".") :]]
        return cls(body, kind, f'"{hashlib.sha256(body).hexdigest()[:20]}"')


@dataclass(frozen=True, slots=True)
class Assets:
    """The files of the board, held in memory.

    Attributes:
        release: changes with any of them, and is a part of their addresses; so they may be kept.
        page: the page, with the addresses of all modules, which are fetched side by side then.
        named: the others by name.
    """

    release: str
    page: Asset
    named: Mapping[str, Asset]

    @classmethod
    def read(cls) -> Self:
        """Read what lies in the package."""
        folder = files("api.board") / "assets"
        bodies = {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}
        every = b"".join(name.encode() + bodies[name] for name in sorted(bodies))
        release = hashlib.sha256(every).hexdigest()[:16]
        page = bodies.pop(PAGE).decode()
        modules = "\n".join(
            f'<link rel="modulepreload" href="board/{release}/{name}">'
            for name in sorted(bodies)
            if name.endswith(".js")
        )
        page = page.replace("{release}", release).replace("{modules}", modules)
        return cls(
            release,
            Asset.of(PAGE, page.encode()),
            {name: Asset.of(name, body) for name, body in bodies.items()},
        )
