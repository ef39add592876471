"""Forms of acts that are not about a manifest: applications, lists, permits, plans, people of a firm; everything that a kind declares.

Who signs says the kind itself of what the log knows; what may be chosen (permits of the receiver, rows of the list) is offered by ``offers``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.admission.personality import Kind, Role
from ledger.problem import Language, ProblemError
from liandan.desk.forms.building import FormAsking, form_parts
from liandan.desk.forms.model import ActForm, FormOption, FormSigner

ROLES: Mapping[str, tuple[str, str]] = {
    "operator": ("运营单位", "operator"),
    "authority": ("主管部门", "authority"),
    "authorities": ("各主管部门", "authorities"),
    "origin_authority": ("移出地主管部门", "authority of the origin"),
    "destination_authority": ("接受地主管部门", "authority of the destination"),
    "generator": ("移出人", "generator"),
    "receiver": ("接受人", "receiver"),
    "carrier": ("承运人", "carrier"),
    "party": ("单位", "party"),
    "old": ("原密钥", "old key"),
}
"""Roles of acts outside manifests, as people call them; others by their own name."""


def kind_form(
    kind: Kind,
    chain: str,
    own: str,
    known: Mapping[str, Any],
    roles: Sequence[Role],
    names: Mapping[str, str],
    offers: Mapping[str, Sequence[FormOption]],
    language: Language,
    *,
    suggestions: Mapping[str, Sequence[FormOption]] = {},
    blockers: tuple[ProblemError, ...] = (),
    next_page: str = "",
) -> ActForm:
    """The form of a kind on a chain, which ends in ``<ULID>`` where the act begins one; ``known`` is laid in its fields and may be changed."""
    shown = frozenset(_starred(known, ""))
    asking = FormAsking(by_need=True, asked=shown, choices=offers, suggestions=suggestions)
    form = form_parts(kind.body, known, asking, language)
    by = [own if own in role.holders or not role.holders else role.holders[0] for role in roles] or [own]
    if own not in by and len(by) == 1:
        by = [own]
    return ActForm(
        own=own,
        kind=kind.name,
        title=kind.zh if language == "zh" else kind.en,
        proposal={"kind": kind.name, "chain": chain, "by": by, "body": form.body},
        parts=form.asked,
        more=form.more,
        signers=tuple(_signer(place, role, by[place], own, names, language) for place, role in enumerate(roles)) if len(roles) > 1 else (),
        blockers=blockers,
        next=next_page,
    )


def _signer(place: int, role: Role, uscc: str, own: str, names: Mapping[str, str], language: Language) -> FormSigner:
    choices = tuple(FormOption(value=one, text=names.get(one, one), is_chosen=one == uscc) for one in role.holders)
    zh, en = ROLES.get(role.name, (role.name, role.name.replace("_", " ")))
    return FormSigner(
        place=place,
        role=zh if language == "zh" else en,
        uscc=uscc,
        name=names.get(uscc, ""),
        is_you=uscc == own,
        choices=choices if len(choices) > 1 and uscc != own else (),
        is_open=not role.holders and uscc != own,
    )


def _starred(value: Any, path: str) -> Sequence[str]:
    """Paths of what is known, with ``*`` for places in lists."""
    if isinstance(value, Mapping):
        return [found for name, inner in value.items() for found in _starred(inner, f"{path}.{name}" if path else name)]
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return [path, *(found for inner in value for found in _starred(inner, f"{path}.*"))]
    return [path]
