"""Reading what a party may do about a manifest: its acts, the envelopes that wait for it, and what blocks what others owe."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from ledger import store as log_store
from ledger.admission.admit import Submission, base_keys, foresee
from ledger.admission.kind_table import Kinds
from ledger.admission.workspace import Workspace
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, log_state, party_chain
from ledger.model import Moment, Statement, chain_key
from ledger.parties.store import names_of
from ledger.pending import store as pending_store
from ledger.pending.answers import PendingAnswer, pending_answer
from ledger.pending.model import PendingRow
from ledger.pending.outlook import Awaited, kinds_of, look, partial_of
from ledger.problem import Language, ProblemError
from ledger.reading import Snapshot
from ledger.times import parse_at
from ledger.ulid import CROCKFORD
from manifests.case import cases_key, cases_of, manifest_at
from manifests.possible.answers import (
    ComingStageAnswer,
    LabelRunAnswer,
    ManifestComing,
    PossibleActAnswer,
    blocker_answers,
    coming_stage_answer,
    possible_answer,
)
from manifests.possible.coming import coming_stages, label_runs
from manifests.possible.judging import Asker, PossibleAct, judge, tries_of
from manifests.possible.preparing import ManifestGround, ReportThread
from manifests.recorded import recorded_keys
from manifests.view import ManifestView
from signing.envelope import PAYLOAD_STATEMENT, Envelope
from signing.refusal import Reason
from whitelist.check import lots_key
from whitelist.rules.number import number_key
from whitelist.terms import Duty

PENDING_MAX = 32
"""Envelopes about one manifest that are told; the others stand in ``/v1/pending``."""


_NO_ENVELOPE = Envelope(PAYLOAD_STATEMENT, b"", ())


class OwedAct(Struct, frozen=True):
    """An act that is owed: its kind, the case it belongs to, and who may sign it, those of the first role first. ``manifest``: where that is
    another one."""

    kind: str
    case: str
    parties: tuple[str, ...]
    manifest: str = ""

    @property
    def holder(self) -> str:
        """The first who may sign it; empty where anybody may."""
        return next(iter(self.parties), "")


def owed_act(duty: Duty) -> OwedAct:
    """What a duty asks for."""
    return OwedAct(duty.kind, duty.case, duty.parties, duty.manifest)


class PossiblePart(Struct, frozen=True):
    """What an answer about a manifest says of acts: for whom, which, what waits, and what blocks what is owed."""

    party: str
    acts: tuple[PossibleActAnswer, ...]
    pending: tuple[PendingAnswer, ...]
    blockers: Mapping[OwedAct, tuple[ProblemError, ...]]


async def read_possible(
    now: Snapshot,
    kinds: Kinds,
    caller: Caller,
    party: str | None,
    view: ManifestView,
    owed: Iterable[OwedAct],
    now_s: int,
    language: Language,
) -> PossiblePart:
    """What the caller may do, or who is asked ``as``: for authorities and the operator any party, for others one that it signs for."""
    workspace, asked = now.workspace, party or caller.uscc
    wanted = [one for one in owed if one.kind in kinds.by_name and one.holder and not one.manifest]
    askers = _askers(caller, asked, wanted)
    head = await log_store.fetch_head(workspace.conn)
    threads = _threads(view)
    named = {*view.parties, *(asker.party for asker, _ in askers), *(thread.by for thread in threads)}
    ground = await stand_on(workspace, view.chain, now_s, named, threads)
    own, *others = await possible_acts(workspace, kinds, ground, askers, now.size if head is None else head.size)
    rows = await _pending_rows(now, kinds, caller, asked, view, now_s)
    by_asker = {asked: own, **{asker.party: acts for (asker, _), acts in zip(askers[1:], others, strict=True)}}
    told = [possible_answer(one, ground.facts, kinds, language, rows, is_owed=_is_owed(one, asked, wanted)) for one in own]
    return PossiblePart(
        party=asked,
        acts=tuple(sorted(told, key=lambda one: not one.is_owed)),
        pending=await _pending_answers(now, kinds, rows, now_s, language),
        blockers={
            one: blocker_answers(found, ground.facts, kinds, language)
            for one in wanted
            if (found := _of(one, by_asker[one.holder])) is not None and found.blockers
        },
    )


async def read_coming(
    now: Snapshot, kinds: Kinds, party: str, view: ManifestView, part: PossiblePart, now_s: int, language: Language
) -> ManifestComing:
    """The trip of a party, the present place with the acts of ``part``, which were judged."""
    ground = await stand_on(now.workspace, view.chain, now_s)
    judged = {one.kind: one for one in part.acts}
    stages: list[ComingStageAnswer] = []
    for stage in coming_stages(ground, party):
        is_now = not stages
        told = {one.prepared.kind: possible_answer(one, ground.facts, kinds, language, is_owed=False) for one in stage.acts}
        acts = tuple(judged[kind] if is_now and kind in judged else one for kind, one in told.items() if not is_now or kind in judged)
        stages.append(coming_stage_answer(stage, acts, language))
    runs = tuple(LabelRunAnswer(first=run.first, packs=run.packs) for run in label_runs(ground))
    head = ground.facts.head(view.chain)
    assert head is not None, "its view is there"
    return ManifestComing(
        size=now.size, party=party, found=ground.log.found, seq=head.seq + 1, prev=head.hash, stages=tuple(stages), labels=runs
    )  # fmt: skip


async def stand_on(
    workspace: Workspace, trunk: str, now_s: int, parties: Iterable[str] = (), threads: tuple[ReportThread, ...] = ()
) -> ManifestGround:
    """The ground of a manifest that the log has, with what its acts and lots wrote; ``parties`` are loaded in the same breath."""
    chains = (LOG_MAIN, trunk, *map(party_chain, parties))
    await workspace.load([*map(chain_key, chains), cases_key(trunk)])
    facts = workspace.facts
    state = manifest_at(facts, trunk)
    assert state is not None, "its view is there"
    registers = [lots_key(trunk, number) for number in range(len(state.lines)) if state.times.received_s is not None]
    cases = cases_of(facts, trunk)
    begun = [matter.case for matters in (cases.holds, cases.contests, cases.proposals) for matter in matters]
    begun += [*(thread.chain for thread in threads), *cases.incidents]
    if state.number is not None:
        begun.append(f"number/{state.number}")
        registers.append(number_key(state.number))
    await workspace.load([*registers, *recorded_keys(trunk, state), *map(chain_key, begun)])
    return ManifestGround(
        trunk=trunk, state=state, cases=cases, log=log_state(facts), facts=facts, now_s=now_s, threads=threads, new=_new_ulid()
    )


async def possible_acts(
    workspace: Workspace, kinds: Kinds, ground: ManifestGround, wanted: Sequence[tuple[Asker, frozenset[str]]], size: int
) -> list[list[PossibleAct]]:
    """The acts of each asker, of these kinds or, where none is named, of all; in the order of life."""
    moment = Moment(size, ground.now_s, ground.log.ruleset)
    tried = [tries_of(ground, asker, names) for asker, names in wanted]
    statements = [statement for tries in tried for one in tries for statement in one.statements]
    submissions = [_submission(one, kinds, moment) for one in statements]
    keys = [f"key:{asker.keyid}" for asker, _ in wanted if asker.keyid]
    await workspace.load([*keys, *(key for submission in submissions for key in base_keys(submission))])
    await workspace.preload(submissions)

    async def told(statement: Statement) -> list[Reason]:
        submission = _submission(statement, kinds, moment)
        await workspace.load(base_keys(submission))
        await workspace.load_reads(submission)
        return await workspace.decide(lambda: foresee(statement, submission.kind, ground.facts, moment))

    return [
        [
            found
            for one in tries
            if (found := await judge(ground, kinds.of(one.prepared.kind, moment.ruleset), moment, asker, one, told)) is not None
        ]
        for (asker, _), tries in zip(wanted, tried, strict=True)
    ]


def _submission(statement: Statement, kinds: Kinds, moment: Moment) -> Submission:
    """A statement that nobody has signed, for whoever asks what it reads."""
    return Submission(envelope=_NO_ENVELOPE, statement=statement, kind=kinds.of(statement.kind, moment.ruleset))


def _new_ulid() -> str:
    return "7" + "".join(secrets.choice(CROCKFORD) for _ in range(25))


def _threads(view: ManifestView) -> tuple[ReportThread, ...]:
    first = (record for record in view.records if record.kind == "case.report/1" and record.seq == 0)
    return tuple(ReportThread(record.chain, record.by[0], parse_at(record.at)) for record in first)


def _askers(caller: Caller, asked: str, owed: Sequence[OwedAct]) -> list[tuple[Asker, frozenset[str]]]:
    """Who is asked for, all acts; and of others those that they owe."""
    if asked == caller.uscc:
        own = Asker(asked, keyid=caller.keyid)
    else:
        own = Asker(asked) if caller.reads_all else Asker(asked, caller.uscc, caller.keyid)
    kinds: dict[str, set[str]] = {}
    for one in owed:
        if one.holder != asked:
            kinds.setdefault(one.holder, set()).add(one.kind)
    return [(own, frozenset()), *((Asker(holder), frozenset(names)) for holder, names in kinds.items())]


def _of(owed: OwedAct, acts: Iterable[PossibleAct]) -> PossibleAct | None:
    """The act that is owed, among those of its holder."""
    return next((one for one in acts if _is_it(one, owed)), None)


def _is_it(one: PossibleAct, owed: OwedAct) -> bool:
    return one.prepared.kind == owed.kind and owed.case in ("", one.prepared.chain)


def _is_owed(one: PossibleAct, party: str, owed: Sequence[OwedAct]) -> bool:
    return any(party in duty.parties and _is_it(one, duty) for duty in owed)


async def _pending_rows(now: Snapshot, kinds: Kinds, caller: Caller, asked: str, view: ManifestView, now_s: int) -> list[PendingRow]:
    """Envelopes about the manifest that name the caller; of another's only those that it signs for it. They are shown to nobody else."""
    conn, principal = now.workspace.conn, None if asked == caller.uscc else asked
    known = await kinds_of(conn, kinds, caller.keyid) or None
    prefix = f"case/{view.chain.removeprefix('manifest/')}/"
    return await pending_store.list_about(
        conn, caller.uscc, [view.chain], prefix, principal=principal, kinds=known, now_s=now_s, limit=PENDING_MAX
    )


async def _pending_answers(
    now: Snapshot, kinds: Kinds, rows: Sequence[PendingRow], now_s: int, language: Language
) -> tuple[PendingAnswer, ...]:
    """As ``/v1/pending`` lists them."""
    if not rows:
        return ()
    seen = [Awaited(partial_of(row.envelope, kinds), row.size, row.foreseen) for row in rows]
    outlooks = await look(now.workspace, kinds, seen, now.size, now_s)
    names = await names_of(now.workspace.conn, sorted({uscc for row in rows for uscc in row.signers}))
    return tuple(pending_answer(row, outlook, kinds, language, names) for row, outlook in zip(rows, outlooks, strict=True))
