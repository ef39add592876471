"""Forms of what a party may do about a manifest: as ``manifests.possible`` has prepared and judged it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.admission.personality import Kind
from ledger.problem import Language
from liandan.desk.forms.building import FormAsking, form_parts
from liandan.desk.forms.model import ActForm, FormOption, FormSigner
from liandan.desk.forms.suggesting import examples, suggested
from manifests.possible.answers import AskedField, PossibleActAnswer, PossibleSigner

GROWING = frozenset({"fates", "loaded", "legs"})
"""Lists that the log has filled in and that may have more rows than it knows."""
SERVER_SAYS = frozenset({"trunk", "trunk.seq", "trunk.hash", "leg"})
"""What nobody changes: up to which act one has seen, which leg it is."""


def possible_form(
    act: PossibleActAnswer, kind: Kind, own: str, names: Mapping[str, str], language: Language, at: str, next_page: str = "", owed: str = ""
) -> ActForm:
    """The form of an act that ``own`` may sign at ``at``, the log's present as formats §6 writes it; ``owed`` is the term that asks for it."""
    lists = frozenset(name for name, value in act.known.items() if isinstance(value, list)) - GROWING
    known, chosen = suggested(act, at, owed)
    asking = FormAsking(
        asked=frozenset(one.path for one in act.fields),
        choices={one.path: _options(one, chosen) for one in act.fields if one.values},
        hints={path: said[language == "en"] for path, said in examples(own, at).items()}
        | {one.path: one.when for one in act.fields if one.when},
        optional=frozenset(one.path for one in act.fields if one.when),
        fixed=lists,
        hidden=SERVER_SAYS | {f"{name}.*.line" for name in lists},
    )
    form = form_parts(kind.body, known, asking, language)
    by = tuple(holder_of(one, own) for one in act.signers)
    return ActForm(
        own=own,
        kind=act.kind,
        title=act.text,
        about=act.about,
        proposal={
            "kind": act.kind,
            "chain": act.chain,
            "by": list(by) or [own],
            **({"for": act.principal} if act.principal else {}),
            "body": form.body,
        },
        parts=form.asked,
        more=form.more,
        signers=tuple(_signers(act, own, names)) if len(act.signers) > 1 else (),
        may_be_alone=act.alone,
        blockers=act.blockers,
        pending=act.pending,
        next=next_page,
    )


def holder_of(signer: PossibleSigner, own: str) -> str:
    """Who most likely stands in a place of ``by``; empty where anybody may."""
    return own if signer.is_you else next(iter(signer.parties), "")


def _signers(act: PossibleActAnswer, own: str, names: Mapping[str, str]) -> Iterator[FormSigner]:
    for place, one in enumerate(act.signers):
        holder = holder_of(one, own)
        choices = tuple(FormOption(value=uscc, text=names.get(uscc, uscc), is_chosen=uscc == holder) for uscc in one.parties)
        yield FormSigner(
            place=place,
            role=one.role_text,
            uscc=holder,
            name=names.get(holder, ""),
            is_you=one.is_you,
            choices=choices if len(choices) > 1 and not one.is_you else (),
            is_open=not one.parties and not one.is_you,
        )


def _options(field: AskedField, chosen: Mapping[str, frozenset[str]]) -> tuple[FormOption, ...]:
    picked: Any = chosen.get(field.path, frozenset())
    return tuple(FormOption(value=one.value, text=one.text, is_chosen=one.value in picked) for one in field.values)
