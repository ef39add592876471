"""What an entry touches: its topic and its places, for readers whom an authority lets read about its regions (``access.grant``).

Read from the entry alone: the parties in its chain, among its signers and in its body by their USCCs, the divisions in its body, the
provinces in the name of a list. What only the beginning of a chain says (where a load comes from and goes to) is looked up there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from ledger.admission.entry import Entry
from ledger.caller import Caller, reads
from ledger.chain import USCC

TOPICS: Mapping[str, str] = {
    "manifest": "manifest",
    "case": "manifest",
    "number": "manifest",
    "approval": "approval",
    "list": "list",
    "permit": "permit",
    "licence": "permit",
    "vehicle": "permit",
    "incident": "incident",
}
"""Topic by chain type; what is not here is nobody's by grant."""
_PARTY = re.compile(rf"(?:^|/)({USCC})(?:/|$)")
_DIVISION = re.compile("[0-9]{6}")
_LIST = re.compile("[0-9]{4}-([0-9]{2})-([0-9]{2})-")


def topic_of(chain: str) -> str | None:
    """What a chain is about, or ``None``."""
    return TOPICS.get(chain.partition("/")[0])


def beginnings(chain: str) -> tuple[str, ...]:
    """Chains whose first entry says more about the places of this one: its own, of a case also the manifest's."""
    if not chain.startswith("case/"):
        return (chain,)
    _, generator, manifest, _ = chain.split("/")
    return chain, f"manifest/{generator}/{manifest}"


def places_by_chain(firsts: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """What the first entries of chains say of their places."""
    return {first.statement.chain: tuple(places_of(first)) for first in firsts}


def is_granted(caller: Caller, chain: str, begun: Mapping[str, tuple[str, ...]], entry: Entry | None = None) -> bool:
    """Whether a reader may read a chain, or one entry of it; ``begun`` is :func:`places_by_chain` of its :func:`beginnings`."""
    topic = topic_of(chain)
    places = [place for beginning in beginnings(chain) for place in begun.get(beginning, ())]
    return topic is not None and reads(caller, topic, [*places, *(() if entry is None else places_of(entry))])


def places_of(entry: Entry) -> Iterator[str]:
    """Divisions and regions that an entry names."""
    statement = entry.statement
    for text in (statement.chain, *statement.by, statement.principal or ""):
        yield from _regions(text)
    match = _LIST.match(statement.owner) if statement.chain_type == "list" else None
    if match is not None:
        yield from match.groups()
    yield from _named(msgspec.to_builtins(statement.body), "")


def _regions(text: str) -> Iterator[str]:
    """Characters 3-8 of every USCC in a text that is one, or a chain."""
    return (found[2:8] for found in _PARTY.findall(text))


def _named(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, str):
        if name in ("division", "via") and _DIVISION.fullmatch(value):
            yield value
        yield from _regions(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _named(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, name)
