"""What is otherwise between two versions of a list, row by row and in one sentence: 新增 3 家，900-052-31 额度 +5000 吨. Pure.

Rows are of one place where receiver, line of renewals and category are the same; of several there, those that share codes belong together. A
permit that was renewed is no change of the row, and neither is the order of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import BinaryIO, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.mass import tonnes
from reports.tables.columns import Value
from reports.tables.workbook import Workbook
from signing.phrase import Phrase
from whitelist.acts.list_rows import Row
from whitelist.divisions import province_name
from whitelist.listing import Conditions, ListRow, ListState

SHOWN_MAX = 12
"""Codes of which the sentence says how their quota changed."""


class ComparedRow(Struct, frozen=True):
    """A row of a version: its number there, counted from 0, and what it says. ``root`` of the row is that of its permit, where it is known."""

    number: int
    row: ListRow


class RowDifference(Struct, frozen=True, kw_only=True):
    """A row that was added, ended or changed, in words of both languages; numbers are those of the versions, from 0."""

    sort: Literal["added", "ended", "changed"]
    receiver: str
    name: str
    permit: str
    waste: str
    methods: str
    before_t: str | None
    after_t: str | None
    row_before: int | None
    row_after: int | None
    zh: str
    en: str


class QuotaDifference(Struct, frozen=True):
    """By how much the quota of a code, or of a whole scope, is another in all its rows together; tonnes with a sign."""

    waste: str
    change_t: str


class ListDifference(Struct, frozen=True, kw_only=True):
    """Two versions of a list. ``zh`` and ``en`` say it in one sentence."""

    zh: str
    en: str
    is_same: bool
    added_firms: tuple[str, ...]
    ended_firms: tuple[str, ...]
    quotas: tuple[QuotaDifference, ...]
    rows: tuple[RowDifference, ...]


def rows_of_draft(rows: Iterable[Row], roots: Mapping[str, str]) -> list[ComparedRow]:
    """The rows of a file; ``roots`` of its permits, where they are known."""
    return [ComparedRow(number, row.listed(roots.get(row.permit, row.permit))) for number, row in enumerate(rows)]


def rows_in_force(state: ListState, day: str) -> list[ComparedRow]:
    """The rows of a list on a day (or on its first one, if that is to come), each with its quota of that day; of one that has run out, of its last."""
    on = min(max(day, state.effective_from), state.effective_to)
    removed = {number for number in range(len(state.rows)) if state.status_at(number, _LATEST) == "REMOVED"}
    return [
        ComparedRow(number, replace(row, quota_g=state.quota_g(number, on)))
        for number, row in enumerate(state.rows)
        if number not in removed and state.last_day(number) >= on and not state.row_life(number).first_day > on
    ]


_LATEST = 2**40
"""A moment behind every change."""


def compare_lists(before: Sequence[ComparedRow], after: Sequence[ComparedRow], names: Mapping[str, str]) -> ListDifference:
    """What was added, ended and changed; ``names`` of firms by code."""
    rows: list[RowDifference] = []
    for old, new in _pairs(before, after):
        if old is None and new is not None:
            rows.append(_told("added", None, new, names))
        elif new is None and old is not None:
            rows.append(_told("ended", old, None, names))
        elif old is not None and new is not None and _content(old.row) != _content(new.row):
            rows.append(_told("changed", old, new, names))
    firms = [{one.row.receiver for one in version} for version in (before, after)]
    added, ended = sorted(firms[1] - firms[0]), sorted(firms[0] - firms[1])
    quotas = _quotas(before, after)
    said = _sentence(rows, len(added), len(ended), quotas, len(after))
    return ListDifference(
        zh=said.zh, en=said.en, is_same=not rows, added_firms=tuple(added), ended_firms=tuple(ended), quotas=tuple(quotas), rows=tuple(rows)
    )


# ---------------------------------------------------------------------- which row is which


def _key(one: ComparedRow) -> tuple[str, str, str]:
    return one.row.receiver, one.row.root, one.row.waste.category


def _content(row: ListRow) -> tuple[object, ...]:
    """What a row says; the order of codes and methods says nothing."""
    return (row.waste.scope, frozenset(row.waste.codes), frozenset(row.methods), row.quota_g, row.conditions or Conditions())


def _pairs(before: Sequence[ComparedRow], after: Sequence[ComparedRow]) -> Iterable[tuple[ComparedRow | None, ComparedRow | None]]:
    left: dict[tuple[str, str, str], list[ComparedRow]] = {}
    for one in before:
        left.setdefault(_key(one), []).append(one)
    found: dict[int, ComparedRow] = {}
    for is_twin in (_is_same, _is_same_but_quota, _shares_codes):
        for at, new in enumerate(after):
            rivals = left.get(_key(new), [])
            if at not in found and (old := next((one for one in rivals if is_twin(one.row, new.row)), None)) is not None:
                found[at] = old
                rivals.remove(old)
    for at, new in enumerate(after):
        yield found.get(at), new
    gone = sorted((one for rivals in left.values() for one in rivals), key=lambda one: one.number)
    yield from ((old, None) for old in gone)


def _is_same(old: ListRow, new: ListRow) -> bool:
    return _content(old) == _content(new)


def _is_same_but_quota(old: ListRow, new: ListRow) -> bool:
    return _content(replace(old, quota_g=0, conditions=None)) == _content(replace(new, quota_g=0, conditions=None))


def _shares_codes(old: ListRow, new: ListRow) -> bool:
    return old.waste.meets(new.waste)


# ---------------------------------------------------------------------- in words


def _waste(row: ListRow) -> tuple[str, str]:
    """Codes of a row, few of them by themselves."""
    codes = row.waste.codes
    if row.waste.scope == "INCLUDE" and len(codes) <= 3:
        return "、".join(codes), ", ".join(codes)
    return row.waste.told()


def _told(
    sort: Literal["added", "ended", "changed"], old: ComparedRow | None, new: ComparedRow | None, names: Mapping[str, str]
) -> RowDifference:
    one = new or old
    assert one is not None
    row, name = one.row, names.get(one.row.receiver, one.row.receiver)
    waste_zh, waste_en = _waste(row)
    grams = tonnes(row.quota_g)
    if sort == "changed" and old is not None and new is not None:
        parts = list(_changes(old.row, new.row))
        zh, en = (
            f"{name} {waste_zh}：" + "；".join(part.zh for part in parts),
            f"{name}, {waste_en}: " + "; ".join(part.en for part in parts),
        )
    elif sort == "added":
        zh, en = (
            f"新增 {name} {waste_zh}，{'、'.join(row.methods)}，{grams} 吨",
            f"added {name}, {waste_en}, {', '.join(row.methods)}, {grams} t",
        )
    else:
        zh, en = (
            f"减少 {name} {waste_zh}，{'、'.join(row.methods)}，{grams} 吨",
            f"ended {name}, {waste_en}, {', '.join(row.methods)}, {grams} t",
        )
    return RowDifference(
        sort=sort,
        receiver=row.receiver,
        name=name,
        permit=row.permit,
        waste=row.waste.told()[0],
        methods="、".join(row.methods),
        before_t=None if old is None else tonnes(old.row.quota_g),
        after_t=None if new is None else tonnes(new.row.quota_g),
        row_before=None if old is None else old.number,
        row_after=None if new is None else new.number,
        zh=zh,
        en=en,
    )


def _changes(old: ListRow, new: ListRow) -> Iterable[Phrase]:
    if old.quota_g != new.quota_g:
        by = signed(new.quota_g - old.quota_g)
        values = f"{tonnes(old.quota_g)} → {tonnes(new.quota_g)}"
        yield Phrase(f"额度 {by} 吨（{values}）", f"quota {by} t ({values})")
    if (old.waste.scope, set(old.waste.codes)) != (new.waste.scope, set(new.waste.codes)):
        (old_zh, old_en), (new_zh, new_en) = old.waste.told(), new.waste.told()
        yield Phrase(f"废物 {old_zh} → {new_zh}", f"wastes {old_en} → {new_en}")
    if set(old.methods) != set(new.methods):
        values = f"{'、'.join(old.methods)} → {'、'.join(new.methods)}"
        yield Phrase(f"方式 {values}", f"methods {values}")
    if (old.conditions or Conditions()) != (new.conditions or Conditions()):
        yield Phrase(f"条件 {told_conditions(old.conditions)} → {told_conditions(new.conditions)}", "conditions are others")


def told_conditions(terms: Conditions | None) -> str:
    """Conditions in words, 无 where there are none."""
    if terms is None:
        return "无"
    parts = [
        "" if terms.pre_notice_days is None else f"提前 {terms.pre_notice_days} 天报告",
        "" if terms.complete_within_days is None else f"{terms.complete_within_days} 天内完成",
        "仅限利用" if terms.use_only else "",
        f"途经 {'、'.join(province_name(code) for code in terms.transit)}" if terms.transit else "",
        terms.note or "",
    ]
    return "，".join(filter(None, parts)) or "无"


def signed(grams: int) -> str:
    """Tonnes with their sign: ``+5000``."""
    return f"{'+' if grams > 0 else ''}{tonnes(grams)}"


def _quotas(before: Sequence[ComparedRow], after: Sequence[ComparedRow]) -> list[QuotaDifference]:
    sums: dict[str, int] = {}
    for version, sign in ((before, -1), (after, 1)):
        for one in version:
            label = _waste(one.row)[0]
            sums[label] = sums.get(label, 0) + sign * one.row.quota_g
    return [QuotaDifference(label, signed(grams)) for label, grams in sorted(sums.items()) if grams]


def _sentence(rows: Sequence[RowDifference], added: int, ended: int, quotas: Sequence[QuotaDifference], size: int) -> Phrase:
    if not rows:
        return Phrase(f"两份相同，共 {size} 行", f"both are the same, {size} rows")
    counts = {sort: sum(row.sort == sort for row in rows) for sort in ("added", "ended", "changed")}
    parts = [
        Phrase(f"新增 {added} 家", f"{added} firms added") if added else None,
        Phrase(f"减少 {ended} 家", f"{ended} firms ended") if ended else None,
        *(Phrase(f"{one.waste} 额度 {one.change_t} 吨", f"quota of {one.waste} {one.change_t} t") for one in quotas[:SHOWN_MAX]),
        Phrase(f"另有 {len(quotas) - SHOWN_MAX} 项额度有变", f"{len(quotas) - SHOWN_MAX} more quotas are others")
        if len(quotas) > SHOWN_MAX
        else None,
        Phrase(
            f"共新增 {counts['added']} 行、减少 {counts['ended']} 行、更改 {counts['changed']} 行",
            f"in all {counts['added']} rows added, {counts['ended']} ended, {counts['changed']} changed",
        ),
    ]
    told = [part for part in parts if part is not None]
    return Phrase("，".join(part.zh for part in told), ", ".join(part.en for part in told))


def write_difference(out: BinaryIO, found: ListDifference, titles: tuple[str, str]) -> None:
    """As a workbook: the sentence and the quotas, then row by row; ``titles`` of the versions."""
    book = Workbook(out, "白名单差异")
    heads = (("项目", 36), ("内容", 90))
    book.sheet("概要", heads, _overview(found, titles), wrapped=True)
    names = {"added": "新增", "ended": "减少", "changed": "更改"}
    book.sheet("逐行", _ROW_HEADS, ([names[row.sort], *_cells(row)] for row in found.rows))
    book.close()


_ROW_HEADS = (
    ("变化", 8), ("接受单位", 32), ("统一社会信用代码", 22), ("废物", 34), ("方式", 12), ("原额度（吨）", 16), ("新额度（吨）", 16), ("增减（吨）", 16),
    ("原行号", 8), ("新行号", 8), ("说明", 70), ("许可证标识", 56),
)  # fmt: skip


def _overview(found: ListDifference, titles: tuple[str, str]) -> Iterable[Sequence[Value]]:
    yield "原", titles[0]
    yield "新", titles[1]
    yield "差异", found.zh
    yield from ((f"{one.waste} 额度", f"{one.change_t} 吨") for one in found.quotas)


def _cells(row: RowDifference) -> Sequence[Value]:
    before, after = (None if text is None else Decimal(text) for text in (row.before_t, row.after_t))
    by = (after or Decimal(0)) - (before or Decimal(0))
    numbers = (None if number is None else number + 1 for number in (row.row_before, row.row_after))
    return (row.name, row.receiver, row.waste, row.methods, before, after, by, *numbers, row.zh, row.permit)
