import asyncio
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.receiver import running_receiver

from footfall.schedules.hook import Hook
from footfall.webhooks.addresses import Address, is_public, is_surely_private, literal
from footfall.webhooks.sender import RefusedTargetError, Sender, UnreachableError, resolve

PRIVATE = [
    "http://127.0.0.1/",
    "http://127.8.9.10:8000/hook",
    "http://localhost/",
    "http://LOCALHOST:80/",
    "http://localhost./",
    "http://api.localhost/",
    "http://printer.local/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://router.home.arpa/",
    "http://mongo:27017/",
    "http://0.0.0.0/",
    "http://0/",
    "http://127.1/",
    "http://10.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:1::]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::808:808]/",
    "http://[64:ff9b::a9fe:a9fe]/",
]
PUBLIC = [
    "http://93.184.216.34/",
    "https://hooks.example.com/services/T0/B0",
    "https://example.com:8443/a?b=c",
    "http://[2606:4700:4700::1111]/",
    "http://[::ffff:8.8.8.8]/",
    "http://172.32.0.1/",
]
NO_HOOKS = [
    "",
    "example.com",
    "//example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "http://",
    "http:///path",
    "http://user@example.com/",
    "http://user:pw@example.com/",
    "http://:pw@example.com/",
    "http://example.com@127.0.0.1/",
    "http://example.com/#a",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://example.com\\@127.0.0.1/",
    "http://exa mple.com/",
    "http://example.com/\r\nX: y",
    "http://example.com/\tx",
    "http://bücher.example/",
    "http://①②⑦.⓪.⓪.①/",
    "http://[::1/",
    "http://[fe80::1%eth0]/",
    "http://example.com/" + "x" * 2048,
]


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_target_is_seen_without_a_resolver(url: str) -> None:
    assert is_surely_private(Hook(url=url).url)


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_target_is_let_through(url: str) -> None:
    assert not is_surely_private(Hook(url=url).url)


@pytest.mark.parametrize("url", NO_HOOKS)
def test_what_is_no_plain_url_of_the_web_is_no_hook(url: str) -> None:
    with pytest.raises(ValidationError):
        Hook(url=url)


PRIVATE_V4 = st.one_of(
    st.ip_addresses(v=4, network=network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)


@given(PRIVATE_V4)
def test_no_spelling_of_a_private_address_is_public(address: IPv4Address) -> None:
    number = int(address)
    spellings = [str(address), str(number), hex(number), f"0{number:o}"]
    assert all(literal(one) == address for one in spellings)
    wrapped = [
        IPv6Address(f"::ffff:{address}"),
        IPv6Address((0x0064FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
    ]
    assert not any(is_public(one) for one in (address, *wrapped))


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"]])
async def test_a_name_that_leads_to_a_private_address_is_refused(found: list[str]) -> None:
    async def resolver(host: str, port: int) -> Sequence[Address]:
        assert (host, port) == ("innocent.example.com", 80)
        return [ip_address(one) for one in found]

    sender = Sender(allow_private=False, resolver=resolver)
    with pytest.raises(RefusedTargetError):
        await sender.post("http://innocent.example.com/", b"{}", {})


async def test_the_systems_own_resolver_is_judged_too() -> None:
    sender = Sender(allow_private=False)
    for url in ("http://localhost:9/", "http://127.1:9/", "http://2130706433:9/"):
        with pytest.raises(RefusedTargetError):
            await sender.post(url, b"{}", {})


async def test_the_address_that_was_judged_is_the_one_connected_to() -> None:
    asked: list[str] = []

    async def resolver(host: str, port: int) -> Sequence[Address]:
        # A second lookup would lead elsewhere, as one does that is made to deceive.
        asked.append(host)
        return await resolve("127.0.0.1" if len(asked) == 1 else "203.0.113.1", port)

    with running_receiver() as receiver:
        url = f"http://rebinding.example.com:{receiver.port}/pinned?a=b"
        sender = Sender(allow_private=True, resolver=resolver)
        assert await sender.post(url, b"{}", {"X-Own": "1"}) == 204
        (got,) = receiver.received
    assert asked == ["rebinding.example.com"]
    assert got.headers["host"] == httpx.URL(url).netloc.decode()
    assert (got.path, got.headers["x-own"], got.body) == ("/pinned?a=b", "1", b"{}")


async def test_another_address_is_tried_where_one_does_not_answer() -> None:
    async def resolver(host: str, port: int) -> Sequence[Address]:
        del host, port
        return [ip_address("127.0.0.2"), ip_address("127.0.0.1")]

    with running_receiver() as receiver:
        url = f"http://two.example.com:{receiver.port}/"
        assert await Sender(allow_private=True, resolver=resolver).post(url, b"{}", {}) == 204


async def test_a_receiver_that_never_answers_is_given_up() -> None:
    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(hear, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    try:
        with pytest.raises(UnreachableError):
            await Sender(allow_private=True, timeout=0.3).post(
                f"http://127.0.0.1:{port}/", b"{}", {}
            )
    finally:
        silent.close()
        await silent.wait_closed()


async def test_what_is_not_there_is_unreachable() -> None:
    async def nowhere(host: str, port: int) -> Sequence[Address]:
        del host, port
        raise OSError("no such host")

    sender = Sender(allow_private=True, resolver=nowhere)
    with pytest.raises(UnreachableError):
        await sender.post("http://nowhere.example.com/", b"{}", {})
