"""Who exists and who may speak: operator, authorities and their regions, keys, delegations, closed parties, sites, readers (§5, kinds §1.2, §2)."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from .kinds import NEVER_SCOPED
from .notes import parse_vkey
from .signatures import SPKI, check_registration, is_uscc, verify
from .statements import STATEMENT
from .strict import Bad, instant, need, pae, sha256, unb64

FOR_EVER = 2**53
DAY_S = 86_400
EAST_S = 8 * 3600  # the zone of every day that a text names


def spki_of_certificate(der: bytes) -> bytes:
    """subjectPublicKeyInfo of an X.509 certificate (RFC 5280 §4.1): in tbsCertificate, the sixth field after the optional version."""

    def parts(raw: bytes) -> list[tuple[int, bytes, bytes]]:  # tag, contents, the whole element
        out, at = [], 0
        while at < len(raw):
            need(at + 1 < len(raw), "ISSUER_CERT")
            head, length = at + 2, raw[at + 1]
            if length > 0x80:
                head, length = head + length - 0x80, int.from_bytes(raw[head : head + length - 0x80], "big")
            need(head + length <= len(raw), "ISSUER_CERT")
            out.append((raw[at], raw[head : head + length], raw[at : head + length]))
            at = head + length
        return out

    whole = parts(der)
    need(len(whole) == 1 and whole[0][0] == 0x30, "ISSUER_CERT", "body.cert", der[:8].hex(), "one DER SEQUENCE")
    tbs = parts((parts(whole[0][1]) or [(0, b"", b"")])[0][1])
    fields = [element for tag, _, element in tbs if tag != 0xA0]
    need(len(fields) > 5, "ISSUER_CERT", "body.cert", len(fields), "a tbsCertificate")
    return fields[5]


class Parties:
    """Registries of log and party chains; ``log`` takes the findings."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.operator = ""
        self.authorities: dict[str, list[str]] = {}  # USCC: regions, in order of admission
        self.members: dict[str, Any] = {}  # USCC of a registered firm: closed, successor
        self.keys: dict[str, Any] = {}  # keyid: uscc, suite, spki, added, revoked, kinds, until
        self.reserved = set[str]()  # keyids of log, witnesses and issuers
        self.issuers: dict[str, bool] = {}  # keyid of issuer.key: whether it is retired
        self.grants: dict[tuple[str, str], list[tuple[list[str], int]]] = {}  # principal and delegate: kinds, until
        self.sites: dict[tuple[str, str], str] = {}  # USCC and site id: division; "" when closed
        self.crews: dict[tuple[str, str], tuple[str, str]] = {}  # carrier and id: role, last day; without role: retired
        self.readers: dict[str, set[str]] = {}  # authority: whom it lets read

    def is_founder(self, uscc: str) -> bool:
        """Registered by log.found or authority.admit, so without a registration on its own chain."""
        return uscc == self.operator or uscc in self.authorities

    def is_known(self, uscc: str) -> bool:
        return self.is_founder(uscc) or uscc in self.members

    def is_closed(self, uscc: str) -> bool:
        return uscc in self.members and self.members[uscc].closed

    def successors(self, uscc: str) -> list[str]:
        """Who signs for a closed party: its successor, and the successor's while that is closed too, up to 4 steps (kinds §1.2)."""
        found = list[str]()
        while self.is_closed(uscc) and self.members[uscc].successor and len(found) < 4:
            uscc = self.members[uscc].successor
            found.append(uscc)
        return found

    def covering(self, digits: str) -> list[str]:
        """Authorities with a region that the digits of a division or of a USCC (characters 3 to 8) begin with."""
        return [uscc for uscc, regions in self.authorities.items() if digits.startswith(tuple(regions))]

    def responsible(self, digits: str, other_side: str = "-") -> tuple[list[str], bool]:
        """The authorities of a place, and whether none covers it: then any may act (FOREIGN), never one of the other side (kinds §1.7)."""
        found = self.covering(digits)
        others = [uscc for uscc in self.authorities if uscc not in self.covering(other_side)]
        return found or others, not found

    # -- keys (§5)

    def register(self, member: dict[str, Any], x: str) -> None:
        """Register the keys of a party; with regions, it is an authority."""
        uscc = member["uscc"]
        need(is_uscc(uscc), "USCC", "body", uscc)
        if "regions" in member:
            self.authorities[uscc] = member["regions"]
        elif uscc != self.operator:
            self.members.setdefault(uscc, SimpleNamespace(closed=False, successor=""))
        for registration in member["keys"]:
            self._add(registration, x, uscc)

    def _add(self, registration: Any, x: str, uscc: str, kinds: list[str] | None = None, until: int = FOR_EVER) -> None:
        keyid, suite, spki, checked = check_registration(registration, x, uscc, "body.key")
        need(keyid not in self.keys and keyid not in self.reserved, "KEY_REGISTERED", "body.key", keyid, "registered once, no note key")
        key = SimpleNamespace(uscc=uscc, suite=suite, spki=spki, added=self.log.size - 1, revoked=FOR_EVER, kinds=kinds, until=until)
        self.keys[keyid] = key
        self.log.signatures[suite, checked] += 1

    def reserve(self, vkeys: list[str]) -> None:
        """Keys of log and witnesses: none of a party."""
        public = [key.public for _, key in map(parse_vkey, vkeys) if key.type != 6]
        self.reserved |= {sha256(SPKI["ed25519"][0] + key).hex() for key in public}
        self.log.check(self.reserved.isdisjoint(self.keys), "KEY_REGISTERED", "body.witness_policy", vkeys, "no key of a party")

    def signatures(self, s: Any, a: Any, *, counted: bool = True) -> None:
        """Each signature by a key of that party, valid at this index and for this kind."""
        for k, (party, (keyid, signature)) in enumerate(zip(s.by, s.envelope.signatures, strict=True)):
            where, key = f"statement.signatures.{k}", self.keys.get(keyid) or SimpleNamespace(uscc="")
            need(key.uscc == party, "KEY_OTHER_PARTY" if key.uscc else "KEY_UNKNOWN", where, f"{keyid} of {key.uscc}", party)
            old = s.body["old"] if s.act == "key.rotate" else keyid
            valid = key.added < max(s.index, 1) and s.index <= key.revoked and keyid == old
            need(valid, "KEY_NOT_VALID", where, keyid, f"added {key.added}, revoked {key.revoked}")  # §5: add < i <= revoke
            late = s.at > key.until or a.at > key.until + 15 * DAY_S if s.row.is_custody else a.at > key.until
            need(not late, "KEY_NOT_VALID", where, keyid, f"until {key.until}")
            if key.kinds is not None:
                scoped = s.act in key.kinds and not s.act.startswith(NEVER_SCOPED)
                need(scoped, "KEY_SCOPE", where, f"{keyid} signs {s.act}", key.kinds)
            checked = verify(key.suite, key.spki, pae(STATEMENT, s.envelope.body), signature, where)
            self.log.signatures[key.suite, checked] += counted

    # -- what the kinds of party and log/issuers change

    def take(self, s: Any, a: Any) -> None:
        effect = getattr(self, "_" + s.act.replace(".", "_"), None)
        if effect is not None:
            effect(s, a, s.body)

    def _party_register(self, s: Any, a: Any, body: Any) -> None:
        self.register({"uscc": s.owner, "keys": body["keys"]}, self.log.found)

    def _key_add(self, s: Any, a: Any, body: Any) -> None:
        recovery = s.by[0] != s.owner and s.by[0] not in self.successors(s.owner)
        alerted = a.alerts.get("KEY_BY_AUTHORITY") == "H"
        self.log.check(alerted or not recovery, "DECISION_WRONG", "admission.decision.alerts", a.alerts, "KEY_BY_AUTHORITY")
        kinds, until = body.get("kinds"), instant(body["until"], "body.until") if "until" in body else FOR_EVER
        narrow = kinds is not None or until < FOR_EVER
        loose = (recovery and narrow) or any(f"{kind}.".startswith(NEVER_SCOPED) for kind in kinds or ())
        self.log.check(not loose, "KEY_SCOPE", "body.kinds", kinds, "none in a recovery; no key., delegation., party., access.")
        self.log.check(until > a.at, "STATEMENT_STALE", "body.until", until, f"later than {a.at}")
        self._add(body["key"], self.log.found, s.owner, kinds, until)

    def _key_rotate(self, s: Any, a: Any, body: Any) -> None:
        self._revoke(s, body["old"])
        self._add(body["key"], self.log.found, s.owner)

    def _key_revoke(self, s: Any, a: Any, body: Any) -> None:
        self._revoke(s, body["keyid"])

    def _revoke(self, s: Any, keyid: str) -> None:
        key = self.keys.get(keyid) or SimpleNamespace(uscc="", revoked=-1)
        need(key.uscc == s.owner and key.revoked > s.index, "KEY_UNKNOWN", "body", keyid, "a key of the owner that is not revoked")
        key.revoked = s.index

    def _delegation_grant(self, s: Any, a: Any, body: Any) -> None:
        until = instant(body["until"], "body.until") if "until" in body else FOR_EVER
        self.grants.setdefault((s.owner, body["delegate"]), []).append((body["kinds"], until))

    def _delegation_revoke(self, s: Any, a: Any, body: Any) -> None:
        self.grants.pop((s.owner, body["delegate"]), None)

    def _party_amend(self, s: Any, a: Any, body: Any) -> None:
        need(not self.is_founder(s.owner), "CHAIN_OWNER", "chain", s.owner, "neither operator nor authority")
        need(body.keys() & {"name", "successor", "closed_on", "reopen"}, "MISSING", "body", sorted(body), "something to amend")
        member, successor = self.members[s.owner], body.get("successor", "")
        need(not successor or self.is_known(successor), "PARTY_UNKNOWN", "body.successor", successor)
        states = ("closed_on" in body and member.closed, "reopen" in body and not member.closed, successor and "closed_on" not in body)
        need(not any(states), "PARTY_STATE", "body", sorted(body), "closed once, reopened when closed, a successor when closing")
        if "reopen" in body:
            member.closed, member.successor = False, ""
        if "closed_on" in body:
            member.closed, member.successor = True, successor
            need(s.owner not in self.successors(s.owner), "PARTY_STATE", "body.successor", successor, "no circle")

    def _party_site(self, s: Any, a: Any, body: Any) -> None:
        self.sites[s.owner, body["site"]] = "" if "closed_on" in body else body["division"]

    def _crew_register(self, s: Any, a: Any, body: Any) -> None:
        need(body["commit"], "MISSING", "body.commit", "", "commitments to who it is")
        self.crews[s.owner, body["crew"]] = body["role"], body.get("valid_to", "9999-12-31")

    def _crew_retire(self, s: Any, a: Any, body: Any) -> None:
        known = self.crews.get((s.owner, body["crew"]), ("", ""))
        need(known[0], "CREW_UNKNOWN", "body.crew", body["crew"], "registered and not retired")
        self.crews[s.owner, body["crew"]] = "", known[1]

    def judge_crew(self, s: Any, a: Any, carrier: str, crew: Any) -> None:
        """CREW where an act names somebody whom its carrier has not registered for that role until the day of the act, or longer (R-26)."""
        day = datetime.fromtimestamp(s.at + EAST_S, UTC).date().isoformat()
        known = [(self.crews.get((carrier, one["crew"]), ("", "")), one["role"]) for one in crew]
        due = "H" if any(role != asked or last < day for (role, last), asked in known) else None
        self.log.check(a.alerts.get("CREW") == due, "DECISION_WRONG", "admission.decision.alerts", a.alerts, f"CREW: {due}")

    def _access_grant(self, s: Any, a: Any, body: Any) -> None:
        own = self.authorities.get(s.owner)
        need(own is not None, "ACCESS_ROLE", "chain", s.owner, "an authority")
        inside = all(region.startswith(tuple(own or ())) for region in body["regions"])
        need(inside, "ACCESS_REGION", "body.regions", body["regions"], own)
        need(self.is_known(body["reader"]), "PARTY_UNKNOWN", "body.reader", body["reader"])
        self.readers.setdefault(s.owner, set()).add(body["reader"])

    def _access_revoke(self, s: Any, a: Any, body: Any) -> None:
        need(body["reader"] in self.readers.get(s.owner, ()), "ACCESS_UNKNOWN", "body.reader", body["reader"], "somebody with access")
        self.readers[s.owner].discard(body["reader"])

    def _issuer_key(self, s: Any, a: Any, body: Any) -> None:
        registration = {name: body[name] for name in ("suite", "spki", "pop")}
        keyid, suite, spki, checked = check_registration(registration, self.log.found, s.by[0], "body")
        need(keyid not in self.keys and keyid not in self.reserved, "KEY_REGISTERED", "body", keyid, "registered once, of no party")
        if "cert" in body:
            certified = spki_of_certificate(unb64(body["cert"], "body.cert"))
            need(certified == spki, "ISSUER_CERT", "body.cert", certified[:40].hex(), "the same key as spki")
        self.reserved.add(keyid)
        self.issuers[keyid] = False
        self.log.signatures[suite, checked] += 1

    def _issuer_retire(self, s: Any, a: Any, body: Any) -> None:
        need(self.issuers.get(body["keyid"]) is False, "KEY_UNKNOWN", "body.keyid", body["keyid"], "an issuer's key that is not retired")
        self.issuers[body["keyid"]] = True


def policy_vkeys(lines: list[str]) -> list[str]:
    """Witness keys of a tlog-policy."""
    try:
        return [line.split(" ")[2] for line in lines if re.fullmatch(r"witness \S+ \S+", line)]
    except IndexError:  # cannot be: the pattern has three words
        raise Bad("POLICY_FORM", "body.witness_policy", lines) from None
