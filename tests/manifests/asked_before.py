"""Of every act that a log has, what would have been offered to its signers in the moment before: asked along a replay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from ledger.admission.admit import apply
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.admission.workspace import Workspace
from ledger.auditing.replay import ReplayFacts
from ledger.times import parse_admission_at
from manifests.case import manifest_at
from manifests.model import trunk_of
from manifests.possible.judging import Asker, PossibleAct
from manifests.possible.preparing import ReportThread
from manifests.possible.service import possible_acts, stand_on

LATE_S = 3600
"""An act that is told so much later was judged by another moment than the present."""


class ReplayWorkspace(Workspace):
    """A workspace on a replay, which holds every fact."""

    def __init__(self, kinds: Kinds, facts: ReplayFacts) -> None:
        super().__init__(None, kinds, facts._dataset)  # type: ignore[arg-type]  # no connection: nothing is to be loaded
        self.facts = facts

    async def load(self, keys: Iterable[str]) -> None:
        """Everything is there; what is not, is known to be absent."""
        self.facts.values.update(dict.fromkeys(self.facts.missing(keys)))


def asked_before(raws: Iterable[bytes], kinds: Kinds, dataset: Callable[[str, str], Any]) -> tuple[int, list[str]]:
    """How many acts were asked about, and which of them nobody would have been offered, or only as blocked."""
    facts, count, faults, threads = ReplayFacts(dataset), 0, list[str](), dict[str, tuple[ReportThread, ...]]()
    for raw in raws:
        entry = read_entry(raw, kinds)
        trunk = _trunk_of(entry, facts)
        if trunk and facts.state(trunk) is not None:
            count += 1
            faults += _faults(entry, trunk, kinds, facts, threads.get(trunk, ()))
            if entry.statement.kind == "case.report/1" and entry.statement.seq == 0:
                begun = ReportThread(entry.statement.chain, entry.statement.by[0], entry.statement.at_s)
                threads[trunk] = (*threads.get(trunk, ()), begun)
        apply(entry, kinds.of(entry.statement.kind, entry.admission.ruleset), facts)
    return count, faults


def _trunk_of(entry: Entry, facts: ReplayFacts) -> str:
    """The manifest that an act is about; of an incident one that it names, of a number the one that keeps it. Empty where there is none."""
    statement = entry.statement
    match statement.chain_type:
        case "manifest" | "case":
            return trunk_of(statement.chain)
        case "incident":
            named: tuple[str, ...] = getattr(facts.state(statement.chain) or statement.body, "manifests", ())
            return named[0] if named else ""
        case "number":
            return str(statement.body.holder)
    return ""


def _faults(entry: Entry, trunk: str, kinds: Kinds, facts: ReplayFacts, threads: tuple[ReportThread, ...]) -> list[str]:
    statement = entry.statement
    state, now_s = manifest_at(facts, trunk), parse_admission_at(entry.admission.at)
    assert state is not None
    found: list[str] = []
    for place, signer in enumerate(statement.by):
        principal = statement.principal if place == 0 else None
        if place and statement.kind in ("manifest.hand_over/1", "manifest.depart/1") and signer not in state.carriers:
            continue  # whoever takes a load over without being named for it
        asker = Asker(principal, signer) if principal is not None else Asker(signer)
        offered = [one for one in _possible(kinds, facts, trunk, asker, now_s, threads) if _is_it(one, entry)]
        if not offered:
            found.append(f"{entry.index} {statement.kind}: not offered to {signer}")
        elif offered[0].blockers and now_s - statement.at_s < LATE_S and ("H", "OVERTOOK") not in entry.admission.decision.alerts:
            found.append(f"{entry.index} {statement.kind}: {[reason.code for reason in offered[0].blockers]} for {signer}")
    return found


def _is_it(one: PossibleAct, entry: Entry) -> bool:
    is_first = entry.statement.seq == 0
    return one.prepared.kind == entry.statement.kind and (
        one.prepared.is_new if is_first and entry.statement.chain_type != "number" else one.prepared.chain == entry.statement.chain
    )


def _possible(
    kinds: Kinds, facts: ReplayFacts, trunk: str, asker: Asker, now_s: int, threads: tuple[ReportThread, ...]
) -> list[PossibleAct]:
    async def asked() -> list[PossibleAct]:
        workspace = ReplayWorkspace(kinds, facts)
        ground = await stand_on(workspace, trunk, now_s, threads=threads)
        [found] = await possible_acts(workspace, kinds, ground, [(asker, frozenset())], 2**53)
        return found

    return asyncio.run(asked())
