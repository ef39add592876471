"""Whose address a request has that came through proxies: what trusted ones say, and nothing that anybody else can write.

A proxy appends to its header the address that it was asked from, so the list is read from its end: as long as an address belongs to a trusted
proxy, what stands before it was written by that proxy; the first one that does not is the client's, whatever stands further to the left
(RFC 7239 §8.1). One header only is read, the one that the operator's proxies write: of the other one nothing is known but that it came along.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from liandan.webhooks.address import IPNetwork, parse_address
from signing.phrase import Phrase
from signing.refusal import refuse

Header = Literal["x-forwarded-for", "forwarded"]
HOPS_MAX = 32
"""Hops that are read; more are a client's own invention."""
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("(?:[^"\\]|\\.)*"|[^;,"\s]+)', re.IGNORECASE)
_NODE = re.compile(r"\[([0-9A-Fa-f:.]+)(?:%[0-9A-Za-z]+)?\](?::[0-9]{1,5})?|([0-9.]+)(?::[0-9]{1,5})?|([0-9A-Fa-f:.]+)")
_ELEMENT = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])+')


def read_proxies(text: str | None) -> tuple[IPNetwork, ...]:
    """``trusted_proxies`` of the settings; Refusal SETTING for what is no network, and for one that trusts everybody."""
    found: list[IPNetwork] = []
    for item in (text or "").replace(",", " ").split():
        try:
            network = ipaddress.ip_network(item)
        except ValueError:
            raise refuse("SETTING", field="trusted_proxies", found=item, expected="10.0.0.0/28 ::1") from None
        if network.prefixlen == 0:
            raise refuse(
                "SETTING",
                field="trusted_proxies",
                found=item,
                expected=Phrase("只是代理所在的网段", "the networks of your proxies, not everybody's"),
            )
        found.append(network)
    return tuple(found)


def _node_in(element: str) -> str:
    """What ``for=`` says in an element of ``Forwarded``; empty if it does not."""
    found = _FOR.search(element)
    return "" if found is None else found[1].strip('"')


class Forwarding:
    """What is believed of proxies."""

    def __init__(self, trusted: tuple[IPNetwork, ...] = (), header: Header = "x-forwarded-for") -> None:
        self._trusted, self._name = trusted, header.encode()
        self._is_trusted = lru_cache(4096)(self._look_up)

    def client(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The address of whoever asks: the peer itself unless it is a trusted proxy, else the last address that is none. Where a proxy does not
        say, or in no form that can be read, its own: all that it hides share one budget.
        """
        if not self._trusted or not self._is_trusted(peer):
            return peer
        said = [value.decode("latin-1") for name, value in headers if name == self._name]
        for hop in self._hops(",".join(said)):
            if hop is None:
                return peer
            peer = hop
            if not self._is_trusted(hop):
                return hop
        return peer

    def _hops(self, said: str) -> Iterator[str | None]:
        """Addresses from the last to the first; None for what is no address (``unknown``, ``_hidden``)."""
        elements = [element.strip() for element in _ELEMENT.findall(said)]
        for element in reversed([element for element in elements if element][-HOPS_MAX:]):
            node = _NODE.fullmatch(element if self._name == b"x-forwarded-for" else _node_in(element))
            address = None if node is None else parse_address(next(part for part in node.groups() if part))
            yield None if address is None else str(address)

    def _look_up(self, address: str) -> bool:
        found = parse_address(address)
        mapped = getattr(found, "ipv4_mapped", None)
        found = found if mapped is None else mapped
        return found is not None and any(found.version == network.version and found in network for network in self._trusted)
