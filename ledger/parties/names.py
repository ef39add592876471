"""Names of parties as entries tell them, and what a name is found by: the pairs of characters that stand in it, in normal form.

Chinese has no blanks between words, and PostgreSQL's own trigrams need an extension that a server may lack and, in the C locale, see no Chinese
character at all. Pairs find any part of two characters or more, single characters the rest.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.chain import ULID, USCC
from ledger.fields import normal
from ledger.kinds.founding import FoundingAuthority, FoundingParty, LogFound
from ledger.kinds.party import PartyAmend, PartyRegister
from ledger.parties.model import PartyRow
from signing.phrase import Word
from signing.refusal import Reason

_PARTY = re.compile(rf"(?<![0-9A-Z]){USCC}(?![0-9A-Z])")
_CHAIN = re.compile(rf"(?<![0-9A-Za-z])manifest/{USCC}/{ULID}(?![0-9A-Za-z/])")


class Named(Struct, frozen=True):
    """What an entry changes about how a party is found; ``None`` leaves as it is."""

    uscc: str
    index: int
    name: str | None = None
    closed_on: str | None = None
    successor: str | None = None


def named_in(entry: Entry) -> Iterator[Named]:
    """Parties that an entry names: founders, authorities that are admitted, parties that are registered or amended."""
    body, owner = entry.statement.body, entry.statement.chain.rpartition("/")[2]
    if isinstance(body, LogFound):
        founders: list[FoundingParty | FoundingAuthority] = [body.operator, *body.authorities]
        yield from (Named(one.uscc, entry.index, one.name) for one in founders)
    elif isinstance(body, FoundingAuthority):
        yield Named(body.uscc, entry.index, body.name)
    elif isinstance(body, PartyRegister):
        yield Named(owner, entry.index, body.name)
    elif isinstance(body, PartyAmend):
        closed_on = "" if body.reopen and body.closed_on is None else body.closed_on
        yield Named(owner, entry.index, body.name, closed_on, None if closed_on is None else body.successor or "")


def words_in(reasons: Iterable[Reason]) -> list[Word]:
    """Everything that the texts of reasons say of the case."""
    return [word for reason in reasons for word in reason.places.values()]


def parties_in(words: Iterable[Word]) -> list[str]:
    """Codes of the parties that are named, so that their names can stand beside them."""
    return _found(_PARTY, words)


def chains_in(words: Iterable[Word]) -> list[str]:
    """Chains of manifests that are named whole, so that it can be said what they are of."""
    return _found(_CHAIN, words)


def _found(pattern: re.Pattern[str], words: Iterable[Word]) -> list[str]:
    return sorted({code for word in words for text in ((word,) if isinstance(word, str) else word) for code in pattern.findall(text)})


def told(row: PartyRow, one: Named) -> PartyRow:
    """A party after an entry more; the same entry again changes nothing, so that a range may be written over."""
    called = dict(zip(row.since, row.names, strict=True))
    if one.name is not None and one.name != _before(called, one.index):
        called[one.index] = one.name
    since = tuple(sorted(called))
    names = tuple(called[index] for index in since)
    return PartyRow(
        uscc=row.uscc, name=names[-1] if names else "", closed_on=row.closed_on if one.closed_on is None else one.closed_on, idx=one.index,
        names=names, since=since, successor=row.successor if one.successor is None else one.successor,
    )  # fmt: skip


def _before(called: Mapping[int, str], index: int) -> str | None:
    """The name before an entry."""
    earlier = [since for since in called if since < index]
    return called[max(earlier)] if earlier else None


def lines_of(names: Iterable[str]) -> str:
    """Names in normal form as they are kept for searches, a line each: no part that is looked for reaches over two."""
    return "\n".join(dict.fromkeys(map(folded, names)))


def grams(text: str) -> frozenset[str]:
    """Characters and pairs of characters of names in normal form, a line each."""
    found = frozenset(text) | frozenset(text[at : at + 2] for at in range(len(text) - 1))
    return frozenset(gram for gram in found if "\n" not in gram)


def wanted_grams(part: str) -> tuple[str, ...]:
    """What every name with this part in it has: its pairs, or its one character."""
    return tuple(sorted({part[at : at + 2] for at in range(len(part) - 1)})) or (part,)


def folded(name: str) -> str:
    """A name as it is looked for: widths, blanks, dots and dashes make no difference (ledger.fields.normal)."""
    return normal(name)
