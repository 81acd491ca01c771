import os
import time
from pathlib import Path
from typing import Any

import structlog

from footfall.errors import ConfigurationError
from footfall.key_set import KeySet, read_key_set

MAX_BYTES = 1024 * 1024

_SETTING = "plugins.scale.jwt.jwks_file (FOOTFALL_JWT_JWKS_FILE)"

_SETTLED_SECONDS = 2.0
"""Two writes within a file system's tick look like one; so a young file is read each time."""

_log = structlog.get_logger(__name__)


class KeyFile:
    """A JWK Set in a file, which is read again whenever it has changed.

    What the file becomes later never takes the service down: while it is broken or gone, the
    last good keys stay, and the log says why, once for each state of the file. Replace it by
    renaming another file over it, so that it is never seen half written.

    Raises:
        ConfigurationError: it cannot be read now, or is no JWK Set for the algorithm.
    """

    def __init__(self, path: Path, algorithm: str) -> None:
        self._path = path
        self._algorithm = algorithm
        self._state: object = None
        self._text: str | None = None
        self._problem: str | None = None
        try:
            self._keys = self._read()
        except ValueError as error:
            raise ConfigurationError(f"{_SETTING}: {path}: {error}") from None

    @property
    def keys(self) -> KeySet:
        """The keys as the file has them now, else as it last had them."""
        state = self._look()
        if state is None or state != self._state:
            try:
                self._keys = self._read()
                self._problem = None
            except ValueError as error:
                if self._problem != str(error):
                    self._problem = str(error)
                    _log.error(
                        "the file of token keys cannot be used; the last good keys stay",
                        file=str(self._path),
                        reason=str(error),
                    )
        return self._keys

    def _look(self) -> Any:
        """Give what tells one state of the file from another; None where that is not sure."""
        try:
            found = os.stat(self._path)  # noqa: PTH116 - hot
        except OSError as error:
            return error.errno
        if abs(time.time() - found.st_mtime) < _SETTLED_SECONDS:
            return None
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev

    def _read(self) -> KeySet:
        # Looked at before it is read: what changes in between is then noticed next time.
        self._state = self._look()
        try:
            with self._path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise ValueError(f"it cannot be read: {error.strerror}") from None
        if len(data) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES} bytes")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError("it is no text file") from None
        if text == self._text:
            return self._keys
        keys = read_key_set(text, self._algorithm)
        if self._text is not None:
            _log.info("the keys of tokens were read again", kids=[*keys.keys])
        self._text = text
        return keys
