"""A draft as it is shown: the few things that this load has of its own stand open, everything else is folded behind; and how it is judged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.kind_table import Kinds
from ledger.mass import parse_mass
from ledger.problem import Language
from liandan.desk.enterprise.blocked import Blocked, blocked
from liandan.desk.enterprise.draft import KeptDraft
from liandan.desk.enterprise.today import FORM_CODES, OtherDecision
from liandan.desk.forms.building import FormAsking, form_parts
from liandan.desk.forms.chains import OfferedChains
from liandan.desk.forms.model import ActForm, FormInput, FormPart, FormRows
from whitelist.check_answers import CheckAnswer, RemainingAnswer
from whitelist.thresholds import Thresholds

ISSUE = "manifest.issue/1"
OF_THIS_LOAD = frozenset({"lines.*.mass_t", "lines.*.packs", "planned_at", "number"})
MAY_WAIT = frozenset({"planned_at", "number"})
NUMBER_HINT = (
    "国家系统给出的 14 位编号；还没有的先不填，开具后补登",
    "14 digits, as the national system gave them; leave it empty if there is none yet and add it later",
)


class DraftView(Struct, frozen=True, kw_only=True):
    """The page."""

    id: str
    title: str
    sort: str
    form: ActForm
    receiver: str
    carrier: str
    waste: str
    code: str
    origin: str
    destination: str
    approval: str
    changed_s: int


class QuotaRoom(Struct, frozen=True, kw_only=True):
    """One account that bounds the load."""

    quota: str
    account: str
    limit_g: int
    left_g: int
    after_g: int
    used_g: int


class JudgedView(Struct, frozen=True, kw_only=True):
    """What the check says."""

    id: str
    fits: bool
    lacking: tuple[str, ...]
    blocked: tuple[Blocked, ...]
    others: tuple[OtherDecision, ...]
    room: tuple[QuotaRoom, ...]
    alerts: tuple[str, ...]


def draft_view(
    draft: KeptDraft, kinds: Kinds, names: Mapping[str, str], language: Language, offered: OfferedChains | None = None
) -> DraftView:
    """A draft with its form. Its manifest will have its ULID, so that signing it twice is one issue."""
    kind, body = kinds.by_name[ISSUE], draft.body
    asking = FormAsking(
        asked=OF_THIS_LOAD, optional=MAY_WAIT, by_need=True, hints={"number": NUMBER_HINT[language == "en"]},
        choices={} if offered is None else offered.choices, suggestions={} if offered is None else offered.suggestions,
    )  # fmt: skip
    parts = form_parts(kind.body, body, asking, language)
    lines = [line for line in body.get("lines", []) if isinstance(line, dict)]
    first: Mapping[str, Any] = lines[0] if lines else {}
    carriers = [str(one) for one in body.get("carriers", [])]
    form = ActForm(
        kind=ISSUE, title=kind.zh if language == "zh" else kind.en, own=draft.party,
        proposal={"kind": ISSUE, "chain": f"manifest/{draft.party}/{draft.id}", "by": [draft.party], "body": parts.body, "begins": True},
        parts=_first(parts.asked), more=parts.more, next=f"/m/{draft.party}/{draft.id}",
    )  # fmt: skip
    receiver = str(body.get("receiver", ""))
    return DraftView(
        id=draft.id, title=draft.title, sort=draft.sort, form=form, receiver=names.get(receiver, receiver),
        carrier=names.get(carriers[0], carriers[0]) if carriers else "", waste=str(first.get("name", "")), code=str(first.get("code", "")),
        origin=_place(body.get("origin"), names), destination=_place(body.get("destination"), names), approval=str(body.get("approval", "")),
        changed_s=draft.changed_s,
    )  # fmt: skip


def _first(parts: Iterable[FormPart]) -> tuple[FormPart, ...]:
    """The load before its papers, and its mass before its packs: what is known first is typed first."""
    found = [_massed(part) if isinstance(part, FormRows) else part for part in parts]
    return tuple(sorted(found, key=lambda part: not isinstance(part, FormRows)))


def _massed(rows: FormRows) -> FormRows:
    return replace(rows, rows=tuple(replace(row, parts=tuple(sorted(row.parts, key=_is_not_mass))) for row in rows.rows))


def _is_not_mass(part: FormPart) -> bool:
    return not (isinstance(part, FormInput) and part.type == "mass")


def judged_view(
    draft: KeptDraft, answer: CheckAnswer, others: tuple[OtherDecision, ...], kinds: Kinds, limits: Thresholds | None
) -> JudgedView:
    """What the check says of it, in words."""
    return JudgedView(
        id=draft.id,
        fits=answer.admissible,
        lacking=tuple(dict.fromkeys(one.label or one.field.removeprefix("body.") for one in answer.reasons if one.code in FORM_CODES)),
        blocked=blocked((one for one in answer.reasons if one.code not in FORM_CODES), kinds.rules, limits, draft.party),
        others=others,
        room=tuple(map(_room, answer.remaining)),
        alerts=tuple(one.message for one in answer.alerts),
    )


def _room(one: RemainingAnswer) -> QuotaRoom:
    return QuotaRoom(
        quota=one.quota, account=one.account, limit_g=_grams(one.limit_t), left_g=_grams(one.left_t), after_g=_grams(one.after_t),
        used_g=_grams(one.used_t),
    )  # fmt: skip


def _grams(text: str) -> int:
    return -parse_mass(text[1:]) if text.startswith("-") else parse_mass(text)


def _place(place: Any, names: Mapping[str, str]) -> str:
    if not isinstance(place, dict):
        return ""
    division = str(place.get("division", ""))
    return f"{names.get(division, division)} {place.get('address', '')}".strip()
