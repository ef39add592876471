"""The product beside the oracle: the random worlds of ``oracle_worlds`` posted to the real admission, answer compared with answer.

Statements are signed, read at the door and admitted as the sequencer does it, on the auditor's facts in memory. Where the oracle says that a
body contradicts itself, codes of the body alone are right too; of acts that the oracle knows in part, refusal and grams are compared.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.model import chain_key
from ledger.times import parse_at
from manifests.acts import PERSONALITY as MANIFESTS
from signing.possession import register
from signing.refusal import Refusal
from tests.whitelist.oracle import Judgement
from tests.whitelist.oracle_data import Data
from tests.whitelist.oracle_scene import CHONGQING, OPERATOR, SICHUAN, Step
from tests.whitelist.oracle_worlds import Stream
from tests.workbench import Workbench, key_of
from whitelist.acts import PERSONALITY as WHITELIST
from whitelist.adopted import data_files
from whitelist.listing import rows_hash
from whitelist.rules import RULES, CheckRule

EDITIONS, YEARS = (2021, 2025), (2025, 2026, 2027)
ABSENT = {"FIELD_MISSING": "MISSING"}
"""A required field that is not there has a code of its own in formats; the oracle, which knows the kinds alone, says MISSING of it."""
GATE = frozenset(
    {
        "WL_SUSPENDED",
        "WL_YEAR",
        "WL_TERM",
        "APPROVAL_STATUS",
        "APPROVAL_EARLY",
        "APPROVAL_EXPIRED",
        "EMERGENCY_STATE",
        "PRE_NOTICE",
        "OVERTOOK",
    }
)
"""What the oracle knows of the gate at departure, whose other codes it does not know: these are compared there too."""
COMPARED = ("manifest.issue", "approval.decide")
"""Kinds that count as cases."""


class Found(Struct, frozen=True):
    """What the product answered to a statement, in the words of the oracle's Judgement."""

    refused: frozenset[str]
    route: str | None = None
    alerts: frozenset[tuple[str, str]] = frozenset()
    tags: frozenset[str] = frozenset()
    accounts: dict[str, int] = {}


class Difference(Struct, frozen=True):
    """A statement on which the two part."""

    seed: int
    step: Step
    expected: Judgement
    found: Found
    what: str

    def __str__(self) -> str:
        """For people: where, what was bent, both answers, and the body."""
        step, expected, found = self.step, self.expected, self.found
        oracle = sorted(expected.refused) or (expected.route, sorted(expected.alerts), sorted(expected.tags), expected.accounts)
        product = sorted(found.refused) or (found.route, sorted(found.alerts), sorted(found.tags), found.accounts)
        body = json.dumps(step.body, ensure_ascii=False, sort_keys=True)
        head = f"seed {self.seed}, {step.kind} {step.chain} by {' '.join(step.by)} at {step.admitted_at} ({step.note}): {self.what}"
        return f"{head}\n  oracle  {oracle}\n  product {product}\n  {body}"


class Comparison:
    """One seed: a stream of statements and a log that they are posted to. ``counts`` says how many of each kind were compared, ``codes`` which answers.

    ``hashes`` are those of the statements of a chain in their order, for confirmations that name one.
    """

    def __init__(self, seed: int, *, era: str | None = None, rules: Sequence[CheckRule] = RULES) -> None:
        """``rules`` of the check: others than the product's show what the oracle would notice."""
        files = {file.name: (file.version, file.path.read_bytes()) for file in data_files()}
        self.seed = seed
        self.stream = Stream(seed, data(), era=era)
        began = self.stream.make.now - timedelta(hours=1)
        kinds = tuple(replace(kind, asks=tuple(rules)) if kind.name == "manifest.issue/1" else kind for kind in MANIFESTS.kinds)
        self.bench = Workbench(
            [WHITELIST, replace(MANIFESTS, kinds=kinds)], files, at_s=int(began.timestamp()), founders=(OPERATOR, SICHUAN, CHONGQING)
        )
        self.counts: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.hashes: dict[str, list[str]] = {}

    def differences(self, count: int) -> Iterator[Difference]:
        """Every difference within the scene and ``count`` further statements; ends where one of the two admits what the other refuses."""
        for step, expected in self.stream.answers(count):
            found = self.post(step)
            self.counts[step.kind] += 1
            self.codes.update(hits(step.kind, expected))
            what = _part(expected, found)
            if what:
                yield Difference(self.seed, step, expected, found, what)
            if bool(expected.refused) != bool(found.refused):
                return

    def post(self, step: Step) -> Found:
        """Sign and post a statement at its time."""
        bench = self.bench
        bench.at_s = parse_at(step.admitted_at)
        before = len(bench.entries)
        try:
            bench.post(f"{step.kind}/1", step.chain, step.by, self._whole(step), at=step.at, principal=step.principal)
        except Refusal as refusal:
            return Found(frozenset(ABSENT.get(code, code) for code in refusal.codes))
        self.hashes.setdefault(step.chain, []).append(bench.facts.values[chain_key(step.chain)].hash)
        decision = bench.entries[before].admission.decision
        return Found(
            frozenset(),
            decision.route,
            frozenset(decision.alerts),
            frozenset(tag[0] for tag in decision.tags),
            {row.account: row.after_g - row.before_g for row in decision.accounts},
        )

    def _whole(self, step: Step) -> dict[str, Any]:
        """The body with what only a log can fill in: keys of a registration, the digest of a list."""
        if step.kind == "party.register":
            party = step.chain.partition("/")[2]
            return {**step.body, "keys": [msgspec.to_builtins(register(key_of(party), self.bench.found, party))]}
        if step.kind == "list.countersign":
            head = self.bench.facts.values.get(chain_key(step.chain))
            return {**step.body, "rows_hash": rows_hash(head.state.rows if head else ())}
        if step.kind == "list.confirm":
            hashes, seq = self.hashes.get(step.chain, []), step.body["act"]
            return {**step.body, "act": hashes[seq] if seq < len(hashes) else "0" * 64}
        return step.body


def hits(kind: str, expected: Judgement) -> set[str]:
    """What an answer shows that the worlds reach: codes, alerts with their level, tags, the route; of late authorities which clock."""
    if expected.refused:
        return set(expected.refused)
    told = {f"{level} {code}" + (f" {kind}" if code == "AUTH_LATE" else "") for level, code in expected.alerts}
    return told | expected.tags | ({expected.route} if expected.route else set())


def _part(expected: Judgement, found: Found) -> str:
    """In what the two part, empty where they agree."""
    if bool(expected.refused) != bool(found.refused):
        return "admission"
    if expected.partial:
        seen = expected.refused & GATE != found.refused & GATE or {a for a in expected.alerts if a[1] in GATE} != {
            a for a in found.alerts if a[1] in GATE
        }
        return "gate" if seen else "accounts" if not found.refused and expected.accounts != found.accounts else ""
    if found.refused:
        return "" if found.refused in expected.readings else "codes"
    names = ("route", "alerts", "tags", "accounts")
    return ", ".join(name for name in names if getattr(expected, name) != getattr(found, name))


@cache
def data() -> Data:
    """The data sets that the product ships, read by the oracle."""
    files = {file.name: file.path.read_text(encoding="utf-8") for file in data_files()}
    return Data.parse(
        catalogues={year: files[f"hw-catalogue-{year}"] for year in EDITIONS},
        exemptions={year: files[f"hw-exemptions-{year}"] for year in EDITIONS},
        divisions=files["divisions"],
        thresholds=json.loads(files["thresholds"]),
        calendars={year: json.loads(files[f"workdays-{year}"]) for year in YEARS},
    )
