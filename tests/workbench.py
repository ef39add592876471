"""A log without a database: real keys, real admission, real entries, kept in a list. For tests of rules, evidence and reports.

It is the auditor's own machinery (ReplayFacts, admit, apply), not a stand-in for the store; store and sequencer are tested on PostgreSQL.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Literal, TypeVar

from ledger.admission.admit import Submission, admit, apply, ruleset_of
from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets, Kinds
from ledger.admission.personality import CURRENT, RULESETS, Personality
from ledger.admission.signers import NeedsParty
from ledger.admission.statement import Draft, read_statement
from ledger.auditing.replay import ReplayFacts
from ledger.chain import founding_prev, genesis_prev
from ledger.kinds.founding import Adopted, FoundingAuthority, FoundingParty, LogFound
from ledger.model import Moment, chain_key
from ledger.personality import PERSONALITY as LOG
from ledger.times import format_at, parse_at
from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.merkle import Edge, leaf_hash, root_of
from ledger.tree.tiles import new_bundles, new_tiles
from signing.keys import PrivateKey
from signing.possession import register

OPERATOR = "91510100MA00XX0A0D"
ORIGIN = "log.example/liandan-test"
T = TypeVar("T")
START = parse_at("2026-10-01T08:00:00+08:00")


def uscc(region: str, serial: int) -> str:
    """A fictitious valid USCC of a 6-digit division."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91{region}00{serial:06d}"
    body = (body + "F")[:16] + "X"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    check = (31 - sum(alphabet.index(c) * w for c, w in zip(body, weights, strict=True)) % 31) % 31
    return body + alphabet[check]


OPERATOR = uscc("510100", 1)
AUTHORITY_51 = uscc("510000", 51)
AUTHORITY_50 = uscc("500000", 50)


def key_of(party: str, generation: int = 0) -> PrivateKey:
    """The deterministic test key of a party."""
    return PrivateKey.from_seed("ed25519", sha256(f"test {party} {generation}".encode()).digest())


def as_asked(load: Callable[[Iterable[str]], object], decide: Callable[[], T]) -> T:
    """A decision as the sequencer makes it: chains of parties that did not sign themselves are loaded when they are asked for."""
    while True:
        try:
            return decide()
        except NeedsParty as needed:
            load(needed.args)


class Workbench:
    """A growing log of two authorities (51, 50)."""

    def __init__(
        self,
        personalities: Iterable[Personality] = (),
        data: Mapping[str, tuple[str, bytes]] | None = None,
        at_s: int = START,
        *,
        witness_policy: tuple[str, ...] = ("quorum none",),
        founders: tuple[str, str, str] = (OPERATOR, AUTHORITY_51, AUTHORITY_50),
        clock: Literal["real", "simulated"] = "simulated",
    ) -> None:
        """``data`` maps a data set's name to (version, content); ``founders`` are operator, authority of 51, authority of 50."""
        self.founders = founders
        self.kinds = Kinds([LOG, *personalities])
        contents = [RULESETS[CURRENT].file, *(content for _, content in (data or {}).values())]
        self.data = {f"data/{sha256(content).hexdigest()}": content for content in contents}
        self.dataset = DataSets(self.kinds, self.data.get)
        self.facts = ReplayFacts(self.dataset)
        self.entries: list[Entry] = []
        self.at_s = at_s
        self.witness_policy, self.clock = witness_policy, clock
        self.log_key = key_of("log")
        self.found = ""
        self.post_founding({name: (version, sha256(content).hexdigest()) for name, (version, content) in (data or {}).items()})

    def post_founding(self, data: Mapping[str, tuple[str, str]]) -> Entry:
        """Entry 0."""
        operator, first, second = self.founders
        body = LogFound(
            origin=ORIGIN,
            nonce=b64encode(bytes(range(32))).decode(),
            log_keys=log_vkeys(ORIGIN, [self.log_key]),
            operator=FoundingParty(operator, "川渝联单运营中心（虚构）", (register(key_of(operator), ORIGIN, operator),)),
            authorities=tuple(
                FoundingAuthority(code, name, regions, (register(key_of(code), ORIGIN, code),))
                for code, name, regions in (
                    (first, "甲省生态环境厅（虚构）", ("51",)),
                    (second, "乙市生态环境局（虚构）", ("50",)),
                )
            ),
            ruleset=Adopted("liandan", CURRENT, RULESETS[CURRENT].sha256),
            data=tuple(Adopted(name, version, digest) for name, (version, digest) in sorted(data.items())),
            witness_policy=self.witness_policy,
            clock=self.clock,
        )
        entry = self.post("log.found/1", "log/main", self.founders, body)
        self.found = entry.statement.hash
        return entry

    def draft(self, kind: str, chain: str, by: tuple[str, ...], body: object, **changes: object) -> Draft:
        """The next statement of a chain; ``changes`` replace fields (``at``, ``prev``, ``seq``, ``seen``, ``principal``)."""
        head = self.facts.values.get(chain_key(chain))
        prev = head.hash if head else genesis_prev(self.found, chain) if self.found else founding_prev(ORIGIN)
        fields: dict[str, object] = {"seq": head.seq + 1 if head else 0, "prev": prev, "at": format_at(self.at_s)}
        return Draft(kind=kind, chain=chain, by=by, body=body, **{**fields, **changes})  # type: ignore[arg-type]  # test shorthand

    def post(
        self, kind: str, chain: str, by: tuple[str, ...], body: object, *, keys: Iterable[PrivateKey] | None = None, **changes: object
    ) -> Entry:
        """Sign and admit one statement; raises Refusal. Each entry comes a minute after the one before."""
        envelope = self.draft(kind, chain, by, body, **changes).sign(list(keys or map(key_of, by)))
        statement, _ = read_statement(envelope, self.kinds)
        moment = Moment(len(self.entries), self.at_s, ruleset_of(self.facts, statement))
        known = self.kinds.of(statement.kind, moment.ruleset)
        entry = admit(
            Submission(envelope=envelope, statement=statement, kind=known), self.facts, moment, self.root_at, day_below=self.day_below
        )
        apply(entry, known, self.facts)
        self.entries.append(entry)
        self.at_s += 60
        return entry

    def root_at(self, size: int) -> str:
        """The root over the first entries, base64."""
        return b64encode(root_of(leaf_hash(entry.raw) for entry in self.entries[:size])).decode()

    def day_below(self, size: int) -> str:
        """Day on which the last of the first entries was admitted."""
        return self.entries[size - 1].admission.at[:10]

    def register(self, party: str, name: str = "测试单位（虚构）", authority: str | None = None) -> Entry:
        """Register a party with its test key, by the authority of its province."""
        by = authority or (AUTHORITY_50 if party[2:4] == "50" else AUTHORITY_51)
        body = {"name": name, "keys": [register(key_of(party), self.found, party)]}
        return self.post("party.register/1", f"party/{party}", (by,), body)

    def export(self) -> dict[str, bytes]:
        """The export of this log as path → bytes, with its newest checkpoint archived too."""
        raws = [entry.raw for entry in self.entries]
        leaves = [leaf_hash(raw) for raw in raws]
        edge = Edge().append_many(leaves)
        files = {tile.path: content for tile, content in new_tiles(0, leaves, lambda path: None)}
        files |= {tile.path: content for tile, content in new_bundles(0, raws, lambda path: None)}
        note = sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root()), self.log_key)
        vkeys = "".join(f"{vkey}\n" for vkey in log_vkeys(ORIGIN, [self.log_key])).encode()
        return {**files, **self.data, "checkpoint": note, f"checkpoints/{edge.size}": note, "log.vkey": vkeys}
