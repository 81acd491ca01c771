import socket
from collections.abc import Iterable
from contextlib import ExitStack

from footfall.listener import listen


def check_free(addresses: Iterable[tuple[str, int, str]]) -> None:
    """Check that every port can be listened on, all of them at once.

    Args:
        addresses: host, port, and the option that changes the port.

    Raises:
        ConfigurationError: a port is taken; the message names it and the option.
    """
    with ExitStack() as stack:
        for host, port, option in addresses:
            stack.enter_context(listen(host, port, option=option))


def free_port(host: str = "127.0.0.1") -> int:
    """Give a port that is free at this moment."""
    with listen(host, 0, option="") as listener:
        port: int = listener.getsockname()[1]
        return port


def reachable(host: str) -> str:
    """Give the host by which this machine reaches what listens on `host`, as in a URL."""
    wildcards = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - named, not bound
    if host in wildcards:
        return wildcards[host]
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches what listens on `host`."""
    if host == "localhost":
        return True
    for family, prefix in ((socket.AF_INET, "127."), (socket.AF_INET6, "::1")):
        try:
            packed = socket.inet_pton(family, host)
        except OSError:
            continue
        return socket.inet_ntop(family, packed).startswith(prefix)
    return False
