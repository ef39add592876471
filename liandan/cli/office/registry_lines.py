"""How the registries are shown on a terminal: a line for each party, permit, list, approval, and what else one of them has to say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from ledger.answers import PartyItem, PartyPage
from ledger.times import day_at
from liandan.cli.check import account_words
from liandan.cli.office.knowing import ServerKnowledge, direction, pending_words, word_of
from liandan.cli.streams import shown as visible
from liandan.client import AsyncLiandan
from manifests.accounts.answers import AccountMovements
from manifests.emergencies.answers import Emergencies, EmergencyItem
from whitelist.answers import ApprovalAnswer, Approvals, Listings, Lists, PermitAnswer, Permits, QuotaAnswer, Quotas
from whitelist.approval_view import ApprovalView
from whitelist.fields import LIST
from whitelist.list_answers import ListAnswer

Names = Mapping[str, str]
Details = Callable[[Any, Names, AsyncLiandan, ServerKnowledge], AsyncIterator[str]]


class RegistryView(Struct, frozen=True, kw_only=True):
    """One registry: where it is asked, what its answer is, and how its items are told."""

    path: str
    form: type
    items: str
    names_of: Callable[[Any], tuple[str, ...]]
    """What it may be called by."""
    begins: tuple[str, ...]
    """How such names begin; before another text the noun is put."""
    narrowed: Callable[[str], dict[str, Any]]
    """The filters that a name allows, so that one item costs one page."""
    lines: Callable[[Any, Names], Iterator[str]]
    details: Details


def _party_lines(one: PartyItem, names: Names) -> Iterator[str]:
    ended = f"  已注销 / closed {one.closed_on}" if one.closed_on else ""
    yield f"{one.uscc}  {visible(one.name)}{ended}"


async def _party_details(one: PartyItem, names: Names, client: AsyncLiandan, knows: ServerKnowledge) -> AsyncIterator[str]:
    party = await client.party(one.uscc)
    for former in party.former:
        yield f"  曾用名 / formerly {visible(former.name)}"
    for key in party.keys:
        ended = f"  已于第 {key.revoked} 条撤销 / revoked at {key.revoked}" if key.revoked is not None else ""
        yield f"  密钥 / key {key.keyid[:16]}…  {key.suite}  {visible(key.label)}{ended}"
    for site in party.sites:
        yield f"  场所 / site {site.site}  {visible(site.name)}  {await knows.name_of(site.division)}"


def _permit_lines(one: PermitAnswer, names: Names) -> Iterator[str]:
    name = visible(names.get(one.receiver, one.receiver))
    yield f"{one.permit}"
    yield f"  {name}  {visible(one.no)}  {word_of(one.status)}  {one.valid_from} 至 {one.valid_to}  {one.scale_t} 吨/年"


async def _permit_details(one: PermitAnswer, names: Names, client: AsyncLiandan, knows: ServerKnowledge) -> AsyncIterator[str]:
    yield f"  {await knows.name_of(one.division)} {visible(one.address)}"
    for item in one.items:
        yield f"  {item.told()[0]}  {' '.join(item.methods)}"


def _list_lines(one: ListAnswer, names: Names) -> Iterator[str]:
    yield f"{one.list}  {one.year} 年 {direction(one.from_province, one.to_province)}"
    yield f"  {word_of(one.kind)}  {word_of(one.status)}  {one.effective_from} 至 {one.effective_to}  {one.rows_filed} / {one.rows_announced} 行  {visible(one.letter_no)}"


async def _list_details(one: ListAnswer, names: Names, client: AsyncLiandan, knows: ServerKnowledge) -> AsyncIterator[str]:
    for act in one.pending:
        yield f"  等待确认 / waits: {visible(pending_words(act, names))}"
        yield f"      → liandan list confirm {one.list} --act {act.act}"
    cursor: str | None = ""
    while cursor is not None:
        raw = await client.get("/v1/listings", list=one.list, limit=200, cursor=cursor or None)
        page = msgspec.json.decode(raw, type=Listings)
        for row in page.listings:
            name = visible(page.names.get(row.receiver, row.receiver))
            used = f"额度 {row.quota_t} 吨，已占 {row.used_t}，余 / left {row.left_t}"
            yield f"  第 {row.row} 行  {name}  {row.waste.told()[0]}  {' '.join(row.methods)}  {used}  {word_of(row.status)}"
        cursor = page.next


def _approval_lines(one: ApprovalAnswer, names: Names) -> Iterator[str]:
    parties = " → ".join(visible(names.get(code, code)) for code in (one.generator, one.receiver))
    yield f"{one.approval}"
    number = f"  {visible(one.no)}" if one.no else ""
    yield f"  {parties}  {direction(one.origin[:2], one.destination[:2])}  {word_of(one.stage)}{number}" + (
        f"  至 {one.valid_to}" if one.valid_to else ""
    )


async def _approval_details(one: ApprovalAnswer, names: Names, client: AsyncLiandan, knows: ServerKnowledge) -> AsyncIterator[str]:
    whole = msgspec.json.decode(await client.get(one.approval.replace("approval/", "/v1/approvals/", 1)), type=ApprovalView)
    for line in one.lines:
        decided = f"批准 {line.decided_t}，已用 {line.used_t}，余 / left {line.left_t}" if one.no else f"申请 / applied {line.applied_t}"
        listed = f"  {line.listing.list} 第 {line.listing.row} 行" if line.listing is not None else ""
        yield f"  第 {line.line} 行  {visible(line.name)}  {line.code}  {line.method}  {decided} 吨{listed}"

    for clock in whole.clocks:
        turn = "、".join(visible(whole.names.get(code, code)) for code in clock.parties)
        until = f"至 {clock.due_on}" if clock.due_on else "无期限 / undated"
        left = f"，剩 {clock.workdays_left} 个工作日" if clock.workdays_left is not None and clock.workdays_left >= 0 else ""
        late = f"，逾期 {clock.late_workdays} 个工作日 / working days late" if clock.late_workdays else ""
        state = f"，已于 {clock.ended_on} 办" if clock.ended_on else left
        yield f"  {clock.text}  {turn}  {clock.since} 起，{until}{state}{late}"
    for act in whole.history:
        by = "、".join(visible(whole.names.get(code, code)) for code in act.by)
        yield f"  第 {act.index} 条  {day_at(act.admitted_at)}  {act.text}  {by}" + (f"  {visible(act.reason)}" if act.reason else "")


_QUOTA_OF = {"list": "Q1", "approval": "Q2", "permit": "Q3"}


def _quota_lines(one: QuotaAnswer, names: Names) -> Iterator[str]:
    name = visible(names.get(one.holder, one.holder))
    yield account_words(one.account)
    yield f"  {name}  限额 / limit {one.limit_t}，已占 / used {one.used_t}，余 / left {one.left_t} 吨"


async def _quota_details(one: QuotaAnswer, names: Names, client: AsyncLiandan, knows: ServerKnowledge) -> AsyncIterator[str]:
    """Every movement, newest first: who moved what, and what the account held then."""
    cursor: str | None = ""
    while cursor is not None:
        raw = await client.get("/v1/movements", account=one.account, limit=200, cursor=cursor or None)
        page = msgspec.json.decode(raw, type=AccountMovements)
        for move in page.movements:
            party = visible(page.names.get(move.party, move.party))
            yield f"  第 {move.index} 条  {day_at(move.at)}  {move.text}  {party}  {move.moved_t} → {move.balance_t} 吨  {move.manifest}".rstrip()
        cursor = page.next


def _emergency_lines(one: EmergencyItem, names: Names) -> Iterator[str]:
    yield f"emergency/{one.id}  {visible(one.name)}"
    took = f"上限 / ceiling {one.ceiling_t}，已用 / used {one.used_t}，余 / left {one.left_t} 吨"
    yield f"  {one.stage_text}  {visible(names.get(one.authority, one.authority))}  {one.valid_from} 至 {one.valid_to}  {took}"


async def _emergency_details(one: EmergencyItem, names: Names, client: AsyncLiandan, knows: ServerKnowledge) -> AsyncIterator[str]:
    yield f"  {await knows.name_of(one.division)}  {'；'.join(one.wastes)}"
    for receiver in one.receivers:
        joined = "" if receiver.joined else "  接受地尚未加入 / its side has not joined"
        yield f"  {visible(names.get(receiver.receiver, receiver.receiver))}  {receiver.permit}{joined}"


def _of_list(name: str) -> dict[str, Any]:
    match = LIST.fullmatch(name)
    return {} if match is None else {"year": int(match[1]), "from": match[2], "to": match[3]}


def _by(part: str) -> Callable[[str], dict[str, Any]]:
    return lambda name: {part: name.split("/")[1]} if name.count("/") == 2 else {}


SHOWN: Mapping[str, RegistryView] = {
    "party": RegistryView(
        path="/v1/parties", form=PartyPage, items="parties", names_of=lambda one: (f"party/{one.uscc}",), begins=("party/",), narrowed=lambda name: {},
        lines=_party_lines, details=_party_details,
    ),
    "permit": RegistryView(
        path="/v1/permits", form=Permits, items="permits", names_of=lambda one: (str(one.permit),), begins=("permit/",), narrowed=_by("receiver"),
        lines=_permit_lines, details=_permit_details,
    ),
    "list": RegistryView(
        path="/v1/lists", form=Lists, items="lists", names_of=lambda one: (str(one.list),), begins=("list/",), narrowed=_of_list,
        lines=_list_lines, details=_list_details,
    ),
    "approval": RegistryView(
        path="/v1/approvals", form=Approvals, items="approvals", names_of=lambda one: (str(one.approval),), begins=("approval/",), narrowed=_by("generator"),
        lines=_approval_lines, details=_approval_details,
    ),
    "quota": RegistryView(
        path="/v1/quotas", form=Quotas, items="quotas", names_of=lambda one: (str(one.account), str(one.chain)), begins=("Q", "list/", "approval/", "permit/"), narrowed=lambda name: {"quota": _QUOTA_OF.get(name.partition("/")[0], name[:2])} if name else {},
        lines=_quota_lines, details=_quota_details,
    ),
    "emergency": RegistryView(
        path="/v1/emergencies", form=Emergencies, items="emergencies", names_of=lambda one: (f"emergency/{one.id}",), begins=("emergency/",), narrowed=lambda name: {},
        lines=_emergency_lines, details=_emergency_details,
    ),
}  # fmt: skip
"""By the noun, which begins the names of its chains."""
