"""Which acts an office may sign on a chain now, filled in as far as the log knows, and what speaks against each before anybody signs.

Nothing is decided here: the kind itself says whether it is open (its gate), whose it is (its roles), and what it would refuse. A reason that lies with
a field that the signer fills in is none yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.admit import Submission, base_keys, foresee
from ledger.admission.form import read_body
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Judged, Kind, Role
from ledger.chain import genesis_prev
from ledger.directory import LOG_MAIN, log_state, party_chain, party_name
from ledger.labels import labels
from ledger.model import Facts, Findings, Moment, Statement, chain_key
from ledger.problem import Language, ProblemError, problem_errors
from ledger.reading import Snapshot
from ledger.times import day_of, format_at
from signing.envelope import PAYLOAD_STATEMENT, Envelope
from signing.refusal import Reason

_NO_ENVELOPE = Envelope(PAYLOAD_STATEMENT, b"", ())
_WIRE = re.compile(r"\s*[（(]body\.[\w.*]+[）)]|\s*[（(](?:行号|number) [0-9]+[）)]|\blist/(?=[0-9]{4}-)")
_NUMBER = re.compile(r"(?<=\.)[0-9]+(?![^.])")


class DeskAct(Struct, frozen=True, kw_only=True):
    """An act as an office may want it: on which chain, what is filled in (``known``), and what stands in for the rest while it is judged (``sample``)."""

    key: str
    """What it is on its page: several may be of one kind (``grant``, ``refuse``)."""
    kind: str
    chain: str
    title: tuple[str, str] | None = None
    """Chinese and English, where the kind's own name says too little."""
    known: Mapping[str, Any] = {}
    sample: Mapping[str, Any] = {}
    hidden: frozenset[str] = frozenset()
    """Paths of ``known`` that nobody changes here."""
    asked: frozenset[str] = frozenset()
    """Paths that stand open though the act could be without them."""


class OfferedAct(Struct, frozen=True, kw_only=True):
    """An act that the office may sign, or could if nothing blocked it."""

    act: DeskAct
    kind: Kind
    roles: tuple[Role, ...]
    blockers: tuple[ProblemError, ...]

    @property
    def key(self) -> str:
        """As the page calls it."""
        return self.act.key

    def title(self, language: Language) -> str:
        """What the button says."""
        zh, en = self.act.title or (self.kind.zh, self.kind.en)
        return zh if language == "zh" else en


class Office(Struct, frozen=True):
    """Who would sign, at which moment (Unix seconds)."""

    uscc: str
    at_s: int


async def offer(now: Snapshot, kinds: Kinds, office: Office, acts: Sequence[DeskAct], language: Language) -> list[OfferedAct]:
    """Of some acts those that are open and the office's, in their order; each judged by the rules that judge it when it comes."""
    workspace = now.workspace
    await workspace.load([chain_key(LOG_MAIN), *(chain_key(act.chain) for act in acts)])
    moment = Moment(now.size, office.at_s, log_state(workspace.facts).ruleset)
    found = list[OfferedAct]()
    for act in acts:
        kind = kinds.of(act.kind, moment.ruleset)
        statement = _statement(act, kind, workspace.facts, office)
        submission = Submission(envelope=_NO_ENVELOPE, statement=statement, kind=kind)
        await workspace.load(base_keys(submission))
        await workspace.load_reads(submission)
        roles = await workspace.decide(partial(_roles, statement, kind, workspace.facts, moment))
        if roles is None or office.uscc not in roles[0].holders:
            continue
        reasons = await workspace.decide(partial(foresee, statement, kind, workspace.facts, moment))
        blockers = _said(_without_asked(reasons, act), statement, kinds, workspace.facts, language)
        found.append(OfferedAct(act=act, kind=kind, roles=roles, blockers=blockers))
    return found


def _statement(act: DeskAct, kind: Kind, facts: Facts, office: Office) -> Statement:
    """As it would be signed now."""
    head = facts.head(act.chain)
    return Statement(
        kind=act.kind,
        chain=act.chain,
        seq=0 if head is None else head.seq + 1,
        prev=genesis_prev(log_state(facts).found, act.chain) if head is None else head.hash,
        by=(office.uscc,),
        principal=None,
        at=format_at(office.at_s),
        at_s=office.at_s,
        body=read_body({**act.known, **act.sample}, kind.body),
        hash="0" * 64,
    )


def _roles(statement: Statement, kind: Kind, facts: Facts, moment: Moment) -> tuple[Role, ...] | None:
    """Who signs it; ``None`` where it is not open at all."""
    out = Findings()
    if kind.gate is not None:
        kind.gate(Judged(statement, facts, moment, facts.state(statement.chain), kind), out)
    return None if out.reasons else tuple(kind.signers(statement, facts)) or None


def _without_asked(reasons: Iterable[Reason], act: DeskAct) -> list[Reason]:
    """Reasons that do not lie with what the signer fills in."""
    asked = tuple(f"body.{name}" for name in act.sample)
    return [reason for reason in reasons if not asked or not _NUMBER.sub("*", reason.field).startswith(asked)]


def _said(reasons: Sequence[Reason], statement: Statement, kinds: Kinds, facts: Facts, language: Language) -> tuple[ProblemError, ...]:
    codes = {word for reason in reasons for word in reason.places.values() if isinstance(word, str)}
    names = {code: party_name(facts, code) for code in codes if facts.holds(chain_key(party_chain(code)))}
    body = kinds.by_name[statement.kind].body
    said = problem_errors(reasons, kinds.rules, language, day_of(statement.at_s), names, labels(body))
    return tuple(in_words(one) for one in said)


def in_words(one: ProblemError) -> ProblemError:
    """Without the names that fields, chains and numbers have in a statement: an office reads its pages, not the wire."""
    message, what_to_do = [_WIRE.sub("", text) for text in (one.message, one.what_to_do)]
    is_place = one.field in ("chain", "kind", "by") or one.field.endswith(".line")  # it says nothing that the sentence does not
    shown = {"field": "", "label": "", "found": ""} if is_place else {}
    return replace(one, message=message, what_to_do=what_to_do, **shown)
