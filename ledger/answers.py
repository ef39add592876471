"""What the log answers over HTTP: wire Structs, and how they are made from entries. Bytes travel as base64."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from ledger.admission.entry import Entry
from ledger.directory import Authority, DataPin
from ledger.model import AccountRow
from ledger.parties.model import PartyRow
from ledger.problem import Problem
from signing import b64

T = TypeVar("T", bound=Struct)


def filled(form: type[T], *sources: object, **own: Any) -> T:
    """A Struct from what is called the same in the sources, the first that has it, and ``own`` for what only this form says."""
    names = [name for name in form.__struct_fields__ if name not in own]
    return form(**{name: getattr(found, name) for found in reversed(sources) for name in names if hasattr(found, name)}, **own)


class Decided(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the log decided, as in the entry."""

    route: str | None = None
    tags: tuple[tuple[str | int, ...], ...]  # ``[code]`` or ``[code, integer]``.
    alerts: tuple[tuple[str, str], ...]  # ``[level, code]``, level L, M or H.
    accounts: tuple[AccountRow, ...]


class Posted(Struct, frozen=True, kw_only=True):
    """An admitted statement with everything its sender needs to prove it (formats §8)."""

    statement: str  # Statement hash.
    index: int
    entry: str  # The exact entry bytes, base64: the Merkle leaf.
    at: str  # ``admission.at``.
    decision: Decided
    is_new: bool  # False for a resubmission, which is answered with the first entry.
    inclusion: tuple[str, ...]  # Inclusion hashes of the entry in ``checkpoint``, the leaf's sibling first.
    checkpoint: str  # The signed note.


class Waiting(Struct, frozen=True, kw_only=True):
    """Committed, not yet published: post the same envelope again to get the receipt. Carries no index (formats §8)."""

    statement: str
    is_new: bool  # False for a resubmission of what still waits.
    waiting_for: str = "publication"


class BatchLine(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The answer to one line of a batch; ``problem`` when it was refused, no ``index`` when it is not published yet."""

    line: int  # Counted from 0.
    status: int
    statement: str = ""
    index: int | None = None
    entry: str = ""
    inclusion: tuple[str, ...] = ()
    problem: Problem | None = None
    stopped_by: int | None = None  # The refused line that this one builds on: deal with that one.


class BatchEnd(Struct, frozen=True, kw_only=True):
    """The last line of a batch answer: the one checkpoint that all inclusion hashes above lead to, None if none was reached."""

    checkpoint: str | None
    admitted: int
    resubmitted: int
    refused: int


class FeedEntry(Struct, frozen=True, kw_only=True):
    """One entry of the feed."""

    index: int
    entry: str


class FeedPage(Struct, frozen=True, kw_only=True):
    """Entries behind a position, in order, without gaps among those the reader may see."""

    entries: tuple[FeedEntry, ...]
    next: int  # ``after`` of the next page.
    size: int  # Published size this page was read at.


class RefusalWithReceipt(Struct, frozen=True, kw_only=True):
    """One refused statement with the operator's receipt."""

    id: int
    statement: str
    by: tuple[str, ...]
    kind: str
    codes: tuple[str, ...]
    size: int
    at: str
    receipt: str  # Frozen DSSE envelope, base64.


class RefusalPage(Struct, frozen=True, kw_only=True):
    """Newest refusals first; ``next`` is ``before`` of the next page, None at the end."""

    refusals: tuple[RefusalWithReceipt, ...]
    next: int | None


class KeyItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A registered key; it signs validly at index i iff ``added`` < i <= ``revoked``, and within its kinds and its time (formats §5)."""

    keyid: str
    suite: str
    spki: str
    added: int
    revoked: int | None
    kinds: tuple[str, ...] = ()  # What it signs, without version; empty: whatever its party may.
    until: str | None = None
    device: str = ""
    label: str = ""


class FormerName(Struct, frozen=True, kw_only=True):
    """A name that a party has had: that of entries from index ``since`` on, before ``until``."""

    name: str
    since: int
    until: int


class ChangedParty(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of a party is not as it was: former names, its end (注销), who succeeds it."""

    former: tuple[FormerName, ...] = ()
    closed_on: str = ""
    successor: str = ""


class SiteItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A site (场所) of a party, as ``party.site`` has it last; with ``closed_on`` it has ended."""

    site: str
    name: str
    division: str
    address: str
    plan_class: str = ""
    closed_on: str = ""


class CrewItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person (人员) of a carrier, as ``crew.register`` and ``crew.retire`` have it last; names are commitments of the statements."""

    crew: str
    role: str
    valid_to: str = ""
    retired: bool = False


class PartyAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A party, or an authority or operator, with its keys, as of ``size`` entries."""

    uscc: str
    name: str
    role: str
    regions: tuple[str, ...]
    keys: tuple[KeyItem, ...]
    size: int
    closed_on: str = ""  # Day on which it was closed (注销); empty while it is open.
    successor: str = ""
    former: tuple[FormerName, ...] = ()
    sites: tuple[SiteItem, ...] = ()  # For the party itself, authorities and the operator.
    crew: tuple[CrewItem, ...] = ()  # For the same.


class PartyItem(Struct, frozen=True, kw_only=True):
    """A party as it is listed; ``index`` is the newest entry about its name or its end (注销)."""

    uscc: str
    name: str
    role: str
    closed_on: str
    index: int
    successor: str = ""  # Of a closed party.
    former: tuple[FormerName, ...] = ()  # It is found by these names too.


class PartyPage(Struct, frozen=True, kw_only=True):
    """A page of parties by code, as of ``size`` entries; it may be short and still have a ``next``."""

    size: int
    parties: tuple[PartyItem, ...]
    next: str | None


class LogAnswer(Struct, frozen=True, kw_only=True):
    """What this log is. Before the founding only ``origin`` and ``log_keys`` are known and ``found`` is None."""

    origin: str
    log_keys: tuple[str, ...]
    found: str | None
    size: int  # Published size.
    committed: int
    clock: str
    now: str  # The log's present: the clock, or the time of the last entry of a simulated log.
    ruleset: str
    operator: str
    authorities: tuple[Authority, ...]
    data: dict[str, DataPin]
    witness_policy: tuple[str, ...]


class Sizes(Struct, frozen=True, kw_only=True):
    """Sizes of archived checkpoints, ascending."""

    sizes: tuple[int, ...]


def former_names(row: PartyRow) -> tuple[FormerName, ...]:
    """Names that a party has no longer."""
    ends = zip(row.names[:-1], row.since[:-1], row.since[1:], strict=True)
    return tuple(FormerName(name=name, since=since, until=until) for name, since, until in ends)


def changed_party(row: PartyRow) -> ChangedParty:
    """A party that has changed."""
    return ChangedParty(former=former_names(row), closed_on=row.closed_on, successor=row.successor)


def called_at(changed: Mapping[str, ChangedParty], index: int) -> dict[str, str]:
    """Of some parties how those were called in an entry that are called otherwise now."""
    return {uscc: former.name for uscc, party in changed.items() for former in party.former if former.since <= index < former.until}


def post_answer(entry: Entry, *, is_new: bool, hashes: Sequence[bytes], note: bytes) -> Posted:
    """The answer to an admitted and published statement."""
    return Posted(
        statement=entry.statement.hash,
        index=entry.index,
        entry=b64.encode(entry.raw),
        at=entry.admission.at,
        decision=Decided(**asdict(entry.admission.decision)),
        is_new=is_new,
        inclusion=tuple(map(b64.encode, hashes)),
        checkpoint=note.decode(),
    )
