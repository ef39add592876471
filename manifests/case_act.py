"""What every kind of a case shares as an act: its chain, its gate, what it reads of the manifest, and the register that it writes.

A kind is one module of ``manifests.cases`` that exports one value made by :func:`case_act`. It never touches the head of the trunk: what
it does to the manifest stands in ``manifest-cases:<manifest>``, which every act of the trunk reads (kinds §1.5, §7), and in the view that
readers fold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, JudgeFn, Kind, Reads, SignersFn, Window
from ledger.model import Admission, Facts, Findings, Statement
from manifests.act import Ends, ManifestAct
from manifests.case import ManifestCases, case_takes_it, cases_have_room, cases_key, cases_of, in_force, opener_of, trunk_is_known
from manifests.model import CaseState, ManifestState, trunk_of


class Opened(Struct, frozen=True, gc=False):
    """An admitted statement of a case, with the manifest in force, the register and the case's own state before it."""

    statement: Statement
    admission: Admission
    trunk: ManifestState
    cases: ManifestCases
    """The register, in which the case that begins is counted already."""
    case: CaseState
    facts: Facts


class Effect(Struct, frozen=True, gc=False, kw_only=True):
    """What a statement of a case changes: the register of the manifest, the state of its own chain, further registers by full key."""

    cases: ManifestCases
    case: CaseState
    registers: Mapping[str, Any] = {}


Apply = Callable[[Opened], Effect]
FollowCase = Callable[[ManifestState, Statement, Admission], ManifestState]
"""The manifest as readers fold it, after an entry of a case."""


def case_act(
    name: str,
    *,
    matter: str,
    signers: SignersFn,
    apply: Apply,
    rules: tuple[JudgeFn, ...] = (),
    also: tuple[str, ...] = (),
    follow: FollowCase = lambda state, statement, admission: state,
    ends: Ends | None = None,
    gate: JudgeFn | None = None,
    reads: Callable[[Statement, Facts], Reads] = lambda statement, facts: Reads(),
    **said: Any,
) -> ManifestAct:
    """A kind of a case, from what is its own; that its manifest exists, the act it knew, room for cases and one matter are the same for all.

    ``matter`` is what the chain is about that it opens; a kind that comes later finds that one, or one of ``also`` (else CASE_DONE).
    ``ends`` says which earlier alerts it settles. ``reads`` names what is read beside trunk and register; ``said`` goes into the kind as it stands (zh, en, body, roles, effect, texts,
    opens, again, listed …).
    """
    return ManifestAct(
        kind=Kind(
            name=name,
            chain_type="case",
            signers=signers,
            window=Window.DAY,
            reads=partial(_reads, reads),
            gate=partial(_gate, (matter, *also), gate),
            rules=(cases_have_room, trunk_is_known, *rules),
            evolve=partial(_evolve, matter, apply),
            **{"reads_doc": "The manifest's trunk.", "books": None, **said},
        ),
        follow=partial(_follow, follow),
        ends=ends,
    )


def _gate(matters: tuple[str, ...], own: JudgeFn | None, judged: Judged, out: Findings) -> None:
    case_takes_it(matters, judged, out)
    if own is not None and not out.reasons:
        own(judged, out)


def _reads(own: Callable[[Statement, Facts], Reads], statement: Statement, facts: Facts) -> Reads:
    """Trunk and register, and what the kind reads beside."""
    trunk, found = trunk_of(statement.chain), own(statement, facts)
    return Reads(chains=(trunk, *found.chains), accounts=found.accounts, registers=(cases_key(trunk), *found.registers))


def _evolve(matter: str, apply: Apply, statement: Statement, admission: Admission, facts: Facts) -> Changes:
    trunk = trunk_of(statement.chain)
    cases, case = cases_of(facts, trunk), facts.state(statement.chain)
    if case is None:
        cases, case = cases.with_case_of(opener_of(statement)), CaseState(topic=matter, trunk=trunk)
    effect = apply(Opened(statement, admission, in_force(facts.state(trunk), cases), cases, case, facts))
    return Changes(state=effect.case, registers={cases_key(trunk): effect.cases, **effect.registers})


def _follow(own: FollowCase, state: ManifestState | None, statement: Statement, admission: Admission) -> ManifestState:
    assert state is not None, "a case is about a manifest"
    return own(state, statement, admission)
