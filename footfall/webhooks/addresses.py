"""Which addresses a webhook may go to: none that only this machine or its network can reach."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

type Address = IPv4Address | IPv6Address

_LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa")


def is_public(address: Address) -> bool:
    """Say whether an address is one of the open internet's.

    An IPv6 address that stands for an IPv4 one (RFC 4291, 3056, 4380) is judged by that; all
    of ::/8, the ones of RFC 6052 among them, is reserved.
    """
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None and not is_public(inner):
            return False
        if address.is_site_local or address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or address.is_private
    )


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return None


def literal(host: str) -> Address | None:
    """Give the address that a host is written as, in any way that resolvers take; else None."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        # 127.1, 0x7f000001, 2130706433 and 0177.0.0.1 are all 127.0.0.1 to a resolver.
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def host_of(url: str) -> str:
    """Give the host of a URL as it is looked up: ASCII, without brackets.

    Raises:
        ValueError: it has none.
    """
    try:
        host = httpx.URL(url).raw_host.decode()
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ValueError("no URL") from error
    if not host:
        raise ValueError("no host")
    return host


def is_surely_private(url: str) -> bool:
    """Say whether a URL names a target that is private, without asking any resolver.

    A host that cannot be looked up at all, such as 0177.0.0.1, counts as one.
    """
    try:
        host = host_of(url).rstrip(".").lower()
    except ValueError:
        return True
    address = literal(host)
    if address is not None:
        return not is_public(address)
    # A name without a dot is looked up in the network's own domain.
    return "." not in host or host.endswith(tuple(f".{name}" for name in _LOCAL_NAMES))
