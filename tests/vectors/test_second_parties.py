"""Who may sign, as the second reader sees it: scoped keys, closed parties, sites, readers, issuers, foreign places (kinds §1.2, §1.7, §2)."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.vectors.forger import bodies, story, v1, writer
from tests.vectors.second_reader import audit

GENERATOR, CARRIER, RECEIVER = (story.signer(name) for name in ("generator", "carrier", "receiver"))
SICHUAN, CHONGQING, OPERATOR = (story.signer(name) for name in ("sichuan", "chongqing", "operator"))
PHONE, NEW = v1.key("phone"), v1.key("new")
GUANGDONG = v1.uscc("91440101" + "0000FX440")

pytestmark = pytest.mark.usefixtures("every_kind")


class Bench:
    """A founded log with three parties; each act a minute later."""

    def __init__(self) -> None:
        self.log = writer.Log(story.ORIGIN, story.LOG_KEY, story.WITNESSES)
        self.log.add(story.founding(self.log), story.clock("08:00:05"))
        story.parties(self.log)
        self.minute = 10

    def post(self, kind: str, chain: str, body: Any, *by: Any, at: str = "", **decision: Any) -> None:
        self.minute += 1
        now, principal = story.clock(f"08:{self.minute:02}:00"), decision.pop("principal", None)
        act = writer.Act(f"{kind}/1", chain, body, by, at or now, principal=principal)
        self.log.add(act, decision.pop("admitted", now), **decision)

    def party(self, kind: str, owner: Any, body: Any, *by: Any, **more: Any) -> None:
        self.post(kind, f"party/{owner[0]}", body, *(by or (owner,)), **more)

    def amend(self, owner: Any, authority: Any, **body: Any) -> None:
        self.party("party.amend", owner, {"reason": "注销（虚构）", **body}, authority)

    def key(self, owner: Any, key: Any, *by: Any, alerts: Any = (), **more: Any) -> None:
        body = {"key": v1.registration(key, self.log.found, owner[0]), **more}
        self.party("key.add", owner, body, *by, alerts=list(alerts))

    def codes(self) -> list[str]:
        log = audit.Log(self.log.data.get)
        for raw in self.log.entries:
            log.add(raw)
        return [f"{finding['index']} {finding['code']}" for finding in log.findings]


GRANT = {"delegate": RECEIVER[0], "kinds": ["manifest.issue"]}
CLOSED = {"closed_on": "2026-11-02"}


def _delegate(bench: Bench, owner: Any, by: Any = (), **more: Any) -> None:
    bench.party("delegation.grant", owner, GRANT, *by, **more)


def _site(bench: Bench, owner: Any, by: Any = (), **more: Any) -> None:
    bench.party("party.site", owner, {"site": "a", "name": "分厂", "division": "510112", "address": "x"}, *by, **more)


# --- keys


@pytest.mark.parametrize(
    ("kinds", "act", "codes"),
    [
        (["party.site"], "party.site", ["4 KEY_SCOPE", "5 KEY_SCOPE"]),
        (["delegation.grant"], "delegation.grant", ["4 KEY_SCOPE", "5 KEY_SCOPE"]),
        (["manifest.arrive"], "delegation.grant", ["5 KEY_SCOPE"]),
        (["access.grant"], "key.revoke", ["4 KEY_SCOPE", "5 KEY_SCOPE"]),
    ],
)
def test_a_scoped_key_signs_its_kinds_and_never_those_of_keys_and_parties(kinds: list[str], act: str, codes: list[str]) -> None:
    bench = Bench()
    bench.key(GENERATOR, PHONE, kinds=kinds)
    site = {"site": "a", "name": "分厂", "division": "510112", "address": "x"}
    body = {"party.site": site, "key.revoke": {"keyid": GENERATOR[1].keyid, "reason": "x"}}.get(act, GRANT)
    bench.party(act, GENERATOR, body, (GENERATOR[0], PHONE))
    assert bench.codes() == codes


def test_a_scoped_key_of_the_right_kind_is_fine() -> None:
    bench = Bench()
    bench.key(GENERATOR, PHONE, kinds=["pd.erase"])
    bench.key(OPERATOR, NEW, kinds=["pd.erase"])
    bench.post("pd.erase", "log/erasures", {"statement": "0" * 64, "field": "driver.name"}, (OPERATOR[0], NEW))
    assert bench.codes() == []


@pytest.mark.parametrize(
    ("until", "codes"), [("08:12:00", []), ("08:11:59", ["5 KEY_NOT_VALID"]), ("08:10:00", ["4 STATEMENT_STALE", "5 KEY_NOT_VALID"])]
)
def test_a_key_ends_at_its_until(until: str, codes: list[str]) -> None:
    bench = Bench()
    bench.key(GENERATOR, PHONE, until=story.clock(until))
    _delegate(bench, GENERATOR, [(GENERATOR[0], PHONE)])
    assert bench.codes() == codes


@pytest.mark.parametrize("more", [{"kinds": ["manifest.issue"]}, {"until": story.clock("23:00:00")}])
def test_a_recovery_gives_a_full_key(more: dict[str, Any]) -> None:
    bench = Bench()
    bench.key(GENERATOR, PHONE, SICHUAN, alerts=[["H", "KEY_BY_AUTHORITY"]], **more)
    assert bench.codes() == ["4 KEY_SCOPE"]


# --- closed parties


def test_a_closed_party_opens_nothing_and_goes_on_otherwise() -> None:
    bench = Bench()
    bench.amend(GENERATOR, SICHUAN, **CLOSED)
    _delegate(bench, GENERATOR)
    bench.post("approval.apply", f"approval/{GENERATOR[0]}/{'0' * 26}", _apply(), GENERATOR)
    assert bench.codes() == ["6 PARTY_CLOSED"]


def _apply() -> Any:
    return bodies.apply(RECEIVER[0], story.PERMIT)


@pytest.mark.parametrize(
    ("by", "decision", "codes"),
    [
        (GENERATOR, {}, []),
        (RECEIVER, {"tags": [["ON_BEHALF"]]}, []),
        (RECEIVER, {}, ["5 DECISION_WRONG"]),
        (CARRIER, {"tags": [["ON_BEHALF"]]}, ["5 SIGNER_ROLE"]),
        (SICHUAN, {"tags": [["BY_AUTHORITY"]], "alerts": [["H", "SIGNED_FOR_CLOSED"]]}, ["5 SIGNER_ROLE"]),
    ],
)
def test_a_successor_signs_for_a_closed_party(by: Any, decision: Any, codes: list[str]) -> None:
    bench = Bench()
    bench.amend(GENERATOR, SICHUAN, **CLOSED, successor=RECEIVER[0])
    _site(bench, GENERATOR, [by], **decision)
    assert bench.codes() == codes


def test_a_successor_of_a_successor_signs_too() -> None:
    bench = Bench()
    bench.amend(GENERATOR, SICHUAN, **CLOSED, successor=RECEIVER[0])
    bench.amend(RECEIVER, CHONGQING, **CLOSED, successor=CARRIER[0])
    _site(bench, GENERATOR, [CARRIER], tags=[["ON_BEHALF"]])
    assert bench.codes() == []


@pytest.mark.parametrize(
    ("by", "decision", "codes"),
    [
        (SICHUAN, {"tags": [["BY_AUTHORITY"]], "alerts": [["H", "SIGNED_FOR_CLOSED"]]}, []),
        (SICHUAN, {"tags": [["BY_AUTHORITY"]]}, ["5 DECISION_WRONG"]),
        (SICHUAN, {"tags": [["BY_AUTHORITY"], ["ON_BEHALF"]], "alerts": [["H", "SIGNED_FOR_CLOSED"]]}, ["5 DECISION_WRONG"]),
        (CHONGQING, {"tags": [["BY_AUTHORITY"]], "alerts": [["H", "SIGNED_FOR_CLOSED"]]}, ["5 SIGNER_ROLE"]),
    ],
)
def test_an_authority_signs_for_a_closed_party_that_nobody_succeeds(by: Any, decision: Any, codes: list[str]) -> None:
    bench = Bench()
    bench.amend(GENERATOR, SICHUAN, **CLOSED)
    _site(bench, GENERATOR, [by], **decision)
    assert bench.codes() == codes


@pytest.mark.parametrize(
    ("amendments", "codes"),
    [
        ([CLOSED, CLOSED], ["5 PARTY_STATE"]),
        ([{"reopen": True}], ["4 PARTY_STATE"]),
        ([CLOSED, {"reopen": True}, CLOSED], []),
        ([{"successor": RECEIVER[0]}], ["4 PARTY_STATE"]),
        ([CLOSED | {"successor": GUANGDONG}], ["4 PARTY_UNKNOWN"]),
        ([CLOSED | {"successor": GENERATOR[0]}], ["4 PARTY_STATE"]),
        ([{}], ["4 MISSING"]),
        ([{"name": "新名（虚构）"}], []),
    ],
)
def test_states_of_a_party(amendments: list[dict[str, Any]], codes: list[str]) -> None:
    bench = Bench()
    for amendment in amendments:
        bench.amend(GENERATOR, SICHUAN, **amendment)
    assert bench.codes() == codes


def test_keys_and_delegations_of_a_closed_party_are_its_own_alone() -> None:
    bench = Bench()
    bench.amend(GENERATOR, SICHUAN, **CLOSED, successor=RECEIVER[0])
    _delegate(bench, GENERATOR, [RECEIVER], tags=[["ON_BEHALF"]])
    assert bench.codes() == ["5 SIGNER_ROLE"]


@pytest.mark.parametrize("by", [RECEIVER, CARRIER])
def test_nobody_opens_a_chain_in_the_name_of_a_closed_party(by: Any) -> None:
    """Neither its successor nor its delegate."""
    bench = Bench()
    bench.party("delegation.grant", GENERATOR, {"delegate": CARRIER[0], "kinds": ["approval.apply"]})
    bench.amend(GENERATOR, SICHUAN, **CLOSED, successor=RECEIVER[0])
    principal = GENERATOR[0] if by == CARRIER else None
    bench.post("approval.apply", f"approval/{GENERATOR[0]}/{'0' * 26}", _apply(), by, principal=principal, tags=[["ON_BEHALF"]])
    assert bench.codes() == ["6 PARTY_CLOSED"]


def test_a_circle_of_successors_is_found() -> None:
    bench = Bench()
    bench.amend(GENERATOR, SICHUAN, **CLOSED, successor=RECEIVER[0])
    bench.amend(RECEIVER, CHONGQING, **CLOSED, successor=GENERATOR[0])
    assert bench.codes() == ["5 PARTY_STATE"]


def test_an_authority_is_not_amended() -> None:
    bench = Bench()
    bench.party("party.amend", SICHUAN, {"reason": "x", "name": "y"}, SICHUAN)
    assert bench.codes() == ["4 CHAIN_OWNER"]


# --- sites, readers, issuers


@pytest.mark.parametrize(
    ("division", "by", "more", "codes"),
    [
        ("510112", [GENERATOR], {}, []),
        ("510112", [GENERATOR, CHONGQING], {}, ["4 SIGNER_EXTRA"]),
        ("500116", [GENERATOR], {}, ["4 SIGNER_MISSING"]),
        ("500116", [GENERATOR, CHONGQING], {}, []),
        ("500116", [GENERATOR, SICHUAN], {}, ["4 SIGNER_ROLE"]),
        ("500116", [CHONGQING], {"closed_on": "2026-11-02"}, []),
        ("500116", [GENERATOR], {"closed_on": "2026-11-02"}, []),
        ("500116", [SICHUAN], {"closed_on": "2026-11-02"}, ["4 SIGNER_ROLE"]),
    ],
)
def test_a_site_in_another_province_has_the_word_of_its_authority(division: str, by: Any, more: Any, codes: list[str]) -> None:
    bench = Bench()
    bench.party("party.site", GENERATOR, {"site": "a", "name": "分厂", "division": division, "address": "x", **more}, *by)
    assert bench.codes() == codes


@pytest.mark.parametrize(
    ("owner", "body", "codes"),
    [
        (SICHUAN, {"regions": ["51", "5101"]}, []),
        (SICHUAN, {"regions": ["50"]}, ["4 ACCESS_REGION"]),
        (SICHUAN, {"regions": ["51"], "reader": GUANGDONG}, ["4 PARTY_UNKNOWN"]),
        (GENERATOR, {"regions": ["51"]}, ["4 ACCESS_ROLE"]),
    ],
)
def test_an_authority_opens_its_own_regions(owner: Any, body: Any, codes: list[str]) -> None:
    bench = Bench()
    bench.party("access.grant", owner, {"reader": CARRIER[0], "topics": ["manifest"], "reason": "x", **body})
    assert bench.codes() == codes


def test_access_ends_once() -> None:
    bench = Bench()
    bench.party("access.grant", SICHUAN, {"reader": CARRIER[0], "topics": ["manifest"], "regions": ["51"], "reason": "x"})
    for _ in range(2):
        bench.party("access.revoke", SICHUAN, {"reader": CARRIER[0], "reason": "x"})
    assert bench.codes() == ["6 ACCESS_UNKNOWN"]


ISSUER = {"use": "pdf", "valid_from": "2026-11-01", "valid_to": "2028-10-31"}


def _certificate(key: Any, of: Any) -> str:
    """Self-signed, for the public key ``of``."""
    name, day = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "liandan 打印（虚构）")]), datetime(2026, 11, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    builder = builder.not_valid_before(day).not_valid_after(day.replace(year=2028)).public_key(of.public_key())
    return str(v1.b64(builder.sign(key, None).public_bytes(serialization.Encoding.DER)))


@pytest.mark.parametrize("change", [None, "cert", "der", "twice", "party", "owner"])
def test_an_issuer_s_key_is_registered_once_with_its_certificate(change: str | None) -> None:
    bench = Bench()
    private = NEW._private
    of = ec.derive_private_key(7, ec.SECP256R1()) if change == "cert" else private
    cert = {"cert": "AAAA"} if change == "der" else {"cert": _certificate(private, of)}
    key = GENERATOR[1] if change == "party" else NEW
    body = v1.registration(key, bench.log.found, GENERATOR[0] if change == "owner" else OPERATOR[0])
    for _ in range(2 if change == "twice" else 1):
        bench.post("issuer.key", "log/issuers", {**ISSUER, **body, **({} if change == "party" else cert)}, OPERATOR)
    codes = {
        "cert": "4 ISSUER_CERT",
        "der": "4 ISSUER_CERT",
        "twice": "5 KEY_REGISTERED",
        "party": "4 KEY_REGISTERED",
        "owner": "4 POSSESSION_WRONG",
    }
    assert bench.codes() == ([codes[change]] if change else [])


def test_a_party_does_not_register_an_issuer_s_key_and_a_retired_one_stays_retired() -> None:
    bench = Bench()
    bench.post("issuer.key", "log/issuers", {**ISSUER, **v1.registration(NEW, bench.log.found, OPERATOR[0])}, OPERATOR)
    for _ in range(2):
        bench.post("issuer.retire", "log/issuers", {"keyid": NEW.keyid, "reason": "x"}, OPERATOR)
    bench.key(GENERATOR, NEW)
    assert bench.codes() == ["6 KEY_UNKNOWN", "7 KEY_REGISTERED"]


# --- delegates and foreign places


def test_a_delegate_acts_under_the_principal_s_name_and_says_so() -> None:
    for tags, codes in (([["ON_BEHALF"]], []), ([], ["5 DECISION_WRONG"])):
        bench = Bench()
        bench.party("delegation.grant", GENERATOR, {"delegate": CARRIER[0], "kinds": ["approval.apply"]})
        bench.post("approval.apply", f"approval/{GENERATOR[0]}/{'0' * 26}", _apply(), CARRIER, principal=GENERATOR[0], tags=tags)
        assert bench.codes() == codes


@pytest.mark.parametrize(("kind", "chain"), [("party.site", "party/{}"), ("access.grant", "party/{}")])
def test_some_kinds_know_no_delegate(kind: str, chain: str) -> None:
    bench = Bench()
    bench.party("delegation.grant", GENERATOR, {"delegate": CARRIER[0], "kinds": [kind]})
    site = {"site": "a", "name": "分厂", "division": "510112", "address": "x"}
    reader = {"reader": CARRIER[0], "regions": ["51"], "topics": ["manifest"], "reason": "x"}
    body = site if kind == "party.site" else reader
    bench.post(kind, chain.format(GENERATOR[0]), body, CARRIER, principal=GENERATOR[0], tags=[["ON_BEHALF"]])
    assert ("5 DELEGATION_MISSING" in bench.codes()) == (kind == "access.grant")


@pytest.mark.parametrize(("tags", "codes"), [([["FOREIGN"]], []), ([], ["4 DECISION_WRONG"])])
def test_any_authority_registers_a_foreign_party_and_the_tag_says_so(tags: Any, codes: list[str]) -> None:
    bench = Bench()
    body = {"name": "广东单位（虚构）", "keys": [v1.registration(NEW, bench.log.found, GUANGDONG)]}
    bench.post("party.register", f"party/{GUANGDONG}", body, CHONGQING, tags=tags)
    assert bench.codes() == codes


def test_a_role_behind_the_first_may_stay_empty_where_its_holder_is_gone() -> None:
    """No kind of this version has such a role yet; consents of later ones do."""
    closed = {"a": SimpleNamespace(closed=True, successor=""), "b": SimpleNamespace(closed=True, successor="c")}
    parties = audit.Parties(None)
    parties.members = closed
    gone = importlib.import_module("liandan_reader.roles")._is_gone
    assert (gone(parties, "a"), gone(parties, "b"), gone(parties, "c")) == (True, False, False)
