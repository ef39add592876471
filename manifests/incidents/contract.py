"""What the kinds of ``incident/<reporter>/<ULID>`` share: who reports, where it was, which manifests it names (kinds §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

from msgspec import field

from ledger.admission.personality import Judged, JudgeFn, Kind, Reads, Role, Window
from ledger.directory import log_state, party_name
from ledger.fields import At, Commitments, Text, label
from ledger.model import Facts, Findings, Statement
from ledger.times import day_of, format_at, parse_at
from manifests.act import TOLERANCE_S
from manifests.case import cases_key, opener_of
from manifests.sides import concerned
from signing.refusal import texts
from whitelist.rules.place import judge_place, place_registers
from whitelist.transfer import BodyPart


class IncidentBody(BodyPart, frozen=True, kw_only=True):
    """What every kind about an incident has: commitments to personal data."""

    commit: Commitments = field(default_factory=dict)


class InformedBy(BodyPart, frozen=True, kw_only=True):
    """Who was told, and when (通报)."""

    name: Annotated[Text, label("通报对象", "who was told")]
    at: Annotated[At, label("通报时间", "at")]


def incident_act(
    name: str,
    *,
    rules: tuple[JudgeFn, ...],
    moment: str,
    named: Callable[[Any], Sequence[str]] = lambda body: (),
    **said: Any,
) -> Kind:
    """A kind that opens an incident, from what is its own. ``moment`` is the field of its body that says when it was, ``named`` gives the
    manifests that a body names: they are read, each must concern the reporter, and their registers are written."""

    def place_and_time_are_in_order(judged: Judged, out: Findings) -> None:
        body, now_s = judged.statement.body, judged.moment.at_s
        owner = opener_of(judged.statement)
        judge_place(out, judged.facts, "body.place", body.place, day_of(now_s), owner)
        told = [(f"body.informed.{number}.at", one.at) for number, one in enumerate(body.informed)]
        for where, at in ((f"body.{moment}", getattr(body, moment)), *told):
            if parse_at(at) > now_s + TOLERANCE_S:
                out.refuse("DATE_ORDER", where, at, f"≤ {format_at(now_s + TOLERANCE_S)}")

    def manifests_concern_the_reporter(judged: Judged, out: Findings) -> None:
        manifests_concern(judged, out, "body.manifests", named(judged.statement.body))

    def reads(statement: Statement, facts: Facts) -> Reads:
        manifests = tuple(named(statement.body))
        sites = place_registers(statement.body.place, opener_of(statement))
        return Reads(chains=manifests, registers=(*map(cases_key, manifests), *sites))

    return Kind(
        name=name,
        chain_type="incident",
        roles=("reporter",),
        signers=lambda statement, facts: (Role("reporter", (statement.owner,)),),
        window=Window.DAY,
        reads=reads,
        rules=(place_and_time_are_in_order, manifests_concern_the_reporter, *rules),
        books=None,
        opens=True,
        **{"reads_doc": "The manifests that it names.", **said},
    )


def manifests_concern(judged: Judged, out: Findings, field: str, manifests: Iterable[str]) -> None:
    """NOT_CONCERNED for a manifest that the log does not have, or that is no matter of a reporter who is no authority: nobody marks loads of
    others. The answer does not tell which of the two it is."""
    opener, log = opener_of(judged.statement), log_state(judged.facts)
    is_authority = any(opener == authority.uscc for authority in log.authorities)
    for number, manifest in enumerate(manifests):
        state = judged.facts.state(manifest)
        if state is None or not (is_authority or opener in concerned(judged.facts, state)):
            own = {"manifest": manifest, "party": party_name(judged.facts, opener)}
            out.refuse("NOT_CONCERNED", f"{field}.{number}", manifest, "", "MANIFEST", **own)


def parties_of(facts: Facts, manifests: Iterable[str]) -> tuple[str, ...]:
    """Generators, receivers and carriers of manifests, each once."""
    found = dict[str, None]()
    for manifest in manifests:
        if (state := facts.state(manifest)) is not None:
            found |= dict.fromkeys((state.generator, state.receiver, *state.carriers, *(leg.carrier for leg in state.legs)))
    return tuple(found)


TEXTS = texts("""
NOT_CONCERNED | - | sender | kinds §9 [DESIGN]
所指联单与报告单位无关。 || 只填写本单位参与的联单；与己无关的，报告时不填联单，或者由主管部门报告。
A manifest that is named is no matter of the reporter. || Name manifests that you take part in; leave others out, or let an authority report.

NOT_CONCERNED:MANIFEST
账本中没有联单 {manifest}，或者{party}不是它的有关单位。 || 核对链名；只填写本单位参与的联单，其余的不填，由主管部门补充报告。
The log has no manifest {manifest}, or {party} takes no part in it. || Check the chain; name manifests that you take part in and leave the others to the authority.

NOT_CONCERNED:ITEM
账本中没有 {chain}，或者{party}不是它的有关单位。 || 核对未符项的链名（GET /v1/open-items）；只说明本单位参与的联单和本单位的台账，其余的由主管部门说明。
The log has no {chain}, or it is no matter of {party}. || Check the chain of the item (GET /v1/open-items); speak about manifests that you take part in and your own books, and leave others to the authority.

INCIDENT_STATE | - | nobody | kinds §9 [DESIGN]
该事件已经了结。 || 不必再办理；另有情况的，另行报告。
The incident is closed. || Nothing is left to do; report anything new as an incident of its own.

INCIDENT_STATE:CLOSED
该事件已于 {closed} 了结。 || 不必再办理；另有情况的，另行报告（incident.report）。
The incident was closed on {closed}. || Nothing is left to do; report anything new as an incident of its own (incident.report).

UNMANIFESTED | - | nobody | kinds §9 [DESIGN]; Code Art. 540 [READ]
无联单的废物到场。 || 不影响入账。报告接受地主管部门；能补录联单的由移出人补录，主管部门查清后了结（incident.close）。
Waste has come without a manifest. || It is entered. Tell the authority of the place; let the generator back-fill the manifest where that can be done; the authority closes the incident when all is clear.
""")
