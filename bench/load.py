"""A load to measure with: a founded log's statements, and whole lives of manifests, signed in advance by the parties' own keys.

Realistic entries (about 3 KB each with their admission): one generator, carrier and receiver per lane, decisions by consultation.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

from msgspec import Struct

from ledger.admission.personality import CURRENT, RULESETS
from ledger.admission.statement import Draft, hash_of
from ledger.chain import founding_prev, genesis_prev
from ledger.kinds.founding import Adopted, FoundingAuthority, FoundingParty, LogFound
from ledger.kinds.issuer import LOG_ISSUERS, USES
from ledger.times import format_at, parse_at
from ledger.tree.checkpoint import log_vkeys
from signing.certificate import certify
from signing.envelope import Envelope, freeze
from signing.keys import PrivateKey
from signing.possession import register
from signing.uscc import check_character
from whitelist.adopted import data_files

ORIGIN = "bench.example/liandan"
START = parse_at("2026-10-08T08:00:00+08:00")
LANES = 16
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uscc(region: str, serial: int) -> str:
    """A fictitious valid USCC."""
    first = f"91{region}00FX{serial:05d}"[:17]
    return first + check_character(first)


def ulid(number: int) -> str:
    """A ULID made of a number."""
    text = ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        text = _BASE32[digit] + text
    return text


@cache
def key_of(party: str) -> PrivateKey:
    """A party's key; made once, for making one costs three signatures."""
    suite = "ecdsa-p256-sha256" if " " in party else "ed25519"  # a device's is one that every browser can hold
    return PrivateKey.from_seed(suite, sha256(f"bench {party}".encode()).digest())


OPERATOR, FROM, TO = uscc("510100", 1), uscc("510000", 51), uscc("500000", 50)


class Lane(Struct, frozen=True):
    """Who moves waste to whom, and by which permit and decision."""

    generator: str
    carrier: str
    receiver: str
    permit: str
    approval: str


class Load:
    """Statements in an order in which they are admitted; ``setup`` first."""

    def __init__(self, witness_policy: tuple[str, ...] = ("quorum none",), keys: Callable[[str], PrivateKey] = key_of) -> None:
        """``keys`` gives each party's; of founders, authorities and the log ``key_of``."""
        self.now_s, self._keys = START, keys
        self.witness_policy = witness_policy
        self._heads: dict[str, tuple[int, str]] = {}
        self.found = ""
        self.lanes = [self._lane(number) for number in range(LANES)]
        self.log_key = key_of("log")
        self.operator_key = key_of(OPERATOR)

    def _lane(self, number: int) -> Lane:
        generator, carrier, receiver = uscc("510112", number), uscc("510100", 1000 + number), uscc("500116", number)
        return Lane(generator, carrier, receiver, f"permit/{receiver}/{ulid(number)}", f"approval/{generator}/{ulid(number)}")

    def post(self, kind: str, chain: str, by: tuple[str, ...], body: object) -> bytes:
        """The next envelope of a chain, as bytes to post."""
        envelope = self.signed(kind, chain, by, body, self.now_s)
        self.admitted(chain, envelope)
        return freeze(envelope)

    def signed(self, kind: str, chain: str, by: tuple[str, ...], body: object, at_s: int) -> Envelope:
        """What may stand next on a chain, signed by all."""
        seq, prev = self._heads.get(chain, (0, ""))
        prev = prev or (genesis_prev(self.found, chain) if self.found else founding_prev(ORIGIN))
        return Draft(kind=kind, chain=chain, seq=seq, prev=prev, by=by, at=format_at(at_s), body=body).sign([self._keys(p) for p in by])

    def admitted(self, chain: str, envelope: Envelope) -> str:
        """The chain goes on behind this statement; its hash."""
        digest = hash_of(envelope)
        self.found = self.found or digest
        self._heads[chain] = (self._heads.get(chain, (0, ""))[0] + 1, digest)
        return digest

    def setup(self) -> Iterator[bytes]:
        """Founding, parties, permits, decisions."""
        yield self.founded()
        for lane in self.lanes:
            yield from self.settled(lane)
            yield from self.decided(lane)

    def founded(self) -> bytes:
        """The first statement."""
        return self.post("log.found/1", "log/main", (OPERATOR, FROM, TO), self._founding())

    def settled(self, lane: Lane) -> Iterator[bytes]:
        """Its parties, and the receiver's permit."""
        for party, authority in ((lane.generator, FROM), (lane.carrier, FROM), (lane.receiver, TO)):
            keys = [register(self._keys(party), self.found, party)]
            yield self.post("party.register/1", f"party/{party}", (authority,), {"name": f"测试企业{party[-6:]}（虚构）", "keys": keys})
        yield self.post("permit.grant/1", lane.permit, (TO,), _PERMIT)

    def decided(self, lane: Lane) -> Iterator[bytes]:
        """Its decision, by letter."""
        application = {**_APPLICATION, "receiver": lane.receiver, "permit": lane.permit}
        yield self.post("approval.apply/1", lane.approval, (lane.generator,), application)
        yield self.post("approval.consult/1", lane.approval, (FROM,), _letter("甲环固函〔2026〕1号"))
        yield self.post("approval.reply/1", lane.approval, (TO,), {**_letter("乙环函〔2026〕1号"), "agree": True})
        yield self.post("approval.decide/1", lane.approval, (FROM,), _DECISION)

    def issuer(self, use: str) -> PrivateKey:
        """The key that papers (``pdf``) or their codes (``claim``) are signed with."""
        return PrivateKey.from_seed("ecdsa-p256-sha256", sha256(f"bench issuer {use}".encode()).digest())

    def issuers(self) -> Iterator[bytes]:
        """The operator tells both: a log that signs what it prints."""
        for use in USES:
            key = self.issuer(use)
            made, (first, last) = register(key, self.found, OPERATOR), (date(2026, 10, 1), date(2029, 9, 30))
            cert = {"cert": b64encode(certify(key.spki, "运营单位（虚构）", first, last, key)).decode()} if use == "pdf" else {}
            body = {
                "use": use,
                "suite": made.suite,
                "spki": made.spki,
                "pop": made.pop,
                "valid_from": str(first),
                "valid_to": str(last),
                **cert,
            }
            yield self.post("issuer.key/1", LOG_ISSUERS, (OPERATOR,), body)

    def _founding(self) -> LogFound:
        ruleset = RULESETS[CURRENT]
        return LogFound(
            origin=ORIGIN,
            nonce=b64encode(bytes(32)).decode(),
            log_keys=log_vkeys(ORIGIN, [self.log_key]),
            operator=FoundingParty(OPERATOR, "运营单位（虚构）", (register(key_of(OPERATOR), ORIGIN, OPERATOR),)),
            authorities=tuple(
                FoundingAuthority(code, name, (region,), (register(key_of(code), ORIGIN, code),))
                for code, name, region in ((FROM, "甲省生态环境厅（虚构）", "51"), (TO, "乙市生态环境局（虚构）", "50"))
            ),
            ruleset=Adopted(ruleset.name, ruleset.version, ruleset.sha256),
            data=tuple(Adopted(f.name, f.version, sha256(f.path.read_bytes()).hexdigest()) for f in data_files()),
            witness_policy=self.witness_policy,
            clock="simulated",
        )

    def chain_of(self, number: int) -> str:
        """Chain of a manifest."""
        return f"manifest/{self.lanes[number % LANES].generator}/{ulid(2**64 + number)}"

    def issue_of(self, lane: Lane) -> dict[str, Any]:
        """Body of an issue."""
        return {
            "lines": [_LINE],
            "receiver": lane.receiver,
            "permit": lane.permit,
            "approval": lane.approval,
            "origin": _ORIGIN,
            "destination": _GOAL,
            "consignor": "generator",
            "carriers": [lane.carrier],
            "emergency_measures": "泄漏时用砂土围堵，收集残液，通知应急联系人。",
            "plan": {"filing_no": "GL-510112-2026-001"},
            "contract": {"no": "HT-2026-001", "valid_to": "2027-12-31"},
        }

    def manifest(self, number: int) -> list[bytes]:
        """One whole life: issue, depart, arrive, receive, dispose, verify."""
        lane, chain = self.lanes[number % LANES], self.chain_of(number)
        by_generator, by_receiver = (lane.generator,), (lane.receiver,)
        issue, place, goal = self.issue_of(lane), _ORIGIN, _GOAL
        label = f"{lane.generator}90005231{format_at(self.now_s)[:10].replace('-', '')}{number % 1000:03d}"
        depart = {
            "vehicle": {"kind": "truck", "plate": f"川A·B{number % 100000:05d}", "licence_no": f"营运{number:06d}"},
            "waybill_no": f"YD{number:010d}",
            "gate": {"labels": [label], "checks": ["carrier", "vehicle", "crew", "labels"]},
            "place": place,
        }
        received = {"line": 0, "opinion": "accept", "accepted_t": "5.590000", "method": "R4"}
        receive = {"accepted_at": format_at(self.now_s), "lines": [received], "weighing": _WEIGHING}
        life = [
            self.post("manifest.issue/1", chain, by_generator, issue),
            self.post("manifest.depart/1", chain, (lane.generator, lane.carrier), depart),
            self.post("manifest.arrive/1", chain, (lane.carrier,), {"place": goal}),
            self.post("manifest.receive/1", chain, by_receiver, receive),
            self.post("manifest.dispose/1", chain, by_receiver, {"fates": [{"line": 0, "method": "R4", "mass_t": "5.590000"}]}),
            self.post("manifest.verify/1", chain, by_generator, {}),
        ]
        del self._heads[chain]  # the life is over; a million of them would fill the memory
        return life


_ORIGIN, _GOAL = {"division": "510112", "address": "甲市工业园1号（虚构）"}, {"division": "500116", "address": "乙区工业园9号（虚构）"}


def _letter(number: str) -> dict[str, object]:
    return {"letter_no": number, "letter_date": "2026-10-08"}


_WASTE = {"name": "废铅蓄电池", "code": "900-052-31", "category": "HW31", "hazards": ["T", "C"], "method": "R4"}
_LINE = {
    **_WASTE,
    "components": "铅、硫酸",
    "form": "S",
    "packing": "box",
    "packs": 1,
    "mass_t": "5.600000",
    "decision_line": 0,
    "dg": {"un_no": "2794", "dg_class": "8"},
}
_WEIGHING = {"method": "weighbridge", "tickets": [{"gross_t": "20.590000", "tare_t": "15.000000", "net_t": "5.590000"}]}
_SCALE_T = "900000000"
_PERMIT = {
    "no": "乙环危证0001号",
    "class": "permit",
    "valid_from": "2024-01-01",
    "valid_to": "2028-12-31",
    "division": "500116",
    "address": "虚构大道2号",
    "items": [{"category": "HW31", "scope": "INCLUDE", "codes": ["900-052-31"], "methods": ["R4"]}],
    "scale_t": _SCALE_T,
}
_APPLICATION = {
    "origin": {"division": "510112", "address": "虚构路1号"},
    "applied_to": "2026-12-31",
    "lines": [{**_WASTE, "mass_t": _SCALE_T}],
}
_DECISION = {"approve": True, "no": "甲环固转〔2026〕1号", "valid_to": "2026-12-31", "lines": [{"line": 0, "mass_t": _SCALE_T}]}
