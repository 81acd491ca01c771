import os
import random
import socket

LOWEST, BEYOND = 12_000, 32_000
"""Below those that systems give to clients and to whoever asks for any: a server that is stopped
and started again must find its port as it left it."""


SHARES = 4
"""Tests that run side by side take their ports from shares of their own: one that is just being
started again holds none."""


def free_port() -> int:
    """Give a port of 127.0.0.1 that is free at this moment, and that nobody is given by chance."""
    share = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % SHARES
    width = (BEYOND - LOWEST) // SHARES
    lowest = LOWEST + share * width
    while True:
        port = random.SystemRandom().randrange(lowest, lowest + width)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
