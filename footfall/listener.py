import errno
import socket

from footfall.errors import ConfigurationError


def listen(host: str, port: int, *, option: str) -> socket.socket:
    """Open a socket that listens; port 0 takes a free one.

    Args:
        host: address to listen on.
        port: port to listen on.
        option: what the user changes to take another port, for the error.

    Raises:
        ConfigurationError: the port is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(
                f"Port {port} on {host} is taken; stop what uses it, or choose another port "
                f"with {option}.",
            ) from error
        raise ConfigurationError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    listener.listen(2048)
    listener.settimeout(0)
    return listener
