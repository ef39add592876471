"""What alternatives a request asks for: looked up once for each generator, province and waste, whatever many transfers need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from ledger.caller import Caller
from ledger.model import Facts, Moment
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse, texts
from whitelist.alternatives import FoundReceiver, PossibleChains, WasteSource, decisions, keys_of, nearest, receivers
from whitelist.check_answers import AskedTransfer
from whitelist.checked import home_of
from whitelist.rules import CheckRule

SOURCES_MAX = 16


class AlternativeSearch(Struct, frozen=True):
    """The sources of the lines of each transfer, and the chains in which alternatives for them may stand."""

    sources: Mapping[WasteSource, AskedTransfer] = {}
    """With one of their transfers."""
    named: Mapping[WasteSource, PossibleChains] = {}

    def keys(self, at_s: int, facts: Facts) -> Iterator[str]:
        """Overlay keys of everything that is looked at; ask again once they are loaded."""
        for source, named in self.named.items():
            yield from keys_of(source, self.sources[source], named, at_s, facts)

    def begin(self, caller: Caller, moment: Moment, facts: Facts, rules: Sequence[CheckRule], limit: int) -> Sought:
        """The search in facts of one moment."""
        found = {source: receivers(source, named, moment, facts) for source, named in self.named.items()}
        return Sought(self, caller, moment, facts, tuple(rules), limit, found)


class Sought(Struct, frozen=True):
    """What was found for every source, to be chosen from line by line."""

    search: AlternativeSearch
    caller: Caller
    moment: Moment
    facts: Facts
    rules: tuple[CheckRule, ...]
    limit: int
    found: Mapping[WasteSource, tuple[FoundReceiver, ...]]

    def of(self, transfer: AskedTransfer) -> list[list[FoundReceiver]]:
        """The best for each line of a transfer."""
        return [self._of_line(transfer, number) for number in range(len(transfer.lines))]

    def _of_line(self, transfer: AskedTransfer, number: int) -> list[FoundReceiver]:
        source = source_of(transfer, number, self.caller, self.facts)
        if source is None or source not in self.found:
            return []
        named = self.search.named[source]
        others = decisions(source, transfer, number, named, self.moment, self.facts, self.rules)
        return nearest(transfer, number, (*others, *self.found[source]), self.facts, self.limit)


def source_of(transfer: AskedTransfer, number: int, caller: Caller, facts: Facts) -> WasteSource | None:
    """Whose waste a line is and what of it whoever asks may see; ``None`` for what has moved already, or goes home."""
    if transfer.is_backfill or transfer.goes_back:
        return None
    own = caller.reads_all or caller.uscc == transfer.generator
    return WasteSource(transfer.generator, home_of(transfer, facts)[:2], transfer.lines[number].code, own)


def search_for(transfers: Sequence[AskedTransfer | Refusal], caller: Caller, facts: Facts) -> AlternativeSearch:
    """The sources of all lines; the chains are still to be found. Refusal CHECK_ALTERNATIVES for too many."""
    sources: dict[WasteSource, AskedTransfer] = {}
    for transfer in transfers:
        if not isinstance(transfer, AskedTransfer):
            continue
        for number in range(len(transfer.lines)):
            if (source := source_of(transfer, number, caller, facts)) is not None:
                sources.setdefault(source, transfer)
    if len(sources) > SOURCES_MAX:
        expected = Phrase(f"至多 {SOURCES_MAX} 种", f"at most {SOURCES_MAX}")
        raise refuse("CHECK_ALTERNATIVES", field="body.alternatives", found=len(sources), expected=expected)
    return AlternativeSearch(sources)


def named_in(facts: Facts, search: AlternativeSearch) -> AlternativeSearch:
    """The chains among facts that are all at hand: of a past."""
    chains = [key.removeprefix("chain:") for key, value in facts.values.items() if value is not None and key.startswith("chain:")]
    lists, permits = (tuple(sorted(chain for chain in chains if chain.startswith(f"{sort}/"))) for sort in ("list", "permit"))
    named = {
        source: PossibleChains(
            lists,
            permits,
            tuple(sorted(one for one in chains if source.with_decisions and one.startswith(f"approval/{source.generator}/"))),
        )
        for source in search.sources
    }
    return AlternativeSearch(search.sources, named)


TEXTS = texts("""
CHECK_ALTERNATIVES | - | sender | design §8 [DESIGN]
一次提问要找的替代接受单位太多：移出人和废物代码的组合超过 16 种。 || 分成多次提问，每次至多 16 种；或者去掉 alternatives，只要判定结果。
Too many alternatives are asked for at once: more than 16 pairs of generator and waste code. || Send several requests, or leave alternatives out.
""")
