"""``log.refusals/1`` on ``log/refusals``: what was refused in a clock hour, named so that nothing refused is forgotten (formats §8)."""

from typing import Annotated

from msgspec import Struct

from ledger.admission.personality import Changes, Judged
from ledger.fields import At, Hash, PositiveSize, Size, at_least, form, label
from ledger.kinds.roles import act_of_operator
from ledger.model import Findings
from ledger.times import format_at, parse_at
from signing.payload import REASON_LIMIT
from signing.phrase import Phrase
from signing.refusal import texts

LOG_REFUSALS = "log/refusals"
TEXTS = texts("""
PAGE_ORDER | - | operator | formats §8 [DESIGN]
拒绝记录的页次不连续。 || 按小时、页次依次提交。
Refusal pages are out of order. || Submit pages in order of hour and page.
""")


_SOME = at_least(1)


class RefusalItem(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One refused statement."""

    statement: Annotated[Hash, label("声明哈希", "statement hash")]
    by: Annotated[tuple[str, ...], label("签署方", "signers")]
    kind: Annotated[str, label("种类", "kind")]
    codes: Annotated[tuple[str, ...], _SOME, label("拒绝代码", "codes, sorted")]
    size: Annotated[PositiveSize, label("当时条目数", "size of the log then")]
    at: Annotated[At, label("拒绝时间", "when it was refused")]


class LogRefusals(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Body of ``log.refusals/1``: one page of one clock hour."""

    hour: Annotated[
        str,
        form(
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}$", "FIELD_TYPE", Phrase("整点小时，如 2026-12-31T08", "a clock hour, e.g. 2026-12-31T08")
        ),
        label("小时", "clock hour, YYYY-MM-DDThh"),
    ]
    page: Annotated[Size, label("页次", "page, from 0")]
    of: Annotated[PositiveSize, label("总页数", "number of pages")]
    items: Annotated[tuple[RefusalItem, ...], _SOME, label("被拒声明", "refused statements, by time")]


class RefusalsState(Struct, frozen=True, gc=False):
    """State of ``log/refusals``: the last page."""

    hour: str
    page: int
    of: int


def page_follows(judged: Judged, out: Findings) -> None:
    """Pages of an hour in order, hours ascending."""
    body: LogRefusals = judged.statement.body
    last: RefusalsState | None = judged.state
    if body.page >= body.of:
        out.refuse("FIELD_TYPE", "body.page", f"{body.page}/{body.of}", Phrase("page 小于 of", "page < of"))
    elif last is not None and not _follows(body, last):
        out.refuse(
            "PAGE_ORDER",
            "body.page",
            f"{body.hour} {body.page}/{body.of}",
            Phrase(f"接在 {last.hour} 第 {last.page}/{last.of} 页之后", f"after {last.hour} {last.page}/{last.of}"),
        )
    elif last is None and body.page != 0:
        out.refuse("PAGE_ORDER", "body.page", body.page, "0")


def _follows(body: LogRefusals, last: RefusalsState) -> bool:
    if last.page + 1 < last.of:
        return (body.hour, body.page, body.of) == (last.hour, last.page + 1, last.of)
    return body.hour > last.hour and body.page == 0


def items_are_in_order(judged: Judged, out: Findings) -> None:
    """The hour is over; its items stand by time, one per (statement, codes), each of a tree that existed."""
    if out.reasons:  # of a page that is out of form anyway
        return
    body: LogRefusals = judged.statement.body
    if body.hour >= (now := format_at(judged.moment.at_s)[:13]):
        out.refuse("FIELD_TYPE", "body.hour", body.hour, Phrase(f"{now} 以前的小时", f"an hour before {now}"))
    before_s, seen = 0, set[tuple[str, tuple[str, ...]]]()
    for position, item in enumerate(body.items):
        where = f"body.items.{position}"
        at_s = parse_at(item.at)
        if at_s < before_s or format_at(at_s)[:13] > body.hour:
            out.refuse("FIELD_TYPE", f"{where}.at", item.at, Phrase(f"按时间排列，不晚于 {body.hour}", f"by time, not after {body.hour}"))
        if (item.statement, item.codes) in seen:
            out.refuse("FIELD_TYPE", f"{where}.statement", item.statement, Phrase("每项只一次，代码相同", "once with these codes"))
        if tuple(sorted(set(item.codes))) != item.codes:
            out.refuse("FIELD_TYPE", f"{where}.codes", ", ".join(item.codes), Phrase("已排序，每项只一次", "sorted, each once"))
        if item.size > judged.moment.index:
            out.refuse("FIELD_TYPE", f"{where}.size", item.size, Phrase(f"1 至 {judged.moment.index}", f"1 to {judged.moment.index}"))
        before_s = at_s
        seen.add((item.statement, item.codes))
    del out.reasons[REASON_LIMIT:]


KIND = act_of_operator(
    name="log.refusals/1",
    zh="拒绝记录",
    en="page of refusals",
    body=LogRefusals,
    chain=LOG_REFUSALS,
    rules=(page_follows, items_are_in_order),
    evolve=lambda statement, admission, facts: Changes(state=RefusalsState(statement.body.hour, statement.body.page, statement.body.of)),
    effect=("该小时内被拒绝的声明记录在案。", "What was refused in that hour is on record."),
    texts=TEXTS,
)
