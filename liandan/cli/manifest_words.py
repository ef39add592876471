"""What may be done about a manifest, as a clerk reads it: first what is owed, then what is open to him, then what is blocked and who lifts that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.problem import ProblemError
from liandan.cli.cosign_words import CHECK_CODE
from liandan.cli.streams import shown
from manifests.action_answers import DutyAnswer, ManifestActions
from manifests.model import STAGES
from manifests.possible.answers import AskedField, PossibleActAnswer
from signing.phrase import Language

SHOWN_MAX = 11
"""Values of a field that are told one by one."""
_AND, _COMMA, _IN = ("；", "; "), ("、", ", "), ("（{}）", " ({})")
_WORDS: Mapping[str, tuple[str, str]] = {
    "owed": ("应办", "owed"),
    "open": ("可办", "open to"),
    "blocked": ("暂时办不了", "blocked for"),
    "nothing": ("没有", "none"),
    "until": ("期限 {}", "until {}"),
    "late": ("（已逾期）", " (overdue)"),
    "signed": ("签署：{}", "signed by: {}"),
    "you": ("（您）", " (you)"),
    "alone": ("您一方签署即可", "your signature is enough"),
    "anybody": ("任何单位", "anybody"),
    "asked": ("要填：{}", "to fill in: {}"),
    "known": ("其余已备好：{}（--json 的 known）", "the rest is at hand: {} (known in --json)"),
    "how": (
        "签署提交：liandan manifest <动作> <链>，如 liandan manifest receive …（docs/office.md）；没有网络的用 liandan statement outbox sign（docs/users/carrier.md）",
        "to sign and send: liandan manifest ACT CHAIN, e.g. liandan manifest receive … (docs/office.md); without a network liandan statement outbox sign",
    ),
    "waits": ("已有人签，等待会签：核对码 {}", "signed by others, waits for signatures: check code {}"),
    "basis": ("依据 {}　由谁解除：{}", "basis {}; lifted by: {}"),
    "stands": ("在 {} 这条链上", "on {}"),
    "of": ("{} 种，见 --json", "one of {}, see --json"),
    "attachments": ("待交附件", "attachments owed"),
}


def told(answer: ManifestActions, language: Language) -> Iterator[str]:
    """Line by line."""
    at = 0 if language == "zh" else 1
    name = answer.names.get(answer.party, "")
    stage = STAGES[answer.stage] if at == 0 else answer.stage.replace("_", " ")
    yield f"{answer.id}  {stage}  {answer.at}"
    yield f"{_WORDS['owed'][at]}:"
    for duty in answer.actions:
        yield from _duty(duty, answer.names, at)
    for file in answer.attachments:
        yield f"  {_WORDS['attachments'][at]}: {shown(file.name)}  {_WORDS['until'][at].format(file.due_on)}"
    if not answer.actions and not answer.attachments:
        yield f"  {_WORDS['nothing'][at]}"
    for state in ("open", "blocked"):
        acts = [one for one in answer.possible if one.state == state]
        if acts or state == "open":
            yield f"{_WORDS[state][at]} {shown(name)} {answer.party}:"
        for one in acts:
            yield from _act(one, answer.names, at)
        if not acts and state == "open":
            yield f"  {_WORDS['nothing'][at]}"
        if acts and state == "open":
            yield f"  → {_WORDS['how'][at]}"


def _duty(duty: DutyAnswer, names: Mapping[str, str], at: int) -> Iterator[str]:
    who = _AND[at].join(f"{signer.role_text} {_named(signer.parties, names, at)}" for signer in duty.signers)
    until = "" if duty.due_on is None else "  " + _WORDS["until"][at].format(duty.due_on) + (_WORDS["late"][at] if duty.overdue else "")
    yield f"  {duty.text} ({duty.kind})  {who}{until}"
    yield from _blockers(duty.blockers, at)


def _act(one: PossibleActAnswer, names: Mapping[str, str], at: int) -> Iterator[str]:
    about = f"  [{shown(one.about)}]" if one.about else ""
    yield f"  {one.text} ({one.kind}){about}"
    signers = _AND[at].join(
        f"{signer.role_text}{_WORDS['you'][at] if signer.is_you else ' ' + _named(signer.parties, names, at)}" for signer in one.signers
    )
    alone = f"  {_WORDS['alone'][at]}" if one.alone else ""
    if len(one.signers) > 1:
        yield f"      {_WORDS['signed'][at].format(signers)}{alone}"
    if one.about or one.chain.endswith("<ULID>"):
        yield f"      {_WORDS['stands'][at].format(one.chain)}"
    if one.fields:
        yield f"      {_WORDS['asked'][at].format(_COMMA[at].join(_field(field, at) for field in one.fields))}"
    if one.known:
        yield f"      {_WORDS['known'][at].format(_COMMA[at].join(one.known))}"
    for statement in one.pending:
        yield f"      {_WORDS['waits'][at].format(statement[:CHECK_CODE])}"
    yield from _blockers(one.blockers, at)


def _field(field: AskedField, at: int) -> str:
    """``接受量（吨）[lines.*.accepted_t]``, with what it may be where that is little, and the case in which it is needed."""
    values = [shown(one.text) for one in field.values]
    choice = "/".join(values) if len(values) <= SHOWN_MAX else _WORDS["of"][at].format(len(values))
    more = _COMMA[at].join(filter(None, (choice, field.when)))
    return f"{field.label} [{field.path}]" + (_IN[at].format(more) if more else "")


def _blockers(blockers: tuple[ProblemError, ...], at: int) -> Iterator[str]:
    for error in blockers:
        basis = " ".join(part for part in (error.rule, error.source) if part)
        yield f"      ✗ {error.code} {shown(error.message)}"
        yield f"        → {shown(error.what_to_do)}"
        yield f"        {_WORDS['basis'][at].format(basis, error.lifted_by)}"


def _named(parties: tuple[str, ...], names: Mapping[str, str], at: int) -> str:
    """Two of them by name, the others by their count."""
    if not parties:
        return _WORDS["anybody"][at]
    named = _COMMA[at].join(shown(names.get(party, party)) for party in parties[:2])
    return named + (f" … ({len(parties)})" if len(parties) > 2 else "")
