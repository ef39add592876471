"""The beginning of the demonstration's log: everybody's keys, made from the seed, and ``log.found`` with a simulated clock."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from types import MappingProxyType

from ledger.kinds.issuer import USES, IssuerKey
from liandan.demo.calendar import FOUNDED
from liandan.demo.cast import CHONGQING, OPERATOR, SICHUAN
from liandan.founding import Plan, PlannedAuthority, PlannedOperator, founding_draft, sign_founding
from liandan.issuer import IssuerRegistration, body_of, certificate
from liandan.keyring import ISSUER_SUITE, ServerKeys
from signing.envelope import Envelope
from signing.keys import PrivateKey
from signing.possession import KeyRegistration, register
from signing.uscc import check_uscc

ORIGIN = "demo.liandan.example/2026"
CERTIFIED = date(2026, 9, 21), date(2029, 9, 20)
"""First and last day of the keys for papers."""


class Keyring:
    """Private keys by owner, deterministic in the seed, so that the same seed writes the same statements. Client side only: the server
    never sees a party's private key.
    """

    def __init__(self, seed: int, suites: Mapping[str, str] = MappingProxyType({})) -> None:
        """``suites`` by party: of whoever does not sign with P-256, which every browser can hold; the log and its witnesses use Ed25519."""
        self.seed, self._suites = seed, suites
        self._keys: dict[str, PrivateKey] = {}

    def key(self, owner: str) -> PrivateKey:
        """The key of a party (its USCC), of one of its devices (``USCC.phone``), or of ``"log"``."""
        if owner not in self._keys:
            party = owner.partition(".")[0]
            suite = self._suites.get(party, "ecdsa-p256-sha256" if check_uscc(party) else "ed25519")
            self._keys[owner] = PrivateKey.from_seed(suite, sha256(f"liandan/demo/{self.seed}/{owner}".encode()).digest())
        return self._keys[owner]

    def registration(self, found: str, owner: str) -> KeyRegistration:
        """A key with its proof of possession for the party it belongs to; ``found`` is X of formats §5."""
        return register(self.key(owner), found, owner.partition(".")[0])

    def issuer(self, use: str) -> PrivateKey:
        """The P-256 key that papers (``pdf``) or their square codes (``claim``) are signed with."""
        return PrivateKey.from_seed(ISSUER_SUITE, sha256(f"liandan/demo/{self.seed}/issuer {use}".encode()).digest())

    def issuer_body(self, found: str, use: str) -> IssuerKey:
        """The body that tells the log this key; the one for papers certifies itself, as a test CA."""
        key = self.issuer(use)
        made = register(key, found, OPERATOR.uscc)
        registration = IssuerRegistration(use=use, suite=made.suite, spki=made.spki, pop=made.pop)
        cert = certificate(key, OPERATOR.name, *CERTIFIED) if use == "pdf" else None
        return body_of(registration, cert, CERTIFIED, found=found, operator=OPERATOR.uscc, today=CERTIFIED[0])

    @property
    def server(self) -> ServerKeys:
        """What the server's process holds."""
        issuers = tuple((use, self.issuer(use)) for use in USES)
        return ServerKeys(origin=ORIGIN, log=self.key("log"), operator=self.key(OPERATOR.uscc), issuers=issuers)


def founding(keyring: Keyring, witness_policy: tuple[str, ...] = ("quorum none",)) -> Envelope:
    """The founding statement with the shipped data sets, signed by the operator and both authorities."""
    authorities = tuple(PlannedAuthority(uscc=firm.uscc, name=firm.name, regions=(firm.province,)) for firm in (SICHUAN, CHONGQING))
    operator = PlannedOperator(OPERATOR.uscc, OPERATOR.name)
    plan = Plan(operator=operator, authorities=authorities, clock="simulated", witness_policy=witness_policy)
    keys = {one.uscc: keyring.key(one.uscc) for one in authorities}
    nonce = sha256(f"liandan/demo/{keyring.seed}/nonce".encode()).digest()
    draft = founding_draft(plan, keyring.server, keys, nonce=nonce, at_s=FOUNDED)
    return sign_founding(draft, plan, keyring.server, keys)[0]
