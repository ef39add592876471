"""The devices of a firm as its page shows them: what each key may sign, until when, what it did last. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.answers import KeyItem, PartyAnswer
from ledger.directory import LogState, authorities_of_party
from ledger.kinds.keys import DEVICES
from ledger.problem import Language
from ledger.times import parse_at
from liandan.desk.shell.faces import DRIVING

DEVICES_EN = {
    "server": "server", "browser": "browser", "phone": "phone", "weighbridge": "weighbridge", "hsm": "hardware module", "other": "other",
}  # fmt: skip
WEIGHING = (
    "manifest.receive",
    "manifest.dispose",
    "case.amend_propose",
    "case.amend_consent",
    "case.amend_refuse",
    "case.report",
    "item.comment",
)
READS_ALONE = ("log.found",)
"""Kinds of a key that signs nothing: a log is founded once, so nobody can ever use it, and whoever holds the key reads as its party does."""
OFFERED: Mapping[str, tuple[str, ...]] = {"driving": tuple(sorted(DRIVING)), "weighing": WEIGHING, "reading": READS_ALONE, "full": ()}
"""What a new device may be let do, by the name of the choice; nothing named is everything."""
FULL_WANTED = 2
"""Full keys on two devices: with one alone, the loss of a device is the loss of the firm's hand."""


class UsedKey(Struct, frozen=True):
    """What a key did last, among the newest entries of its party."""

    kind: str
    title: str
    chain: str
    index: int
    at_s: int
    count: int
    """Of its signatures among these entries."""


class ShownKey(Struct, frozen=True, kw_only=True):
    """One device."""

    keyid: str
    digits: str
    label: str
    device: str
    suite: str
    kinds: tuple[str, ...]  # What it may sign, in words; empty: whatever its party may.
    is_reading: bool
    until_s: int | None
    state: str  # ``valid``, ``expired`` or ``revoked``.
    revoked: int | None
    is_this: bool
    used: UsedKey | None

    @property
    def is_full(self) -> bool:
        """Whether it may do whatever its party may, and for ever."""
        return not self.kinds and not self.is_reading and self.until_s is None


class KeysPage(Struct, frozen=True, kw_only=True):
    """The page."""

    keys: tuple[ShownKey, ...]  # Those that sign first, the newest first.
    may_change: bool  # Whether the key of this session may add and revoke keys.
    full: int  # Full keys that sign.
    guardians: tuple[str, ...]  # Names of the authorities that can register a key when all are lost.

    @property
    def lacks_full(self) -> bool:
        """Whether the firm should enrol another full key."""
        return self.full < FULL_WANTED


def digits_of(keyid: str) -> str:
    """The 8 digits by which two screens compare a key (static/island/keys.js)."""
    number = f"{int(keyid[:16], 16) % 100_000_000:08d}"
    return f"{number[:4]} {number[4:]}"


def keys_page(
    party: PartyAnswer, entries: Sequence[Entry], state: LogState, kinds: Kinds, lang: Language, *, own: str, now_s: int
) -> KeysPage:
    """What a party's page of keys says; ``entries`` are its newest, newest first, ``own`` the key that this session entered with."""
    used = _used(entries, kinds, lang)
    rows = [_shown(key, used, kinds, lang, own=own, now_s=now_s) for key in party.keys]
    rows.sort(key=lambda row: (row.state != "valid", not row.is_this, -_added(party, row)))
    mine = next((row for row in rows if row.is_this), None)
    names = {authority.uscc: authority.name for authority in state.authorities}
    guardians = [uscc for uscc in authorities_of_party(state, party.uscc)[0] if uscc != party.uscc]
    return KeysPage(
        keys=tuple(rows),
        may_change=mine is not None and not mine.kinds and not mine.is_reading,
        full=sum(row.is_full and row.state == "valid" for row in rows),
        guardians=tuple(names[uscc] for uscc in guardians if uscc in names),
    )


def _added(party: PartyAnswer, row: ShownKey) -> int:
    return next(key.added for key in party.keys if key.keyid == row.keyid)


def _used(entries: Sequence[Entry], kinds: Kinds, lang: Language) -> dict[str, UsedKey]:
    found: dict[str, UsedKey] = {}
    for entry in entries:
        for keyid in entry.statement.keyids:
            last = found.get(keyid)
            if last is not None:
                found[keyid] = UsedKey(last.kind, last.title, last.chain, last.index, last.at_s, last.count + 1)
                continue
            kind = kinds.by_name[entry.statement.kind]
            title = kind.zh if lang == "zh" else kind.en
            found[keyid] = UsedKey(entry.statement.kind, title, entry.statement.chain, entry.index, entry.statement.at_s, 1)
    return found


def named(kinds: Kinds, names: Sequence[str], lang: Language) -> tuple[str, ...]:
    """Kinds in words, by their names without version; one that is not known by its own."""
    known = {name.partition("/")[0]: kind for name, kind in kinds.by_name.items()}
    return tuple((known[name].zh if lang == "zh" else known[name].en) if name in known else name for name in names)


def _shown(key: KeyItem, used: Mapping[str, UsedKey], kinds: Kinds, lang: Language, *, own: str, now_s: int) -> ShownKey:
    until_s = None if key.until is None else parse_at(key.until)
    is_over = until_s is not None and until_s < now_s
    is_reading = key.kinds == READS_ALONE
    return ShownKey(
        keyid=key.keyid,
        digits=digits_of(key.keyid),
        label=key.label,
        device=(DEVICES if lang == "zh" else DEVICES_EN).get(key.device, ""),
        suite=key.suite,
        kinds=() if is_reading else named(kinds, key.kinds, lang),
        is_reading=is_reading,
        until_s=until_s,
        state="revoked" if key.revoked is not None else "expired" if is_over else "valid",
        revoked=key.revoked,
        is_this=key.keyid == own,
        used=used.get(key.keyid),
    )
