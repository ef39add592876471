"""Founding, keys, parties that close, sites, delegates, readers, issuers; a cut that came early, so that its root hangs on no rule."""

from __future__ import annotations

from typing import Any

from ledger.admission.personality import CURRENT, RULESETS
from tests.vectors.corpus import bodies
from tests.vectors.corpus.people import (
    CARRIER,
    CHONGQING,
    EXEMPT_USER,
    FIRMS,
    GENERATOR,
    GENERATOR_44,
    GONE,
    GUIZHOU,
    LATE_COMER,
    LOG_KEY,
    OPERATOR,
    ORIGIN,
    SICHUAN,
    SUCCEEDED,
    WITNESSES,
    Person,
    authority_of,
)
from tests.vectors.corpus.scene import Scene
from tests.vectors.forger import v1, writer
from whitelist.adopted import data_files

FOUNDERS = (OPERATOR, SICHUAN, CHONGQING)
PHONE, SPARE, LOST = v1.key("corpus phone"), v1.key("corpus spare", "ecdsa-p256-sha256"), v1.key("corpus lost")
ISSUER = v1.key("corpus issuer")
HANDLER = {"commit": {"handler.name": v1.sha256(b"salted handler").hex(), "handler.phone": v1.sha256(b"salted phone").hex()}}


def _policy(quorum: str) -> list[str]:
    lines = [f"witness {name.partition('.')[0]} {v1.vkey(name, 4, key.raw)}" for name, key in WITNESSES.items()]
    return [*lines, f"group both {quorum} sichuan chongqing", "quorum both"]


def _member(person: Person, x: str) -> dict[str, Any]:
    return {"uscc": person.uscc, "name": person.title, "keys": [v1.registration(person.key, x, person.uscc)]}


def _register(scene: Scene, person: Person) -> writer.Act:
    body = {"name": person.title, "keys": [v1.registration(person.key, scene.log.found, person.uscc)]}
    return writer.Act("party.register/1", f"party/{person.uscc}", body, (authority_of(person).signer,), scene.clock(seconds=5))


def found(scene: Scene) -> None:
    """The log with all its data; the first party is cut away and comes again."""
    log = scene.log
    ruleset = log.adopt(RULESETS[CURRENT].file)
    data = [{"name": file.name, "version": file.version, "sha256": log.adopt(file.path.read_bytes())} for file in data_files()]
    log.ruleset = CURRENT
    regions = ((SICHUAN, ["51"]), (CHONGQING, ["50"]))
    body = {"origin": ORIGIN, "nonce": v1.b64(v1.sha256(b"nonce corpus")), "log_keys": [v1.vkey(ORIGIN, 1, LOG_KEY.raw)]}
    body |= {"operator": _member(OPERATOR, ORIGIN), "authorities": [_member(person, ORIGIN) | {"regions": at} for person, at in regions]}
    body |= {"ruleset": {"name": "liandan", "version": CURRENT, "sha256": ruleset}, "data": data}
    scene.post("log.found", "log/main", body | {"witness_policy": _policy("all"), "clock": "real"}, *FOUNDERS)
    scene.checkpoint()
    first = _register(scene, GENERATOR)
    tail = log.adopt(f"{v1.statement_hash(writer.body_bytes(first, *log.next_link(first.chain)))} {scene.clock()}\n".encode())
    cut = {"size": 1, "root": v1.b64(v1.tree_root(log.leaves)), "tail": tail}
    scene.go_to("2026-11-02T08:20:05")
    scene.post("log.cut", "log/main", cut, *FOUNDERS)
    log.post(first, scene.clock())
    for person in FIRMS[1:]:
        log.post(_register(scene, person), scene.clock())
    scene.now = scene.now.replace(minute=30)
    scene.checkpoint()


def grow(scene: Scene) -> None:
    """What the log itself can become: another authority, data, witnesses, ruleset."""
    log = scene.log
    body = _member(GUIZHOU, log.found) | {"regions": ["52"]}
    scene.post("authority.admit", "log/main", body, *FOUNDERS)
    everyone = (*FOUNDERS, GUIZHOU)
    thresholds = next(file for file in data_files() if file.name == "thresholds")
    raw = thresholds.path.read_bytes().replace(b'"truck_max_t": 49', b'"truck_max_t": 50')
    scene.post("data.adopt", "log/main", {"name": "thresholds", "version": "corpus", "sha256": log.adopt(raw)}, *everyone)
    pin = {"name": "liandan", "version": CURRENT, "sha256": log.adopt(RULESETS[CURRENT].file)}
    scene.post("ruleset.adopt", "log/main", pin, *everyone)
    scene.post("witness.set", "log/main", {"witness_policy": _policy("any")}, *everyone)


def keys(scene: Scene) -> None:
    """Added, scoped, recovered, rotated, revoked; delegates; a foreign firm."""
    log, own = scene.log, f"party/{GENERATOR.uscc}"
    seen = {"size": 1, "root": v1.b64(v1.tree_root(log.leaves[:1]))}
    scoped = {"kinds": ["manifest.depart", "manifest.issue"], "until": "2026-12-31T23:59:59+08:00", "device": "phone", "label": "门卫手机"}
    key = v1.registration(PHONE, log.found, GENERATOR.uscc)
    scene.post("key.add", own, {"key": key, **scoped, **HANDLER}, GENERATOR, seen=seen)
    scene.post("key.add", own, {"key": v1.registration(LOST, log.found, GENERATOR.uscc)}, SICHUAN)
    rotated = {"old": LOST.keyid, "key": v1.registration(SPARE, log.found, GENERATOR.uscc), **HANDLER}
    scene.post("key.rotate", own, rotated, GENERATOR.with_key(LOST))
    scene.post("key.revoke", own, {"keyid": SPARE.keyid, "reason": "密钥介质遗失", **HANDLER}, GENERATOR)
    scene.post("party.register", f"party/{GENERATOR_44.uscc}", _register(scene, GENERATOR_44).body, CHONGQING)
    grant = {"delegate": EXEMPT_USER.uscc, "kinds": ["manifest.issue", "party.site"], "until": "2026-12-31T23:59:59+08:00"}
    scene.post("delegation.grant", own, grant | {"document": "授权书（虚构）1号", "file": bodies.file("授权书.pdf")}, GENERATOR)
    scene.post("delegation.grant", own, {"delegate": CARRIER.uscc, "kinds": ["manifest.void"]}, GENERATOR)
    scene.post("delegation.revoke", own, {"delegate": CARRIER.uscc, "reason": "合同终止（虚构）"}, GENERATOR)


def site(name: str, division: str, **more: Any) -> dict[str, Any]:
    """经营场所."""
    return {"site": name, "name": "分厂（虚构）", "division": division, "address": "虚构路9号", **more}


def lives(scene: Scene) -> None:
    """Names, sites at home and in another province, closings with and without a successor, readers."""
    own, old, gone = (f"party/{person.uscc}" for person in (GENERATOR, SUCCEEDED, GONE))
    scene.post("party.site", own, site("west", "500116", plan_class="key"), GENERATOR, CHONGQING)
    scene.post("party.site", own, site("east", "510112", plan_class="registered"), EXEMPT_USER, principal=GENERATOR)
    scene.post("party.amend", own, {"name": "成都锦江新能源有限公司（虚构）", "reason": "更名（虚构）"}, SICHUAN)
    closing = {"closed_on": "2026-11-01", "reason": "注销（虚构）"}
    scene.post("party.amend", old, closing | {"successor": GENERATOR.uscc, "file": bodies.file("注销.pdf")}, SICHUAN)
    scene.post("party.site", old, site("old", "510112"), GENERATOR)
    scene.post("party.amend", gone, closing, SICHUAN)
    scene.post("party.site", gone, site("gone", "510112"), SICHUAN)
    scene.post("party.amend", gone, {"reopen": True, "reason": "恢复（虚构）"}, SICHUAN)
    scene.post("party.site", own, site("west", "500116", closed_on="2026-11-02"), CHONGQING)
    reading = {"regions": ["5101"], "topics": ["manifest", "incident"], "until": "2027-12-31T23:59:59+08:00", "reason": "执法检查（虚构）"}
    scene.post("access.grant", f"party/{SICHUAN.uscc}", {"reader": CARRIER.uscc, **reading}, SICHUAN)
    scene.post("access.revoke", f"party/{SICHUAN.uscc}", {"reader": CARRIER.uscc, "reason": "检查结束（虚构）"}, SICHUAN)


def issuers(scene: Scene) -> None:
    """Keys that sign documents and claims."""
    for use, key in (("pdf", ISSUER), ("claim", v1.key("corpus claims"))):
        registration = v1.registration(key, scene.log.found, OPERATOR.uscc)
        cert = {"cert": v1.b64(v1.certificate(key))} if use == "pdf" else {}
        body = {"use": use, **registration, **cert, "valid_from": "2026-11-02", "valid_to": "2028-12-31"}
        scene.post("issuer.key", "log/issuers", body, OPERATOR)
    retired = {"keyid": ISSUER.keyid, "reason": "更换证书（虚构）", "since_at": scene.clock(minutes=1)}
    scene.post("issuer.retire", "log/issuers", retired, OPERATOR)


def late_comer(scene: Scene) -> None:
    """A second party of the same day, and a page of refusals."""
    scene.log.post(_register(scene, LATE_COMER), scene.clock())
