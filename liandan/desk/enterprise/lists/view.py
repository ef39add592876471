"""Rows of manifests and of decisions. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.mass import parse_mass
from ledger.times import format_at
from liandan.desk.enterprise.manifest.view import TONES, Tone
from liandan.desk.enterprise.today import DecisionLeft, decisions_left
from manifests.answers import Manifests
from manifests.view import ManifestView
from whitelist.answers import ApprovalAnswer, QuotaAnswer
from whitelist.approval import OPEN_STAGES

CLOSED = ("refused", "withdrawn", "revoked")


class ListedManifest(Struct, frozen=True, kw_only=True):
    """One row."""

    id: str
    number: str
    tone: Tone
    stage: str
    issued_at: str
    generator: str
    receiver: str
    carriers: tuple[str, ...]
    codes: tuple[str, ...]
    waste: str
    """Name of the first waste."""
    grams: int
    plates: tuple[str, ...]
    """It has gone with."""
    has_certificate: bool


def listed(found: Manifests, views: Mapping[str, ManifestView]) -> tuple[ListedManifest, ...]:
    """A page of manifests as rows; ``views`` by chain: what lists of ``/v1`` do not say. The time is the one that the issue claims, as on its page."""
    return tuple(
        ListedManifest(
            id=one.id, number=one.number or "", tone=TONES.get(one.stage, "wait"), stage=one.stage_text, issued_at=format_at(state.times.issued_s),
            generator=found.names.get(one.generator, one.generator), receiver=found.names.get(one.receiver, one.receiver),
            carriers=tuple(found.names.get(carrier, carrier) for carrier in one.carriers), codes=one.codes, waste=state.lines[0].name,
            grams=parse_mass(one.declared_t), plates=tuple(dict.fromkeys(leg.vehicle.plate for leg in state.legs)),
            has_certificate=state.times.received_s is not None,
        )
        for one, state in ((one, views[f"manifest/{one.id}"].state) for one in found.manifests)
    )  # fmt: skip


class Application(Struct, frozen=True, kw_only=True):
    """An application on its way, or one that ended without a decision in force."""

    approval: str
    stage: str
    stage_text: str
    receiver: str
    generator: str
    lines: tuple[tuple[str, str, int], ...]
    """Name, code, grams applied for."""
    no: str


class PermitRoom(Struct, frozen=True, kw_only=True):
    """What is left of a yearly scale."""

    account: str
    permit: str
    year: int
    limit_g: int
    used_g: int
    left_g: int


class DecisionsView(Struct, frozen=True, kw_only=True):
    """The page of decisions and quotas."""

    left: tuple[DecisionLeft, ...]
    on_way: tuple[Application, ...]
    others: tuple[Application, ...]
    permits: tuple[PermitRoom, ...]
    names: Mapping[str, str]


def decisions_view(approvals: Sequence[ApprovalAnswer], quotas: Sequence[QuotaAnswer], own: str, names: Mapping[str, str]) -> DecisionsView:
    """What is in force with what is left, what is on its way, what was refused or withdrawn."""
    return DecisionsView(
        left=decisions_left(approvals, own),
        on_way=tuple(_application(one, names) for one in approvals if one.stage in OPEN_STAGES),
        others=tuple(_application(one, names) for one in approvals if one.stage in CLOSED),
        permits=tuple(_room(one) for one in quotas if one.quota == "Q3"),
        names=names,
    )


def _application(one: ApprovalAnswer, names: Mapping[str, str]) -> Application:
    return Application(
        approval=one.approval, stage=one.stage, stage_text=names.get(one.stage, one.stage), receiver=names.get(one.receiver, one.receiver),
        generator=names.get(one.generator, one.generator), lines=tuple((line.name, line.code, parse_mass(line.applied_t)) for line in one.lines), no=one.no,
    )  # fmt: skip


def _room(one: QuotaAnswer) -> PermitRoom:
    return PermitRoom(
        account=one.account, permit=one.chain, year=one.year or 0, limit_g=parse_mass(one.limit_t), used_g=parse_mass(one.used_t), left_g=_grams(one.left_t)
    )  # fmt: skip


def _grams(text: str) -> int:
    return -parse_mass(text[1:]) if text.startswith("-") else parse_mass(text)
