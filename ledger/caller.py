"""Who is asking: what a bearer token proves, as routes need it. A token speaks for one key of one party; reading is scoped by it.

And what an entry touches, its topic and its places, for readers whom an authority lets read about its regions (``access.grant``): read
from the entry alone, from the parties in its chain, among its signers and in its body by their USCCs, the divisions in its body, the
provinces in the name of a list. What only the beginning of a chain says (where a load comes from and goes to) is looked up there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec import Struct

from ledger.admission.content import strings_of
from ledger.admission.entry import Entry
from ledger.chain import USCC
from ledger.directory import Grant

TOPICS: Mapping[str, str] = {
    **dict.fromkeys(("manifest", "case", "number"), "manifest"),
    **dict.fromkeys(("permit", "licence", "vehicle"), "permit"),
    **{name: name for name in ("approval", "list", "incident")},
    "emergency": "incident",
}
"""Topic by chain type; what is not here is nobody's by grant."""
WITHIN = "*"
"""Ends a key that is asked for: all keys that begin so."""
KEPT_MAX = 256  # Characters of a chain or code whose parties are kept: no chain of ours has so many, and a stranger's fill no memory.
_PARTY = re.compile(rf"(?:^|/)({USCC})(?=/|$)")
_DIVISION = re.compile("[0-9]{6}")
_PARTY_IN_JSON = re.compile(rb'["/](%b)(?=/|"(?!:))' % USCC.encode())
_DIVISION_IN_JSON = re.compile(rb'"division":"([0-9]{6})"')
_DIGITS = (2, 4, 6)  # Of a province, a city, a county (GB/T 2260).
_LIST = re.compile("[0-9]{4}-([0-9]{2})-([0-9]{2})-")


class Caller(Struct, frozen=True):
    """An authenticated reader or poster."""

    uscc: str
    role: Literal["party", "authority", "operator"]
    keyid: str
    scope: tuple[str, ...] = ("read", "post")  # What the token may be used for.
    grants: tuple[Grant, ...] = ()  # What authorities let it read beyond what it takes part in (``access.grant``), in force now.
    stands_for: tuple[str, ...] = ()  # Closed parties that it succeeds (kinds §1.2): it reads what concerns them.

    @property
    def parties(self) -> tuple[str, ...]:
        """The party itself and those that it stands for."""
        return (self.uscc, *self.stands_for)

    @property
    def reads_all(self) -> bool:
        """Authorities and the operator read every entry; a party reads what it takes part in (design §5)."""
        return self.role != "party"


def reads(caller: Caller, topic: str, places: Iterable[str]) -> bool:
    """Whether a reader may read something of a topic (manifest, approval, list, permit, incident) that touches these places. Places are
    divisions (origin, destination, facility, place of an event) and characters 3-8 of the USCCs of the parties concerned, or shorter codes.
    What a party takes part in, it reads besides: that is for whoever asks to judge."""
    known = tuple(places) if caller.grants else ()
    return caller.reads_all or any(grant.covers(topic, known) for grant in caller.grants)


def parties_of(entry: Entry) -> Iterator[str]:
    """Parties that take part in an entry by its outside: who signs it, its principal, whom its chain names."""
    statement = entry.statement
    yield from statement.by
    if statement.principal is not None:
        yield statement.principal
    yield from _parties_in(statement.chain)


def index_keys(entry: Entry, named: Iterable[str] = (), places: Iterable[str] = ()) -> tuple[str, ...]:
    """Keys under which the feed's index holds an entry: the parties that it is for, as bare USCCs, and of a topic the places that it
    touches, ``<topic>:<place>``, each as it is named; a region is found as the beginning of its places (:func:`region_keys`).

    ``named`` and ``places`` are what is known of its subject up to this entry, beside what the entry says. Nothing that comes later adds a
    key, so that a position in somebody's feed never has to be read again.
    """
    keys = dict.fromkeys((*parties_of(entry), *named))
    if (topic := topic_of(entry.statement.chain)) is not None:
        keys.update((f"{topic}:{place}", None) for place in (*places, *places_of(entry)))
    return tuple(keys)


def wanted_keys(caller: Caller) -> tuple[str, ...]:
    """Keys that a party's feed is read by: its own, those of closed parties that it succeeds, and those of its grants."""
    opened = ((topic, region) for grant in caller.grants for topic in grant.topics for region in grant.regions)
    return (*caller.parties, *region_keys(opened))


def region_keys(opened: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Keys for topics and regions: ``<topic>:<region>*`` for every place in one, and the places around it that are whole regions themselves;
    one region is not asked for within another."""
    known = frozenset(opened)
    outer = sorted((topic, region) for topic, region in known if not any((topic, region[:digits]) in known for digits in _shorter(region)))
    around = {f"{topic}:{region[:digits]}": None for topic, region in outer for digits in _shorter(region)}
    return (*(f"{topic}:{region}{WITHIN}" for topic, region in outer), *around)


def _shorter(region: str) -> tuple[int, ...]:
    """Lengths of the regions around one."""
    return tuple(digits for digits in _DIGITS if digits < len(region))


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


def places_of(entry: Entry) -> list[str]:
    """Divisions and regions that an entry names."""
    statement = entry.statement
    found = [code[2:8] for text in (statement.chain, *statement.by, statement.principal or "") for code in _parties_in(text)]
    if statement.chain_type == "list" and (match := _LIST.match(statement.owner)) is not None:
        found += match.groups()
    # In the JSON of the body, at a third of what a walk takes; where a text may hold a quotation mark, or divisions stand in a list, a walk.
    written = msgspec.json.encode(statement.body)
    if b"\\" in written or b'"via"' in written or b'"division":[' in written:
        return found + list(_walked(statement.body))
    found += [place.decode() for place in _DIVISION_IN_JSON.findall(written)]
    found += [code[2:8].decode() for code in _PARTY_IN_JSON.findall(written)]
    return found


def _walked(body: object) -> Iterator[str]:
    """What the texts of a body name, text by text."""
    for _, name, text in strings_of(msgspec.to_builtins(body)):
        if name in ("division", "via") and _DIVISION.fullmatch(text):
            yield text
        yield from (code[2:8] for code in _PARTY.findall(text))


def _parties_in(text: str) -> tuple[str, ...]:
    return _kept_parties(text) if len(text) <= KEPT_MAX else tuple(_PARTY.findall(text))


@lru_cache(8192)
def _kept_parties(text: str) -> tuple[str, ...]:
    """Every USCC in a text that is one, or a chain, kept for a moment: the same chains and codes come with the next act."""
    return tuple(_PARTY.findall(text))
