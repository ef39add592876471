"""The small log of the vectors: founding, three parties, key changes, adoptions, a permit, two manifests. All names are fictitious.

Entries 0 to 10 are acts of log and parties alone. The decisions on permit and manifests are examples of form that follow no rules.
"""

from __future__ import annotations

from datetime import datetime

import bodies
import bytes_v1 as v1
from writer import Act, Log

ORIGIN = "liandan.example/vectors-2026"
RULESET = "liandan-2026.1"
OPERATOR = v1.uscc("125000000000FX900")
SICHUAN = v1.uscc("115100000000FX510")
CHONGQING = v1.uscc("115000000000FX500")
GUIZHOU = v1.uscc("115200000000FX520")
GENERATOR = "915101120000FX029E"
CARRIER = "915001050000FX045U"
RECEIVER = "915001160000FX0107"

KEYS = {
    name: v1.key(name, suite)
    for name, suite in {
        "operator": "ed25519",
        "sichuan": "ed25519",
        "chongqing": "ecdsa-p256-sha256",
        "guizhou": "ed25519",
        "generator": "ed25519",
        "generator-2": "ecdsa-p256-sha256",
        "carrier": "ecdsa-p256-sha256",
        "carrier-2": "ed25519",
        "receiver": "ed25519",
        "receiver-2": "ecdsa-p256-sha256",
        "stranger": "ed25519",
    }.items()
}
OWNERS = {
    "operator": OPERATOR,
    "sichuan": SICHUAN,
    "chongqing": CHONGQING,
    "guizhou": GUIZHOU,
    "generator": GENERATOR,
    "generator-2": GENERATOR,
    "carrier": CARRIER,
    "carrier-2": CARRIER,
    "receiver": RECEIVER,
    "receiver-2": RECEIVER,
}
LOG_KEY = v1.key("log")
WITNESSES = {"sichuan.example/witness": v1.key("witness sichuan"), "chongqing.example/witness": v1.key("witness chongqing")}
PERMIT = f"permit/{RECEIVER}/01KB2Z8Q6V0000000000000001"
MANIFEST = f"manifest/{GENERATOR}/01KB2Z8Q6V0000000000000002"
MANIFEST_2 = f"manifest/{GENERATOR}/01KB2Z8Q6V0000000000000003"


def clock(time: str) -> str:
    """A time of day of 2 November 2026, Asia/Shanghai."""
    return f"2026-11-02T{time}+08:00"


def stamps(time: str) -> dict[str, int]:
    """Witness timestamps one and two seconds after a time of day."""
    at = int(datetime.fromisoformat(clock(time)).timestamp())
    return {name: at + 1 + i for i, name in enumerate(WITNESSES)}


def signer(name: str) -> tuple[str, v1.Key]:
    return OWNERS[name], KEYS[name]


def signers(*names: str) -> tuple[tuple[str, v1.Key], ...]:
    return tuple(signer(name) for name in names)


CALENDAR = v1.compact({"name": "workdays-2026", "version": "1", "holidays": ["2026-10-01"], "workdays": ["2026-10-10"]})
"""An example of a file, not of the form of calendars."""


def witness_policy() -> list[str]:
    lines = [f"witness {name.partition('.')[0]} {v1.vkey(name, 4, key.raw)}" for name, key in WITNESSES.items()]
    return [*lines, "group both all sichuan chongqing", "quorum both"]


def _member(name: str, title: str, origin: str) -> dict[str, object]:
    return {"uscc": OWNERS[name], "name": title, "keys": [v1.registration(KEYS[name], origin, OWNERS[name])]}


def founding(log: Log, clock_mode: str = "real", calendar: bytes = CALENDAR) -> Act:
    """The statement that pins everything; ``calendar`` is its one data set."""
    ruleset = log.adopt(v1.compact({"name": "liandan", "version": RULESET, "unicode": "14.0.0"}) + b"\n")
    workdays = log.adopt(calendar)
    log.ruleset = RULESET
    body = {
        "origin": log.origin,
        "nonce": v1.b64(v1.sha256(b"nonce " + log.origin.encode())),
        "log_keys": [v1.vkey(log.origin, 1, log.log_key.raw)],
        "operator": _member("operator", "川渝联单运行中心（虚构）", log.origin),
        "authorities": [
            {**_member("sichuan", "四川省生态环境厅（虚构）", log.origin), "regions": ["51"]},
            {**_member("chongqing", "重庆市生态环境局（虚构）", log.origin), "regions": ["50"]},
        ],
        "ruleset": {"name": "liandan", "version": RULESET, "sha256": ruleset},
        "data": [{"name": "workdays-2026", "version": "1", "sha256": workdays}],
        "witness_policy": witness_policy(),
        "clock": clock_mode,
    }
    return Act("log.found/1", "log/main", body, signers("operator", "sichuan", "chongqing"), clock("08:00:00"))


def parties(log: Log) -> None:
    """Generator, carrier and receiver, and a checkpoint."""

    def register(name: str, title: str, authority: str, spaced: bool = False) -> Act:
        party = OWNERS[name]
        body = {"name": title, "keys": [v1.registration(KEYS[name], log.found, party)]}
        return Act("party.register/1", f"party/{party}", body, signers(authority), clock("08:04:00"), spaced=spaced)

    log.add(register("generator", "成都锦江精细化工有限公司（虚构）", "sichuan"), clock("08:05:00"))
    log.add(register("carrier", "重庆两江危货运输有限公司（虚构）", "chongqing", spaced=True), clock("08:05:00"))
    log.add(register("receiver", "重庆涪江环保科技有限公司（虚构）", "chongqing"), clock("08:05:01"))
    log.checkpoint(stamps("08:05:10"))


def _keys(log: Log) -> None:
    def change(kind: str, owner: str, body: dict[str, object], by: str, seen: dict[str, object] | None = None) -> Act:
        return Act(kind, f"party/{owner}", body, signers(by), clock("08:10:00"), seen=seen)

    seen = {"size": 4, "root": v1.b64(v1.tree_root(log.leaves))}
    second = v1.registration(KEYS["generator-2"], log.found, GENERATOR)
    log.add(change("key.add/1", GENERATOR, {"key": second}, "generator", seen), clock("08:10:02"))
    workdays = log.adopt(v1.compact({"name": "workdays-2027", "version": "1", "holidays": ["2027-01-01"], "workdays": []}))
    adoption = {"name": "workdays-2027", "version": "1", "sha256": workdays}
    everyone = signers("operator", "sichuan", "chongqing")
    log.add(Act("data.adopt/1", "log/main", adoption, everyone, clock("08:10:00")), clock("08:10:03"))
    rotated = {"old": KEYS["receiver"].keyid, "key": v1.registration(KEYS["receiver-2"], log.found, RECEIVER)}
    log.add(change("key.rotate/1", RECEIVER, rotated, "receiver"), clock("08:10:03"))
    recovered = {"key": v1.registration(KEYS["carrier-2"], log.found, CARRIER)}
    log.add(change("key.add/1", CARRIER, recovered, "chongqing"), clock("08:10:04"), alerts=[["H", "KEY_BY_AUTHORITY"]])
    revoked = {"keyid": KEYS["carrier"].keyid, "reason": "密钥介质遗失"}
    log.add(change("key.revoke/1", CARRIER, revoked, "carrier"), clock("08:10:05"))
    log.checkpoint(stamps("08:10:20"))


def _pages_and_authorities(log: Log) -> None:
    item = {
        "statement": v1.sha256(b"a statement that was refused").hex(),
        "by": [GENERATOR],
        "kind": "manifest.issue/1",
        "codes": ["KEY_NOT_VALID", "STATEMENT_STALE"],
        "size": 9,
        "at": clock("08:59:10"),
    }
    page = {"hour": "2026-11-02T08", "page": 0, "of": 1, "items": [item]}
    log.add(Act("log.refusals/1", "log/refusals", page, signers("operator"), clock("09:00:30")), clock("09:00:31"))
    keys = [v1.registration(KEYS["guizhou"], log.found, GUIZHOU)]
    third = {"uscc": GUIZHOU, "name": "贵州省生态环境厅（虚构）", "regions": ["52"], "keys": keys}
    log.add(Act("authority.admit/1", "log/main", third, signers("operator", "sichuan", "chongqing"), clock("09:00:40")), clock("09:00:41"))


def _housekeeping(log: Log) -> None:
    body = {"delegate": CARRIER, "kinds": ["manifest.issue"]}
    grant = Act("delegation.grant/1", f"party/{GENERATOR}", body, signers("generator-2"), clock("09:00:50"))
    log.add(grant, clock("09:00:51"), [f"party/{CARRIER}"])
    erased = {"statement": log.hashes[8], "field": "driver.name"}
    log.add(Act("pd.erase/1", "log/erasures", erased, signers("operator"), clock("09:01:00")), clock("09:01:00"))
    ruleset = log.adopt(v1.compact({"name": "liandan", "version": "liandan-2026.2", "unicode": "14.0.0"}) + b"\n")
    adoption = {"name": "liandan", "version": "liandan-2026.2", "sha256": ruleset}
    everyone = signers("operator", "sichuan", "chongqing", "guizhou")
    log.add(Act("ruleset.adopt/1", "log/main", adoption, everyone, clock("09:01:00")), clock("09:01:05"))
    log.ruleset = "liandan-2026.2"
    log.checkpoint(stamps("09:01:10"))


def _custody(log: Log) -> None:
    log.add(Act("permit.grant/1", PERMIT, bodies.permit(), signers("chongqing"), clock("09:30:00")), clock("09:30:01"))

    def issue(mass: str) -> dict[str, object]:
        commit = {"driver.name": v1.sha256(b"salted").hex()}
        return bodies.issue(RECEIVER, PERMIT, [bodies.line(mass)], carriers=[CARRIER], commit=commit)

    account = f"Q3 {PERMIT}"
    first = Act("manifest.issue/1", MANIFEST, issue("5.600000"), signers("generator"), clock("09:40:00"))
    row = {"account": account, "before_g": 0, "after_g": 5_600_000}
    tags = [["DANGEROUS_GOODS"], ["WORKDAYS_LEFT", 12]]
    alerts = [["L", "PLAN_MISSING"]]
    log.add(first, clock("09:40:02"), [PERMIT], route="PILOT387", tags=tags, alerts=alerts, accounts=[row])
    loaded = bodies.depart(GENERATOR, {"line": 0, "mass_t": "5.580000"})
    depart = Act("manifest.depart/1", MANIFEST, loaded, (*signers("generator"), (CARRIER, KEYS["carrier-2"])), clock("10:00:00"))
    log.add(depart, clock("13:30:00"), [PERMIT], tags=[["LATE", 12_600]])
    delegated = Act("manifest.issue/1", MANIFEST_2, issue("2.000001"), signers("carrier-2"), clock("13:31:00"), principal=GENERATOR)
    row = {"account": account, "prev_index": 15, "before_g": 5_600_000, "after_g": 7_600_001}
    signed = {"tags": [["ON_BEHALF"]], "route": "PILOT387"}
    log.add(delegated, clock("13:31:01"), [PERMIT, f"party/{GENERATOR}"], accounts=[row], **signed)


def _witnesses(log: Log) -> None:
    policy = {"witness_policy": [*witness_policy()[:2], "group some any sichuan chongqing", "quorum some"]}
    everyone = signers("operator", "sichuan", "chongqing", "guizhou")
    log.add(Act("witness.set/1", "log/main", policy, everyone, clock("13:41:00")), clock("13:41:01"))
    log.checkpoint(stamps("13:41:10"))


def small_log() -> Log:
    """Nineteen entries and five cosigned checkpoints."""
    log = Log(ORIGIN, LOG_KEY, WITNESSES)
    log.add(founding(log), clock("08:00:05"))
    log.checkpoint(stamps("08:00:10"))
    parties(log)
    _keys(log)
    _pages_and_authorities(log)
    _housekeeping(log)
    _custody(log)
    _witnesses(log)
    return log


def closed_log() -> Log:
    """A log of two entries that was closed."""
    log = Log("liandan.example/vectors-closed", v1.key("log closed"), WITNESSES)
    log.add(founding(log), clock("08:00:05"))
    body = {"successor_origin": "liandan.example/vectors-2027"}
    log.add(Act("log.close/1", "log/main", body, signers("operator", "sichuan", "chongqing"), clock("08:01:00")), clock("08:01:01"))
    log.checkpoint(stamps("08:01:10"))
    return log
