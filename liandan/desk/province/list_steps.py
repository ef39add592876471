"""What befell a list, entry by entry: which act, by whom, about which rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.log import Log
from ledger.mass import parse_mass
from ledger.problem import Language
from liandan.desk.shell.formats import tonnes


class ListStep(Struct, frozen=True, kw_only=True):
    """An entry of the list's chain: a version, or what befell it."""

    index: int
    kind: str
    text: str
    by: str
    at: str
    letter_no: str
    hash: str
    said: str


def list_step(entry: Entry, names: Mapping[str, str], log: Log, language: Language) -> ListStep:
    """An entry of a list, with which rows it is about."""
    statement, kind = entry.statement, log.kinds.by_name[entry.statement.kind]
    body: Any = statement.body
    return ListStep(
        index=entry.index,
        kind=statement.kind,
        text=kind.zh if language == "zh" else kind.en,
        by=names.get(statement.by[0], statement.by[0]),
        at=entry.admission.at,
        letter_no=getattr(body, "letter_no", "") or "",
        hash=statement.hash,
        said="　".join(filter(None, (_touched(body, language), getattr(body, "reason", "") or ""))),
    )


def _touched(body: Any, language: Language) -> str:
    """Which rows an act is about, and what it makes of them."""
    is_zh = language == "zh"

    def rows(numbers: Sequence[int]) -> str:
        said = "、".join(str(number + 1) for number in numbers)
        return f"第 {said} 行" if is_zh else f"row {said}"

    row = getattr(body, "row", None)
    quotas = [
        f"{rows([one.row])}{'额度改为' if is_zh else ' quota'} {tonnes(parse_mass(one.quota_t))} {'吨' if is_zh else 't'}"
        for one in getattr(body, "quota", ())
    ]
    ended, added = [one.row for one in getattr(body, "end", ())], len(getattr(body, "add", ()))
    parts = [
        "" if row is None else rows([row]),
        *quotas,
        f"{'终止' if is_zh else 'ends '}{rows(ended)}" if ended else "",
        (f"新增 {added} 行" if is_zh else f"adds rows: {added}") if added else "",
    ]
    return ("；" if is_zh else "; ").join(filter(None, parts))
