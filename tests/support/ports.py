import random
import socket

LOWEST, BEYOND = 12_000, 32_000
"""Below those that systems give to clients and to whoever asks for any: a server that is stopped
and started again must find its port as it left it."""

_claims: list[socket.socket] = []


def free_port() -> int:
    """Give a port of 127.0.0.1 that is free at this moment, and that nobody is given by chance.

    No other test process is given it while this one lives, though a server that is just being
    started again does not hold it: the port of the same number for datagrams says whose it is.
    """
    while True:
        port = random.SystemRandom().randrange(LOWEST, BEYOND)
        claim = socket.socket(type=socket.SOCK_DGRAM)
        try:
            claim.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port
