"""The changes of a hostile operator, one at a time, each sealed by ``forger``: form, links, signers, admissions, notes (acts: ``forged_acts``)."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.vectors import second_reader
from tests.vectors.forger import Forgery, acts, body_with, setting, signed_by, story, v1, writer

STRANGER = ("915105000000FX0537", story.KEYS["stranger"])
CARRIER, TAKING = story.signer("carrier"), (acts.TAKING, acts.TAKING_KEY)
NOWHERE = f"Q3 permit/{story.RECEIVER}/{acts.ULID}99"


def by(*signers: Any) -> Callable[[Any], Any]:
    return lambda act: replace(act, by=signers)


def when(time: str) -> Callable[[Any], Any]:
    return lambda act: replace(act, at=time if "T" in time else story.clock(time))


def act_with(**changes: Any) -> Callable[[Any], Any]:
    return lambda act: replace(act, **changes)


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        assert old in raw, "the forgery changes something"
        return raw.replace(old, new, 1)

    return change


def row(position: int, **changes: Any) -> Callable[[Any], Any]:
    """Changes an account row of the admission; ``None`` removes a field."""

    def change(admission: Any) -> Any:
        rows = admission["decision"]["accounts"]
        rows[position] = {name: value for name, value in (rows[position] | changes).items() if value is not None}
        rows.sort(key=lambda item: str(item["account"]))
        return admission

    return change


def resigned(change: Callable[[bytes], bytes], position: int = 0) -> Callable[[Any], Any]:
    """Changes the bytes of one signature."""

    def apply(frozen: Any) -> Any:
        item = frozen["signatures"][position]
        item["sig"] = b64encode(change(b64decode(item["sig"]))).decode()
        return frozen

    return apply


def _beyond_order(signature: bytes) -> bytes:
    return signature[:32] + (int.from_bytes(signature[32:], "little") + second_reader.audit.L).to_bytes(32, "little")


def _high_half(signature: bytes) -> bytes:
    return signature[:32] + (second_reader.audit.PN - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")


def _reversed_signatures(frozen: Any) -> Any:
    return frozen | {"signatures": frozen["signatures"][::-1]}


def appended(kind: str, chain: str, body: Any, *signers: Any, time: str = "16:55:00", **more: Any) -> Callable[[Any], None]:
    """One more statement at the end of the log."""
    admission = {name: more.pop(name) for name in ("facts", "tags", "alerts", "accounts", "route") if name in more}
    admitted = more.pop("admitted", "16:55:01")

    def grow(log: Any) -> None:
        log.add(writer.Act(f"{kind}/1", chain, body, signers, story.clock(time), **more), story.clock(admitted), **admission)

    return grow


def _after_close(log: Any) -> None:
    everyone = story.signers(*acts.FOUNDERS)
    appended("log.close", "log/main", {"successor_origin": "liandan.example/next"}, *everyone)(log)
    log.forged = len(log.entries)
    appended("data.adopt", "log/main", {"name": "more", "version": "1", "sha256": log.adopt(b"more")}, *everyone)(log)


def _signed_by_a_revoked_key(log: Any) -> None:
    body = {"keyid": story.KEYS["carrier"].keyid, "reason": "停用（虚构）"}
    appended("key.revoke", f"party/{story.CARRIER}", body, CARRIER)(log)
    log.forged = len(log.entries)
    appended("delegation.grant", f"party/{story.CARRIER}", {"delegate": acts.TAKING, "kinds": ["manifest.issue"]}, CARRIER)(log)


def _registers(key: Any, owner: str, x: str = "", **more: Any) -> Callable[[Any], None]:
    """``key.add`` for a party, possession proved in the light of ``x`` (this log)."""

    def grow(log: Any) -> None:
        signer = next(signer for signer in (story.signer("generator"), CARRIER, story.signer("sichuan")) if signer[0] == more["by"])
        body = {"key": v1.registration(key, x or log.found, owner)}
        appended("key.add", f"party/{owner}", body, signer)(log)

    return grow


def _witness_with_a_party_s_key(log: Any) -> None:
    policy = [f"witness sichuan {v1.vkey('w.example', 4, story.KEYS['generator'].raw)}", "quorum sichuan"]
    appended("witness.set", "log/main", {"witness_policy": policy}, *story.signers(*acts.FOUNDERS))(log)


def _rotated_by_the_new_key(log: Any) -> None:
    new = v1.key("new")
    body = {"old": story.KEYS["generator"].keyid, "key": v1.registration(new, log.found, story.GENERATOR)}
    appended("key.rotate", f"party/{story.GENERATOR}", body, (story.GENERATOR, new))(log)


def _revoked_twice(log: Any) -> None:
    revoke = appended(
        "key.revoke", f"party/{story.CARRIER}", {"keyid": CARRIER[1].keyid, "reason": "停用（虚构）"}, story.signer("chongqing")
    )
    revoke(log)
    log.forged = len(log.entries)
    revoke(log)


def _by_a_former_delegate(log: Any) -> None:
    """``acts.py`` grants and revokes the carrier's right to issue for the generator."""
    body = {"reason": "撤销（虚构）"}
    appended("manifest.void", acts.MANIFEST, body, CARRIER, principal=story.GENERATOR)(log)


def _page(**changes: Any) -> Callable[[Any], None]:
    item = {"statement": "0" * 64, "by": [story.GENERATOR], "kind": "manifest.void/1", "codes": ["USCC"], "size": 9}
    item |= {"at": story.clock("15:30:00")} | changes.pop("item", {})
    return appended(
        "log.refusals", "log/refusals", {"hour": "2026-11-02T15", "page": 0, "of": 1, "items": [item]} | changes, story.signer("operator")
    )


def _note_lines(change: Callable[[str, list[str]], list[str]]) -> Callable[[bytes], bytes]:
    def apply(note: bytes) -> bytes:
        text, _, tail = note.decode().partition("\n\n")
        return f"{text}\n\n{''.join(change(text + chr(10), tail.splitlines(keepends=True)))}".encode()

    return apply


def _stamped(stamp: int) -> Callable[[bytes], bytes]:
    def change(text: str, lines: list[str]) -> list[str]:
        names = [line.split(" ")[1] for line in lines[1:]]
        return [lines[0], *(v1.witness_line(name, story.WITNESSES[name], text, stamp) for name in names)]

    return _note_lines(change)


def _resealed(text_of: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """Another text of the checkpoint, signed by the log's own key."""

    def apply(note: bytes) -> bytes:
        text = text_of(note.decode().partition("\n\n")[0] + "\n")
        return (text + "\n" + v1.log_line(acts.ORIGIN, story.LOG_KEY, text)).encode()

    return apply


MOVED = {"seq": 5, "hash": "0" * 64}


def _as(log: Any, name: str) -> Any:
    """The log as the wrong signer sees it: every signer becomes ``name``."""
    add = log.add
    log.add = lambda act, admitted, **more: add(replace(act, by=story.signers(name)), admitted, **more)
    return log


def _failing(line: str) -> str:
    name = line.split(" ")[1]
    return v1.witness_line(name, story.WITNESSES[name], "another text\n", 1_793_600_000)


FORGERIES = [
    # statements: who, when, where
    Forgery("a day and more old", "permit.suspend", act=when("2026-11-01T08:59:00+08:00")),
    Forgery("six minutes ahead", "permit.suspend", act=when("09:08:00")),
    Forgery("ahead by its offset", "permit.suspend", act=when("2026-11-02T09:01:00+07:00")),
    Forgery("no offset", "permit.suspend", act=when("2026-11-02T01:01:00Z")),
    Forgery("30 February", "permit.suspend", act=when("2026-02-30T09:01:00+08:00")),
    Forgery("custody backwards", "manifest.arrive", act=when("12:20:00")),
    Forgery("authority of another region", "permit.grant", act=signed_by("sichuan")),
    Forgery("list proposed by the other side", "list.propose", act=signed_by("chongqing")),
    Forgery("list countersigned by the same side", "list.countersign", act=signed_by("sichuan")),
    Forgery("decision by the destination", "approval.decide", act=signed_by("chongqing")),
    Forgery("a party that nobody registered", "manifest.void", act=by(STRANGER)),
    Forgery("another party's key", "manifest.verify", 1, act=by((story.GENERATOR, story.KEYS["carrier"]))),
    Forgery("an unregistered key", "manifest.verify", 1, act=by((story.GENERATOR, story.KEYS["stranger"]))),
    Forgery("an authority missing", "data.adopt", act=signed_by("operator", "sichuan")),
    Forgery("signers in another order", "data.adopt", act=signed_by("operator", "chongqing", "sichuan")),
    Forgery("one signer too many", "permit.suspend", act=signed_by("chongqing", "sichuan")),
    Forgery("voided by the carrier", "manifest.void", act=by(CARRIER)),
    Forgery("voided by the receiver", "manifest.void", act=signed_by("receiver")),
    Forgery("departure with another consignor", "manifest.depart", act=by(story.signer("receiver"), CARRIER)),
    Forgery("departure by the consignor alone", "manifest.depart", act=signed_by("generator")),
    Forgery("departure by an unnamed party alone", "manifest.depart", act=signed_by("receiver")),
    Forgery("handed over by a carrier that has nothing", "manifest.hand_over", act=by(TAKING, CARRIER)),
    Forgery("handed over by one carrier alone", "manifest.hand_over", act=by(CARRIER)),
    Forgery("transshipped by the carrier before", "manifest.transship", act=by(CARRIER)),
    Forgery("arrived with the carrier before", "manifest.arrive", act=by(CARRIER)),
    Forgery("received by the carrier", "manifest.receive", act=by(TAKING)),
    Forgery("received by a party not in the manifest", "manifest.receive", act=signed_by("sichuan")),
    Forgery("disposed of by the generator", "manifest.dispose", act=signed_by("generator")),
    Forgery("for somebody without a delegation", "manifest.void", act=lambda act: replace(act, by=(CARRIER,), principal=story.GENERATOR)),
    Forgery("for the signer itself", "manifest.void", act=act_with(principal=story.GENERATOR)),
    Forgery("seen: another root", "permit.suspend", act=act_with(seen={"size": 2, "root": v1.b64(bytes(32))})),
    Forgery("seen: the future", "permit.suspend", act=act_with(seen={"size": 900, "root": v1.b64(bytes(32))})),
    Forgery("an unknown kind", "permit.suspend", act=act_with(kind="permit.pause/1")),
    Forgery("a kind of another chain", "permit.suspend", act=act_with(kind="manifest.arrive/1")),
    Forgery("a chain without check character", "permit.grant", act=act_with(chain=f"permit/915001160000FX0108/{acts.ULID}11")),
    Forgery("a chain of another form", "permit.grant", act=act_with(chain=f"permit/{story.RECEIVER}")),
    Forgery("a case without its trunk", "case.number", act=body_with(trunk=None)),
    Forgery("a case with a trunk act that is not there", "case.number", act=body_with(trunk=MOVED)),
    Forgery("a case with another hash of its trunk", "case.number", act=body_with(trunk={"seq": 0, "hash": "0" * 64})),
    Forgery("a case of a manifest that is not there", "case.number", act=act_with(chain=acts.CASE.replace("31/", "39/"))),
    Forgery("an adopted file that is missing", "data.adopt", act=body_with(sha256="0" * 64), where="0" * 64),
    Forgery("an unknown field in the body", "data.adopt", act=body_with(more=1)),
    Forgery("a field missing in the body", "data.adopt", act=body_with(version=None)),
    Forgery("a cut of another size", "log.cut", act=body_with(size=3)),
    Forgery("a cut with another root", "log.cut", act=body_with(root=v1.b64(bytes(32)))),
    Forgery("a cut without its tail", "log.cut", act=body_with(tail="0" * 64), where="0" * 64),
    # the signed text
    Forgery("a null", "permit.suspend", text=swap(b'"body":{', b'"body":{"note":null,')),
    Forgery("a key twice", "permit.suspend", text=swap(b'"body":{', b'"body":{"reason":"x",')),
    Forgery("a fraction", "case.number", text=swap(b'"seq":0,"hash"', b'"seq":0.0,"hash"')),
    Forgery("an invisible character", "permit.suspend", text=swap("例行".encode(), "例\u200b行".encode())),
    Forgery("not UTF-8", "permit.suspend", text=swap("例".encode(), b"\xff")),
    Forgery("an unknown field", "permit.suspend", text=swap(b'"body":{', b'"more":1,"body":{')),
    # links
    Forgery("a gap in the chain", "permit.suspend", link=lambda link: (link[0] + 1, link[1])),
    Forgery("a place taken twice", "permit.suspend", link=lambda link: (link[0] - 1, link[1])),
    Forgery("another prev", "permit.suspend", link=lambda link: (link[0], "0" * 64)),
    Forgery("the beginning of another log", "permit.grant", link=lambda link: (0, v1.genesis_prev("0" * 64, acts.PERMIT))),
    # envelopes
    Forgery("a signature over something else", "permit.suspend", frozen=resigned(lambda raw: bytes([raw[0] ^ 1]) + raw[1:])),
    Forgery("S beyond the order", "manifest.void", frozen=resigned(_beyond_order)),
    Forgery("the high half of s", "permit.suspend", frozen=resigned(_high_half)),
    Forgery("a short signature", "permit.suspend", frozen=resigned(lambda raw: raw[:-1])),
    Forgery("signatures in another order", "data.adopt", frozen=_reversed_signatures),
    Forgery("a signature missing", "data.adopt", frozen=lambda frozen: frozen | {"signatures": frozen["signatures"][:-1]}),
    Forgery(
        "the same signature twice",
        "data.adopt",
        frozen=lambda frozen: frozen | {"signatures": [*frozen["signatures"], frozen["signatures"][0]]},
    ),
    Forgery("a keyid in capitals", "permit.suspend", frozen=setting("signatures.0.keyid", story.KEYS["chongqing"].keyid.upper())),
    Forgery("another payload type", "permit.suspend", frozen=setting("payloadType", "application/json")),
    Forgery("base64 without padding", "permit.suspend", frozen=lambda frozen: frozen | {"payload": frozen["payload"].rstrip("=") + "A"}),
    # admissions
    Forgery("another index", "permit.suspend", admission=setting("index", 3)),
    Forgery("admitted before the entry before", "permit.suspend", admission=setting("at", story.clock("08:59:59"))),
    Forgery("admitted in another zone", "permit.suspend", admission=setting("at", "2026-11-02T10:01:05+09:00")),
    Forgery("admitted later than witnesses saw it", "permit.revoke", admission=setting("at", story.clock("16:15:30"))),
    Forgery("another ruleset", "permit.suspend", admission=setting("ruleset", "liandan-2026.0")),
    Forgery("an older fact", "approval.apply", admission=setting("facts.0.1", 0)),
    Forgery("a fact too many", "approval.apply", admission=setting("facts", [["log/main", 0], [acts.PERMIT, 9]])),
    Forgery(
        "a fact of a chain that is not there", "approval.apply", admission=setting("facts.0.0", f"permit/{story.RECEIVER}/{acts.ULID}99")
    ),
    Forgery("facts out of order", "approval.decide", 2, admission=lambda a: a | {"facts": a["facts"][::-1]}),
    Forgery("LATE where nothing was late", "manifest.arrive", admission=setting("decision.tags", [["LATE", 9000]])),
    Forgery("LATE on a permit", "permit.suspend", admission=setting("decision.tags", [["LATE", 9000]])),
    Forgery("an unknown level", "permit.suspend", admission=setting("decision.alerts", [["X", "WRONG_ORIGIN"]])),
    Forgery("a route on a permit", "permit.suspend", admission=setting("decision.route", "INTRA")),
    Forgery("an account without its last touch", "manifest.issue", 1, admission=row(0, prev_index=None)),
    Forgery("an account with another last touch", "manifest.issue", 1, admission=row(0, prev_index=3)),
    Forgery("an account with less before", "manifest.issue", 1, admission=row(0, before_g=1)),
    Forgery("an account that does not move", "manifest.issue", 1, admission=row(0, after_g=5_600_000)),
    Forgery("an account below zero", "manifest.void", admission=row(0, after_g=-1)),
    Forgery("an account of a chain without entries", "manifest.issue", admission=row(1, account=NOWHERE)),
    Forgery("an account of an unknown quota", "manifest.issue", admission=row(1, account="Q4 x")),
    Forgery("tags missing", "permit.suspend", admission=setting("decision.tags", None)),
    Forgery("a field too many", "permit.suspend", admission=setting("note", 1)),
    # the entry's bytes
    Forgery("white space", "permit.suspend", raw=lambda raw: json.dumps(json.loads(raw), ensure_ascii=False).encode()),
    Forgery("version 2", "permit.suspend", raw=swap(b'{"v":1,', b'{"v":2,')),
    Forgery("a line feed at the end", "permit.suspend", raw=lambda raw: raw + b"\n"),
    Forgery("not JSON", "permit.suspend", raw=lambda raw: raw[:-1]),
    # one statement more
    Forgery("after the close", grow=_after_close),
    Forgery("by a revoked key", grow=_signed_by_a_revoked_key),
    Forgery("a key registered twice", grow=_registers(story.KEYS["carrier"], story.GENERATOR, by=story.GENERATOR)),
    Forgery("a witness's key for a party", grow=_registers(v1.key("witness sichuan"), story.GENERATOR, by=story.GENERATOR)),
    Forgery("the log's key for a party", grow=_registers(story.LOG_KEY, story.GENERATOR, by=story.GENERATOR)),
    Forgery("a party's key for a witness", grow=_witness_with_a_party_s_key),
    Forgery("rotated by the new key", grow=_rotated_by_the_new_key),
    Forgery("a key revoked twice", grow=_revoked_twice),
    Forgery("by a delegate whose delegation was revoked", grow=_by_a_former_delegate),
    Forgery("possession in another log", grow=_registers(v1.key("new"), story.GENERATOR, "0" * 64, by=story.GENERATOR)),
    Forgery("recovery without its alert", grow=_registers(v1.key("new"), story.GENERATOR, by=story.SICHUAN)),
    Forgery(
        "a party twice", grow=appended("party.register", f"party/{story.CARRIER}", {"name": "x", "keys": []}, story.signer("chongqing"))
    ),
    Forgery("founded again", grow=appended("log.found", "log/main", {}, *story.signers(*acts.FOUNDERS))),
    Forgery("a page of an hour that is not over", grow=_page(hour="2026-11-02T16")),
    Forgery("a page out of order", grow=_page(page=1, of=2)),
    Forgery("a refusal after its hour", grow=_page(item={"at": story.clock("16:00:00")})),
    Forgery("a refusal with codes out of order", grow=_page(item={"codes": ["USCC", "AT_FORM"]})),
    Forgery("a page by an authority", grow=lambda log: _page()(_as(log, "sichuan"))),
    # the checkpoint
    Forgery("another root", note=_resealed(lambda text: text.replace(text.split("\n")[2], v1.b64(bytes(32))))),
    Forgery("another origin", note=_resealed(lambda text: text.replace(acts.ORIGIN, acts.ORIGIN + "-2"))),
    Forgery("an extension line", note=_resealed(lambda text: text + "epoch 1\n")),
    Forgery("without the log's line", note=_note_lines(lambda _, lines: lines[1:])),
    Forgery("a line twice", note=_note_lines(lambda _, lines: [*lines, lines[-1]])),
    Forgery("witnesses in another order", note=_note_lines(lambda _, lines: [lines[0], *lines[:0:-1]])),
    Forgery("a witness before the log", note=_note_lines(lambda _, lines: [lines[1], lines[0], *lines[2:]])),
    Forgery("a witness without a time", note=_stamped(0)),
    Forgery("a witness's failing line", note=_note_lines(lambda text, lines: [lines[0], _failing(lines[1]), *lines[2:]])),
    Forgery("cosigned before it was admitted", note=_stamped(story.stamps("15:00:00")["sichuan.example/witness"])),
]
