"""Where a webhook may lead: the form of its URL, and the addresses that its name resolves to.

The server posts from inside the operator's network, so an address there is out of reach for whoever names it (server-side request forgery):
loopback, private, shared, link-local (the metadata services of clouds among them), multicast, reserved, and every IPv6 form that carries an
IPv4 address. Only what the operator opens (``webhook_networks``) is excepted, and only there plain http may be used. The check is made on
the addresses that are connected to, at every connection: what a name resolved to a moment ago proves nothing (DNS rebinding).
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec import Struct

from signing.phrase import Phrase
from signing.refusal import refuse

URL_MAX = 500
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
PORTS = {"https": 443, "http": 80}
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_BARRED = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")))
"""Not for hosts of the public, and not known as such to every version of Python that we run on: protocol assignments of the IETF with Teredo
(RFC 6890, RFC 4380), 6to4 with its anycast relays (RFC 3056, RFC 7526), the newer documentation prefix (RFC 9637). Whoever runs a tunnel
decides which IPv4 address is reached through it.
"""


class Networks(Struct, frozen=True):
    """What an operator opens and closes beside the rule: ``10.20.0.0/16 !203.0.113.0/24``."""

    opened: tuple[IPNetwork, ...] = ()
    closed: tuple[IPNetwork, ...] = ()

    def opens(self, address: IPAddress) -> bool:
        """Whether the operator has opened it by name."""
        return any(_plain(address) in network for network in self.opened) and not self.closes(address)

    def closes(self, address: IPAddress) -> bool:
        """Whether the operator has closed it by name; that counts before everything else."""
        return any(_plain(address) in network for network in self.closed)

    def allows(self, address: IPAddress) -> bool:
        """Whether a webhook may lead there."""
        return self.opens(address) or (not self.closes(address) and is_public(address))


def read_networks(text: str | None) -> Networks:
    """``webhook_networks`` of the settings; Refusal SETTING for what is no network."""
    opened: list[IPNetwork] = []
    closed: list[IPNetwork] = []
    for item in (text or "").replace(",", " ").split():
        try:
            (closed if item.startswith("!") else opened).append(ipaddress.ip_network(item.removeprefix("!")))
        except ValueError:
            raise refuse(
                "SETTING",
                field="webhook_networks",
                found=item,
                expected=Phrase("10.20.0.0/16，或 !203.0.113.0/24", "10.20.0.0/16, or !203.0.113.0/24"),
            ) from None
    return Networks(tuple(opened), tuple(closed))


def _plain(address: IPAddress) -> IPAddress:
    """An IPv4 address for one that is written as IPv6 (``::ffff:10.0.0.1``): it is the same host."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return address if mapped is None else mapped


def is_public(address: IPAddress) -> bool:
    """Whether an address is one host of the public Internet (IANA special-purpose registries, RFC 6890), whatever way it is written."""
    address = _plain(address)
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if any(address in network for network in _BARRED):
        return False
    # Of IPv6, outside 2000::/3 lies what leads elsewhere: site-local fec0::/10, NAT64 64:ff9b::/96, IPv4-compatible ::/96.
    return isinstance(address, ipaddress.IPv4Address) or address in _PUBLIC_6


def parse_address(text: str) -> IPAddress | None:
    """An IP address as a resolver gives it, without the zone of a link-local one; None for a name."""
    try:
        return ipaddress.ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return None


def normal_url(text: str, networks: Networks) -> str:
    """The URL in the one form that is signed and posted to: lower-case host, no default port, a path. Refusal WEBHOOK_URL says what is wrong with
    it, WEBHOOK_ADDRESS that it names an address which is not reached from here. What a name resolves to is looked at when it is posted to.
    """
    shown = text[:120]
    if len(text) > URL_MAX or not text.isascii() or any(not "!" <= character <= "~" for character in text):
        raise refuse(
            "WEBHOOK_URL",
            field="url",
            found=ascii(shown),
            expected=Phrase(
                f"至多 {URL_MAX} 个 ASCII 字符；域名用 punycode（xn--）", f"at most {URL_MAX} characters of ASCII; names in punycode (xn--)"
            ),
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise refuse(
            "WEBHOOK_URL", field="url", found=shown, expected=Phrase("https://主机[:端口]/路径", "https://host[:port]/path")
        ) from None
    # "?" or "#" with nothing behind it would be lost when the parts are put together, and then what is signed is not what was given.
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None or "#" in text or port == 0:
        raise refuse(
            "WEBHOOK_URL",
            field="url",
            found=f"{parts.scheme}://{host}",
            expected=Phrase("https://主机[:端口]/路径，不带用户名和 # 片段", "https://host[:port]/path, no user, no fragment"),
        )
    if "\\" in text or quote(parts.path, safe="/%:@!$&'()*+,;=-._~") != parts.path:
        raise refuse(
            "WEBHOOK_URL",
            field="url",
            found=shown,
            expected=Phrase("百分号编码的路径（RFC 3986）", "a path in its percent-encoded form (RFC 3986)"),
        )
    address = parse_address(host)
    if address is None and not is_host_name(host):
        raise refuse(
            "WEBHOOK_URL",
            field="url",
            found=host[:120],
            expected=Phrase("含“.”的主机名，或通常写法的 IP 地址", "a host name with a dot, or an IP address as it is usually written"),
        )
    if address is not None and not networks.allows(address):
        raise refuse(
            "WEBHOOK_ADDRESS",
            field="url",
            found=host,
            expected=Phrase("公网地址，或运营单位开放的地址", "an address of the public Internet, or one that the operator opens"),
        )
    if parts.scheme == "http" and not networks.opened:
        raise refuse("WEBHOOK_URL", field="url", found="http", expected="https")
    shown_host = f"[{host}]" if ":" in host else host
    authority = shown_host if port in (None, PORTS[parts.scheme]) else f"{shown_host}:{port}"
    return urlunsplit((parts.scheme, authority, parts.path or "/", parts.query, ""))


def is_host_name(host: str) -> bool:
    """Letters, digits and hyphens between dots, the last label no number: ``127.1``, ``0x7f.1`` and ``2130706433`` are addresses in disguise."""
    labels = host.removesuffix(".").split(".")
    last = labels[-1]
    shaped = all(0 < len(label) <= 63 and label.replace("-", "").isalnum() and label.strip("-") == label for label in labels)
    return shaped and len(labels) > 1 and not last.isdecimal() and not last.startswith("0x") and len(host) <= 253


def choose(found: Iterable[str], networks: Networks, *, is_plain: bool) -> tuple[list[str], list[str]]:
    """Of what a name resolves to: addresses that may be connected to, and the others. ``is_plain`` for http, which reaches only what the
    operator opened. One bad address spoils them all: a name that leads into the network at one query in two is not resolved twice.
    """
    good: list[str] = []
    bad: list[str] = []
    for text in dict.fromkeys(found):
        address = parse_address(text)
        may = address is not None and (networks.opens(address) if is_plain else networks.allows(address))
        (good if may else bad).append(text)
    return ([], bad) if bad else (good, bad)
