"""Who is who at an index: operator, authorities, parties, keys. The states of ``log/main`` and ``party/<USCC>`` and their lookups.

Source: formats §3 (signers, regions), §5 (founding, key validity). Pure.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from ledger.model import Facts

LOG_MAIN = "log/main"


class Authority(Struct, frozen=True, gc=False):
    """An authority (主管部门) and its regions: 2-, 4- or 6-digit prefixes of GB/T 2260."""

    uscc: str
    name: str
    regions: tuple[str, ...]

    def covers(self, division: str) -> bool:
        """Whether a division code (or characters 3-8 of a USCC) lies in one of its regions."""
        return any(division.startswith(region) for region in self.regions)


class DataPin(Struct, frozen=True, gc=False):
    """A data set in force: looked up by name, content fixed by SHA-256 (hex)."""

    version: str
    sha256: str


class Cut(Struct, frozen=True, gc=False):
    """A cut of the log: its tail file (SHA-256, hex) and when, Unix seconds."""

    tail: str
    at_s: int


class LogState(Struct, frozen=True, gc=False, kw_only=True):
    """State of ``log/main``."""

    found: str  # Statement hash of ``log.found``, hex.
    origin: str
    operator: str
    operator_name: str
    authorities: tuple[Authority, ...]  # In order of admission.
    ruleset: str
    ruleset_sha256: str = ""  # Digest (hex) of the ruleset's file under ``data/``.
    data: dict[str, DataPin] = field(default_factory=dict)
    log_keys: tuple[str, ...] = ()
    witness_policy: tuple[str, ...] = ()
    past_witnesses: tuple[str, ...] = ()
    """Vkeys of witnesses in earlier policies: their keys stay theirs for the life of the log (formats §5)."""
    clock: str = "real"
    closed: bool = False
    cuts: tuple[Cut, ...] = ()

    def founder(self, uscc: str) -> Authority | None:
        """An authority, or the operator, who stands for no region; ``None`` for everybody else."""
        if uscc == self.operator:
            return Authority(uscc, self.operator_name, ())
        return next((authority for authority in self.authorities if authority.uscc == uscc), None)


class Delegation(Struct, frozen=True, gc=False):
    """A right to sign for a party: which kinds (names without version), until when (Unix seconds)."""

    delegate: str
    kinds: tuple[str, ...]
    until_s: int | None = None

    def covers(self, delegate: str, kind: str, at_s: int) -> bool:
        """Whether it lets ``delegate`` sign a statement of ``kind`` (with version) at that time."""
        in_time = self.until_s is None or at_s <= self.until_s
        return in_time and self.delegate == delegate and kind.partition("/")[0] in self.kinds


class PartyState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """State of ``party/<USCC>``."""

    name: str
    keys: tuple[str, ...] = ()  # Every keyid ever registered for the party, oldest first.
    delegations: tuple[Delegation, ...] = ()  # Granted by the party and not revoked.
    closed_on: str = ""  # The day it was closed (注销), ``YYYY-MM-DD``; empty while it is open.
    successor: str = ""  # Who succeeds a closed party; empty where nobody does.


LATE_MAX_S = 15 * 24 * 3600  # 1,296,000 s: how much later than it was done a custody act may be admitted that a key with an end has signed.


class KeyRecord(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Register ``key:<keyid>``: one key of one party. Valid at i iff added < i <= revoked (formats §5)."""

    uscc: str
    suite: str
    spki: bytes
    added: int
    revoked: int | None = None
    kinds: tuple[str, ...] = ()  # What it signs, without version; empty: whatever its party may.
    until_s: int | None = None  # Last moment, Unix seconds.
    device: str = ""  # Where it is kept, as its party says (server, phone, weighbridge …).
    label: str = ""

    @property
    def is_plain(self) -> bool:
        """Not revoked, for all kinds, without an end: valid for everything after its registration."""
        return self.revoked is None and not self.kinds and self.until_s is None

    def lasts(self, admitted_s: int, at_s: int | None = None) -> bool:
        """Whether its time is not over at a moment of admission; for a custody act done at ``at_s`` that is what counts."""
        if self.until_s is None:
            return True
        return admitted_s <= self.until_s if at_s is None else at_s <= self.until_s and admitted_s <= self.until_s + LATE_MAX_S

    def is_valid_at(self, index: int) -> bool:
        """Validity by log index; a key of ``log.found`` also signs entry 0."""
        begun = self.added < index or (index == 0 and self.added == 0)
        return begun and (self.revoked is None or index <= self.revoked)


class Grant(Struct, frozen=True, gc=False, omit_defaults=True):
    """A right to read, as an authority gave it to a reader: what touches these regions (prefixes of divisions), on these topics."""

    authority: str
    regions: tuple[str, ...]
    topics: tuple[str, ...]
    until_s: int | None = None

    def covers(self, topic: str, places: Iterable[str]) -> bool:
        """Whether it opens a topic for one of these places: divisions, or shorter codes of what holds for a whole province or city."""
        return topic in self.topics and any(
            place.startswith(region) or region.startswith(place) for place in places for region in self.regions
        )


class Grants(Struct, frozen=True, gc=False):
    """Register ``access:<reader>``: what the reader may read, by every authority."""

    grants: tuple[Grant, ...] = ()

    def at(self, at_s: int) -> tuple[Grant, ...]:
        """Those whose time is not over."""
        return tuple(grant for grant in self.grants if grant.until_s is None or at_s <= grant.until_s)


def access_key(reader: str) -> str:
    """Name of the register of one reader."""
    return f"access:{reader}"


def party_chain(uscc: str) -> str:
    """Name of a party's chain."""
    return f"party/{uscc}"


def log_state(facts: Facts) -> LogState:
    """State of ``log/main``; the log must be founded."""
    state = facts.state(LOG_MAIN)
    assert isinstance(state, LogState), "the log is not founded"
    return state


def is_founder(facts: Facts, uscc: str) -> bool:
    """Whether a party is the operator or an authority: registered on ``log/main``, not on its own chain."""
    log = log_state(facts)
    return uscc == log.operator or any(a.uscc == uscc for a in log.authorities)


def is_registered(facts: Facts, uscc: str) -> bool:
    """Whether ``uscc`` is the operator, an authority or a registered party (its party chain must be loaded)."""
    return is_founder(facts, uscc) or facts.state(party_chain(uscc)) is not None


def party_name(facts: Facts, uscc: str) -> str:
    """Registered name of a party, or the USCC itself."""
    if (founder := log_state(facts).founder(uscc)) is not None:
        return founder.name
    state: PartyState | None = facts.state(party_chain(uscc))
    return uscc if state is None else state.name


def authorities_of_division(log: LogState, division: str) -> tuple[str, ...]:
    """USCCs of the authorities whose regions cover a division; the most specific first."""
    found = [(max(len(r) for r in a.regions if division.startswith(r)), a.uscc) for a in log.authorities if a.covers(division)]
    return tuple(uscc for _, uscc in sorted(found, key=lambda pair: -pair[0]))


def authorities_of_party(log: LogState, uscc: str) -> tuple[tuple[str, ...], bool]:
    """Authorities that may act for a party and whether it is foreign (no region matches: any authority may, tag FOREIGN)."""
    found = authorities_of_division(log, uscc[2:8])
    return (found, False) if found else (tuple(a.uscc for a in log.authorities), True)
