import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import ip_address

import httpx

from footfall.webhooks.addresses import Address, host_of, is_public

TIMEOUT_SECONDS = 10
"""How long one attempt may take in all, the lookup of the name included."""

type Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]


class RefusedTargetError(Exception):
    """The target is private, and the settings do not allow that."""


class UnreachableError(Exception):
    """The target did not answer."""


async def resolve(host: str, port: int) -> list[Address]:
    """Give the addresses of a host.

    Raises:
        OSError: it has none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


class Sender:
    """Posts webhooks, and connects to no address that it has not checked.

    The name is looked up once: the addresses found are judged, and one of these same addresses
    is connected to. Redirects are not followed, proxies not used, and answers not read.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        resolver: Resolver = resolve,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._allow_private = allow_private
        self._resolver = resolver
        self._timeout = timeout

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post a body, and give the status of the answer.

        Raises:
            RefusedTargetError: an address of the host is private, or the host is none.
            UnreachableError: there was no answer in time.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(url, host_of(url), body, headers)
        except ValueError as error:
            raise RefusedTargetError(f"{url} cannot be looked up") from error
        except TimeoutError as error:
            raise UnreachableError(f"no answer within {self._timeout:g} s") from error
        except (httpx.HTTPError, OSError) as error:
            raise UnreachableError(str(error) or type(error).__name__) from error

    async def _post(
        self,
        target: str,
        host: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> int:
        url = httpx.URL(target)
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await self._resolver(host, port)
        private = [one for one in addresses if not is_public(one)]
        if private and not self._allow_private:
            raise RefusedTargetError(f"{host} is {private[0]}, a private address")
        sent = {**headers, "Host": url.netloc.decode()}
        # Verified all the same: the certificate has to be the name's, not the address's.
        names = {"sni_hostname": host} if url.scheme == "https" else {}
        async with httpx.AsyncClient(
            follow_redirects=False, trust_env=False, timeout=self._timeout
        ) as client:
            failure: httpx.ConnectError | None = None
            for address in addresses:
                pinned = url.copy_with(host=_written(address))
                try:
                    async with client.stream(
                        "POST", pinned, content=body, headers=sent, extensions=names
                    ) as answer:
                        return answer.status_code
                except httpx.ConnectError as error:
                    failure = error
        raise failure or UnreachableError(f"{host} has no address")


def _written(address: Address) -> str:
    return f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004
