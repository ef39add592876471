"""The kinds of cases, prepared like the acts of the trunk (``manifests.possible.preparing``): those that begin a case, and those that go on in one."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from ledger.directory import party_name
from ledger.labels import words_of
from ledger.mass import format_mass
from ledger.times import format_at
from manifests.acts import (
    AmendConsent,
    AmendPropose,
    AmendRefuse,
    CaseCloseWithGap,
    CaseContest,
    CaseHold,
    CaseNumber,
    CaseRelease,
    CaseReport,
    FieldChange,
    MissingLine,
    Trunk,
)
from manifests.amendment import standing_for
from manifests.cases.gap import unaccounted_g
from manifests.cases.report import About
from manifests.consent import MATRIX, may_propose
from manifests.correction_answers import label_of, label_of_any
from manifests.machine import Act
from manifests.model import ManifestState
from manifests.possible.preparing import WORDS, ManifestGround, PreparedAct
from manifests.sides import concerned
from signing.envelope import PAYLOAD_STATEMENT
from whitelist.telling import minute

THREADS_MAX = 8
"""Cases of reports that are gone on with, the newest."""
LISTED_MAX = 64
"""Holds, contests and corrections that are gone on with, each kind for itself: nobody reads more, and an answer stays one."""


def case_acts(ground: ManifestGround, party: str) -> Iterator[PreparedAct]:
    """What goes on in the cases that are open, then what begins a case."""
    yield from _going_on(ground)
    known = Trunk(seq=len(ground.state.acts) - 1, hash=ground.state.acts[-1])
    yield _case(ground, "case.hold/1", CaseHold(trunk=known, reason=WORDS), "reason")
    if (number := _number(ground, known)) is not None:
        yield number
    if (proposal := _proposal(ground, known, party)) is not None:
        yield proposal
    yield _report(ground, known)
    for thread in ground.threads[-THREADS_MAX:]:
        by, since = party_name(ground.facts, thread.by), minute(thread.at_s)
        about = (f"{by} {since} 开始的报告", f"report begun by {by}, {since}")
        yield replace(_report(ground, known), chain=thread.chain, is_new=False, about=about)
    yield _contest(ground, known, party)
    if (gap := _gap(ground, known)) is not None:
        yield gap


def _case(ground: ManifestGround, kind: str, body: object, *asked: str, chain: str = "", **said: object) -> PreparedAct:
    new = f"case/{ground.trunk.removeprefix('manifest/')}/{ground.new}"
    return PreparedAct(kind=kind, chain=chain or new, is_new=not chain, body=body, asked=asked, **said)  # type: ignore[arg-type]  # as its fields


def _going_on(ground: ManifestGround) -> Iterator[PreparedAct]:
    """Releases of what is on, and the answers to corrections that wait."""
    cases, known = ground.cases, Trunk(seq=len(ground.state.acts) - 1, hash=ground.state.acts[-1])
    holds = [hold for hold in cases.holds if ground.now_s < hold.end_s() and hold.released_s is None]
    for hold in holds[-LISTED_MAX:]:
        since, by = minute(hold.since_s), party_name(ground.facts, hold.by)
        about = (f"{by} {since} 的暂扣：{hold.reason}", f"hold by {by} of {since}: {hold.reason}")
        yield _case(ground, "case.release/1", CaseRelease(reason=WORDS), "reason", chain=hold.case, about=about)
    for contest in [contest for contest in cases.contests if contest.released_s is None][-LISTED_MAX:]:
        since, hands = minute(contest.since_s), "、".join(contest.hands)
        about = (f"{hands} {since} 提出的争议", f"contest brought by {', '.join(contest.hands)}, {since}")
        yield _case(ground, "case.release/1", CaseRelease(reason=WORDS), "reason", chain=contest.case, about=about)
    for waiting in cases.proposals[-LISTED_MAX:]:
        labels = [label_of(path) for path in waiting.paths]
        about = ("、".join(zh for zh, _ in labels), ", ".join(en for _, en in labels))
        yield _case(ground, "case.amend_consent/1", AmendConsent(trunk=known), chain=waiting.case, about=about)
        yield _case(ground, "case.amend_refuse/1", AmendRefuse(reason=WORDS), "reason", chain=waiting.case, about=about)


def _number(ground: ManifestGround, known: Trunk) -> PreparedAct | None:
    """A number that is not there yet; another one is a matter of a correction."""
    state = ground.state
    if state.number is not None and state.provincial_number is not None:
        return None
    if state.number is not None:
        return _case(ground, "case.number/1", CaseNumber(trunk=known, provincial_number=WORDS), "provincial_number")
    stand_in = f"{state.reserved_year}{state.origin.division[:4]}000000"
    return _case(ground, "case.number/1", CaseNumber(trunk=known, number=stand_in), "number")


def _gap(ground: ManifestGround, known: Trunk) -> PreparedAct | None:
    """What nobody can account for, line by line; where that is nothing there is no gap to close with."""
    missing = unaccounted_g(ground.state, ground.cases.returned)
    gaps = tuple(MissingLine(line=line, mass_t=format_mass(grams), cause="unknown") for line, grams in enumerate(missing) if grams > 0)
    if not gaps:
        return None
    return _case(ground, "case.close_with_gap/1", CaseCloseWithGap(trunk=known, gaps=gaps, finding=WORDS), "gaps.*.cause", "finding")


def _report(ground: ManifestGround, known: Trunk) -> PreparedAct:
    """A comment; a report of another matter says so in ``about``."""
    body = CaseReport(trunk=known, about="other", given_at=format_at(ground.now_s), text=WORDS)
    zh = words_of(About)
    choices = {"about": {name: (zh[name], name.replace("_", " ")) for name in zh}}
    when = {"files": ("报告轨迹或者补交附件的", "for a track or an attachment")}
    return _case(ground, "case.report/1", body, "about", "given_at", "text", choices=choices, when=when)


def reports_of(prepared: PreparedAct) -> Mapping[str, CaseReport]:
    """The same report with each matter that it could be about."""
    body: CaseReport = prepared.body
    return {name: CaseReport(trunk=body.trunk, about=name, given_at=body.given_at, text=WORDS) for name in prepared.choices["about"]}  # type: ignore[arg-type]  # a value of it


def _contest(ground: ManifestGround, known: Trunk, party: str) -> PreparedAct:
    """A contest of an act that the party signed, or one in whose place it stands: which one it has, and whether its signatures hold, only it
    knows."""
    signer = next(iter(standing_for(party, concerned(ground.facts, ground.state), ground.facts)), party)
    act = {
        "kind": Act.STOP.kind,
        "chain": ground.trunk,
        "seq": 0,
        "prev": "0" * 64,
        "by": [signer],
        "at": format_at(ground.now_s),
        "body": {},
    }
    payload = json.dumps(act, separators=(",", ":")).encode()
    signed = {"payloadType": PAYLOAD_STATEMENT, "payload": b64encode(payload).decode()}
    envelope = {**signed, "signatures": [{"keyid": "0" * 64, "sig": b64encode(bytes(64)).decode()}]}
    raw = b64encode(json.dumps(envelope, separators=(",", ":")).encode()).decode()
    return _case(ground, "case.contest/1", CaseContest(trunk=known, envelope=raw, reason=WORDS), "envelope", "reason")


# --- corrections --------------------------------------------------------------------------------------------------------------------------


def _proposal(ground: ManifestGround, known: Trunk, party: str) -> PreparedAct | None:
    """A correction of one field of each sort that the party may propose; which of them are open now the rules say, path by path."""
    examples = {}
    for row in MATRIX:
        for pattern in row.paths:
            if (path := _example(pattern, ground, party)) is not None:
                zh, en = label_of_any(pattern)
                examples[path] = (f"{row.zh}：{zh}", f"{row.en}: {en}")
    if not examples:
        return None
    changes = tuple(FieldChange(path=path, was="", now="") for path in examples)
    body = AmendPropose(trunk=known, changes=changes, reason=WORDS)
    return _case(ground, "case.amend_propose/1", body, "changes", "reason", choices={"changes.*.path": examples})


def _example(pattern: str, ground: ManifestGround, party: str) -> str | None:
    """The first path of a pattern that the party may propose to correct, or one in whose place it stands."""
    part, star, rest = pattern.partition(".*.")
    paths = (f"{part}.{number}.{rest}" for number in range(_count(part, ground.state))) if star else (pattern,)
    return next((path for path in paths if standing_for(party, may_propose(path, ground.state, ground.log), ground.facts)), None)


def _count(part: str, state: ManifestState) -> int:
    """How many there are of what a path numbers, at least: only the parties of legs differ by their number."""
    is_there = {
        "lines": True,
        "received": state.times.received_s is not None,
        "loaded": state.times.departed_s is not None,
        "fates": state.fates,
    }
    return len(state.legs) if part == "legs" else int(bool(is_there[part]))
