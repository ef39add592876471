"""A year replayed under a draft: a first look at all that is no manifest, to know the list and what was decided on it; then every entry in order.

Entries after the year are not looked at, so whoever holds the year has the same result, however far his export goes. What entries mean is what
their own ``evolve`` makes of them, as in the audit; signatures and decisions of the log itself are the audit's business.
"""

import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from contextlib import closing

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.admit import apply
from ledger.admission.entry import Entry, read_entry
from ledger.admission.entry import day_of as day_peeked
from ledger.admission.kind_table import DataSets, Kinds
from ledger.auditing.disk_map import DiskFacts, DiskMap
from ledger.auditing.replay import ReplayFacts
from ledger.directory import LOG_MAIN
from ledger.mass import parse_mass
from ledger.model import Facts, Moment
from ledger.times import day_at, parse_admission_at, parse_at, year_of
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.merkle import Edge, leaf_hash, range_root
from ledger.tree.tiles import WIDTH, Read, TileReader
from reports.whatif.compare import DraftedList, compare
from reports.whatif.decisions import Decisions
from reports.whatif.draft import DraftList, doubts
from reports.whatif.other import OtherFacts, Rows
from reports.whatif.trips import Trips
from signing.phrase import Phrase
from signing.refusal import Reason, refuse
from whitelist.acts.decide import ApprovalDecide
from whitelist.approval import ApprovalState, ListingRef
from whitelist.checked import LISTED
from whitelist.listing import ListState, list_at
from whitelist.permit import permit_at

Progress = Callable[[int, int], None]
_PAYLOAD = re.compile(rb'"payload":"([A-Za-z0-9+/]{80})')
_CHAIN = re.compile(rb'"chain":"([a-z]+)/')
_TOLD_EVERY = 1024
_LOOKED_AT = frozenset({b"log", b"party", b"permit", b"list", b"approval"})
"""Types of chains that the first look replays: what lists and decisions hang on. Manifests are nearly all of a log."""


class ListedLine(Struct, frozen=True):
    """A line that the log decided on the list."""

    named: ListingRef | None
    receiver: str
    root: str
    code: str
    method: str
    grams: int


class FirstLook(Struct, kw_only=True):
    """What the log was when the year ended, without its manifests."""

    facts: ReplayFacts
    year: int
    size: int  # Entries up to the end of the year.
    at_s: int  # Of the last of them.
    listed: list[ListedLine]


DraftOf = Callable[[FirstLook], DraftList]


class Trial(Struct, frozen=True, kw_only=True):
    """A year that was replayed."""

    draft: DraftList
    drafted: DraftedList
    year: int
    size: int
    root: bytes
    at_s: int
    is_over: bool  # Whether the log goes beyond the year.
    doubts: list[Reason]
    listed: ListState | None  # The list at the end of the year.
    facts: Facts  # As they were then, without manifests.
    decisions: Decisions
    trips: Trips


def try_out(read: Read, kinds: Kinds, draft_of: DraftOf, year: int | None = None, progress: Progress = lambda done, of: None) -> Trial:
    """Replay a year of a log read through ``read``; without one the draft's own, or the last that the log has where that lies ahead of it.
    ``draft_of`` gives the draft, from what the log is by then: an office calls permits by their numbers.

    Refusal WHATIF_YEAR for a year of which the log has nothing, WHATIF_LIST where it has several lists that the draft may stand for,
    TILE_FORM where entries do not hash to their leaves."""
    dataset, tree = DataSets(kinds, read), _tree(read)
    last_year = _last_year(tree, kinds)
    look = _look(tree, kinds, dataset, year or last_year, progress)
    draft = draft_of(look)
    tried_year = year or min(draft.name[0], last_year)
    if tried_year != look.year:
        look = _look(tree, kinds, dataset, tried_year, progress)
    chain, listed = _list_of(look, draft, tried_year)
    moment = Moment(look.size, min(look.at_s, _end_s(tried_year)), look.facts.state(LOG_MAIN).ruleset)
    drafted = compare(draft, tried_year, chain, listed, lambda name: root_of(look.facts, name), moment.at_s)
    as_listed = drafted.alone if listed is None else drafted.on(listed)
    assert as_listed is not None, "a list that the log lacks stands alone"
    with closing(DiskMap(None, kinds.encode, kinds.decode)) as disk:
        facts = DiskFacts(dataset, disk)
        other = OtherFacts(facts)
        decisions = Decisions(drafted, facts, other, _ahead(drafted, look.listed))
        trips = Trips(draft.name[1:3], facts, other, decisions, tried_year)
        _replay(tree, kinds, look.size, drafted, (facts, other), decisions, trips, progress)
        trips.end(moment)
    return Trial(
        draft=draft, drafted=drafted, year=tried_year, size=look.size, root=range_root(0, look.size, tree.hash_at), at_s=look.at_s,
        is_over=look.size < tree.size, doubts=doubts(draft, look.facts, moment, replace(as_listed, rows=())), listed=listed,
        facts=look.facts, decisions=decisions, trips=trips,
    )  # fmt: skip


def first_look(read: Read, kinds: Kinds, year: int | None = None, progress: Progress = lambda done, of: None) -> FirstLook:
    """What a log read through ``read`` was when a year ended, without its manifests; its last year where none is named. Refusal as above."""
    tree = _tree(read)
    return _look(tree, kinds, DataSets(kinds, read), year or _last_year(tree, kinds), progress)


def _tree(read: Read) -> TileReader:
    """The log as its checkpoint says, which its entries give."""
    checkpoint = _checkpoint(read)
    tree = TileReader(checkpoint.size, read)
    _check_root(tree, checkpoint)
    return tree


def _last_year(tree: TileReader, kinds: Kinds) -> int:
    if not tree.size:
        raise refuse("WHATIF_YEAR", field="checkpoint", found=0, expected="≥ 1")
    return year_of(_at_s(read_entry(next(tree.entries(tree.size - 1, tree.size)), kinds)))


def _checkpoint(read: Read) -> Checkpoint:
    note = read("checkpoint")
    if note is None:
        raise refuse("FILE_MISSING", field="checkpoint")
    return open_checkpoint(note, (read("log.vkey") or b"").decode("utf-8", "replace").splitlines()).checkpoint


def _check_root(tree: TileReader, checkpoint: Checkpoint) -> None:
    """The entries are those of the checkpoint."""
    edge = Edge().append_many(map(leaf_hash, tree.entries(0, tree.size)))
    if edge.root() != checkpoint.root:
        raise refuse("TILE_FORM", field="checkpoint", found=edge.root().hex(), expected=checkpoint.root.hex())


def _look(tree: TileReader, kinds: Kinds, dataset: DataSets, year: int, progress: Progress) -> FirstLook:
    """All that is no manifest, until the end of the year."""
    facts, listed, end, size, last = ReplayFacts(dataset), list[ListedLine](), f"{year:04d}-12-31", 0, b""
    for raw in tree.entries(0, tree.size):
        if day_peeked(raw) > end:
            break
        size, last = size + 1, raw
        if size % _TOLD_EVERY == 0:
            progress(size, 2 * tree.size)
        if _type_of(raw) not in _LOOKED_AT:
            continue
        entry = read_entry(raw, kinds)
        statement, kind = entry.statement, kinds.of(entry.statement.kind, entry.admission.ruleset)
        if isinstance(statement.body, ApprovalDecide) and entry.admission.decision.route == LISTED:
            state: ApprovalState = facts.state(statement.chain)
            for granted in statement.body.lines:
                line = state.lines[granted.line]
                grams = parse_mass(granted.mass_t)
                listed.append(ListedLine(line.listing, state.receiver, state.root, line.code, line.method, grams))
        apply(entry, kind, facts)
    if not last or day_peeked(last) < f"{year:04d}":
        found = "" if not last else day_peeked(last)
        raise refuse("WHATIF_YEAR", field="year", found=year, expected=Phrase(f"账本到 {found}", f"the log goes to {found}"))
    return FirstLook(facts=facts, year=year, size=size, at_s=_at_s(read_entry(last, kinds)), listed=listed)


def _replay(
    tree: TileReader, kinds: Kinds, size: int, drafted: DraftedList, worlds: tuple[DiskFacts, OtherFacts], decisions: Decisions, trips: Trips,
    progress: Progress,
) -> None:  # fmt: skip
    """Every entry of the log, up to the end of the year, in both worlds."""
    facts, other = worlds
    waits = drafted.alone
    for start in range(0, size, WIDTH):
        for raw in tree.entries(start, min(start + WIDTH, size)):
            entry = read_entry(raw, kinds)
            statement, kind = entry.statement, kinds.of(entry.statement.kind, entry.admission.ruleset)
            if waits is not None and day_at(entry.admission.at) >= waits.effective_from:
                other.put_state(drafted.chain, facts, waits)
                waits = None
            chain_type = statement.chain_type
            if chain_type == "manifest":
                trips.before(entry, kind)
            elif chain_type == "approval":
                decisions.before(entry, kind)
            apply(entry, kind, facts)
            if chain_type != "manifest":
                if statement.chain == drafted.chain:
                    other.put_state(drafted.chain, facts, drafted.on(facts.state(drafted.chain)))
                decisions.after(entry)
        progress(tree.size + start, 2 * tree.size)


def _ahead(drafted: DraftedList, listed: list[ListedLine]) -> Counter[int]:
    """Grams that the log decided on each row of the draft by listing."""
    rows, found = Rows.drafted(drafted), Counter[int]()
    for line in listed:
        place = rows.place(line.named, line.receiver, line.root, line.code, line.method)
        if place is not None and place.list == drafted.chain:
            found[place.row] += line.grams
    return found


def _list_of(look: FirstLook, draft: DraftList, year: int) -> tuple[str, ListState | None]:
    """The list of the year that the draft stands for: the one called so, else the only one of its kind; a list of its own where there is none."""
    _, from_province, to_province, name = draft.name
    stem = f"list/{year:04d}-{from_province}-{to_province}-"
    lists = lists_of(look, stem)
    if (own := lists.get(stem + name)) is not None:
        return stem + name, own
    kinds = ("pilot",) if draft.propose is not None and draft.propose.kind == "pilot" else ("mutual", "unilateral")
    alike = [chain for chain, state in lists.items() if state.kind in kinds]
    if len(alike) > 1:
        raise refuse("WHATIF_LIST", field="list", found=", ".join(alike), expected=stem + name)
    return (alike[0], lists[alike[0]]) if alike else (stem + name, None)


def lists_of(look: FirstLook, stem: str = "list/") -> dict[str, ListState]:
    """The lists of the log whose names begin so, by name."""
    found = ((key.removeprefix("chain:"), _listed(look.facts, key, stem)) for key in sorted(look.facts.values))
    return {chain: state for chain, state in found if state is not None}


def _listed(facts: ReplayFacts, key: str, stem: str) -> ListState | None:
    return list_at(facts, key.removeprefix("chain:")) if key.startswith(f"chain:{stem}") else None


def root_of(facts: Facts, permit: str) -> str:
    """The first permit of a permit's line of renewals; itself where the log has none."""
    found = permit_at(facts, permit)
    return permit if found is None else found.root


def _type_of(raw: bytes) -> bytes:
    """The type of the chain of an entry, without decoding the rest of it; ``log`` where it cannot be told, which has the entry read."""
    payload = _PAYLOAD.search(raw, 0, 400)
    chain = None if payload is None else _CHAIN.search(b64decode(payload[1]))
    return b"log" if chain is None else chain[1]


def _at_s(entry: Entry) -> int:
    return parse_admission_at(entry.admission.at)


def _end_s(year: int) -> int:
    """The last second of a year."""
    return parse_at(f"{year:04d}-12-31T23:59:59+08:00")
