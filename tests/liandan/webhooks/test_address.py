"""Where a webhook may lead."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandan.webhooks.address import Networks, choose, is_public, normal_url, read_networks
from signing.refusal import Refusal

NOTHING = Networks()
LAB = read_networks("10.20.0.0/16 fd00:20::/32 !203.0.113.0/24 !8.8.8.8")


@pytest.mark.parametrize(
    "text",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
        *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.0.0.8"),
        *("192.88.99.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::a9fe:a9fe"),
        *(
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "ff0e::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
        ),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001:2::1", "5f00::1", "4000::1"),
    ],
)
def test_an_address_of_no_public_host_is_barred(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))
    assert choose([text], NOTHING, is_plain=False) == ([], [text])


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "114.114.114.114", "100.63.255.255", "2400:3200::1", "240e::1", "::ffff:8.8.8.8"])
def test_a_public_address_is_not(text: str) -> None:
    assert choose([text], NOTHING, is_plain=False) == ([text], [])
    assert choose([text], NOTHING, is_plain=True) == ([], [text]), "plain http reaches what the operator opened, and nothing else"


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_ipv6_is_the_same_host(address: ipaddress.IPv4Address) -> None:
    assert is_public(address) == is_public(ipaddress.IPv6Address(f"::ffff:{address}"))
    assert not is_public(ipaddress.IPv6Address((0x64FF9B << 96) | int(address))), "a gateway of NAT64 leads to all of IPv4"
    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))), "and so does one of 6to4"


@given(st.ip_addresses())
def test_nothing_is_public_that_the_registries_do_not_call_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    assert not is_public(address) or (mapped or address).is_global


def test_one_bad_address_among_good_ones_bars_the_name() -> None:
    assert choose(["8.8.8.8", "10.0.0.1"], NOTHING, is_plain=False) == ([], ["10.0.0.1"])
    assert choose(["fe80::1%eth0"], NOTHING, is_plain=False) == ([], ["fe80::1%eth0"])


def test_an_operator_opens_and_closes_networks() -> None:
    assert choose(["10.20.1.1", "::ffff:10.20.1.1", "fd00:20::1"], LAB, is_plain=True)[1] == []
    assert choose(["10.21.1.1"], LAB, is_plain=False) == ([], ["10.21.1.1"])
    assert choose(["8.8.8.8"], LAB, is_plain=False) == ([], ["8.8.8.8"]), "closed, although public"
    assert not read_networks("10.0.0.0/8 !10.0.0.1").opens(ipaddress.ip_address("10.0.0.1"))


@pytest.mark.parametrize("text", ["10.20.0.1/16", "office", "10.0.0.0/33", "!"])
def test_what_is_no_network_stops_the_start(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_networks(text)
    assert refused.value.codes == ["SETTING"]


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("https://Hooks.Example.CN", "https://hooks.example.cn/"),
        ("https://hooks.example.cn:443/a?b=c&d", "https://hooks.example.cn/a?b=c&d"),
        ("https://hooks.example.cn:8443/%E8%81%94", "https://hooks.example.cn:8443/%E8%81%94"),
        ("HTTPS://xn--fiq228c.example/a", "https://xn--fiq228c.example/a"),
        ("https://8.8.8.8/a", "https://8.8.8.8/a"),
        ("https://[2400:3200::1]:8443/a", "https://[2400:3200::1]:8443/a"),
    ],
)
def test_a_url_has_one_form(given: str, normal: str) -> None:
    assert normal_url(given, NOTHING) == normal
    assert normal_url(normal, NOTHING) == normal


@pytest.mark.parametrize(
    "text",
    [
        *("", "hooks", "//hooks.example.cn/", "ftp://hooks.example.cn/", "file:///etc/passwd", "gopher://hooks.example.cn/", "https:///a"),
        *(
            "http://hooks.example.cn/",
            "https://user@hooks.example.cn/",
            "https://user:word@hooks.example.cn/",
            "https://@hooks.example.cn/",
        ),
        *("https://hooks.example.cn/#a", "https://hooks.example.cn/#", "https://hooks.example.cn:0/", "https://hooks.example.cn:99999/"),
        *("https://hooks.example.cn:x/", "https://联单.example/", "https://hooks.example.cn/联单", "https://hooks.example.cn/a b"),
        *("https://hooks.example.cn/\r\nX: y", "https://hooks.example.cn/\x00", "https://hooks.example.cn\\@10.0.0.1/", "https://[::1"),
        *("https://localhost/", "https://intranet/", "https://127.1/", "https://0x7f.0.0.1/", "https://0x7f000001/", "https://2130706433/"),
        *("https://0177.0.0.1/", "https://hooks..example.cn/", "https://-hooks.example.cn/", "https://hooks_a.example.cn/"),
        f"https://hooks.example.cn/{'a' * 500}",
    ],
)
def test_what_is_no_address_for_a_webhook_is_said(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        normal_url(text, NOTHING)
    assert refused.value.codes == ["WEBHOOK_URL"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "[fe80::1]", "[64:ff9b::7f00:1]"]
)
def test_an_address_inside_is_refused_when_it_is_named(host: str) -> None:
    with pytest.raises(Refusal) as refused:
        normal_url(f"https://{host}/a", NOTHING)
    assert refused.value.codes == ["WEBHOOK_ADDRESS"]


def test_plain_http_is_for_networks_that_were_opened() -> None:
    assert normal_url("http://10.20.0.1:80/a", LAB) == "http://10.20.0.1/a"
    assert normal_url("http://hooks.example.cn/a", LAB) == "http://hooks.example.cn/a", "where the name leads is looked at when it is used"
