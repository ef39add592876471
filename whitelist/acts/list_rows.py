"""``list.rows/1``: the rows of a proposed list, page by page, judged as a whole: against their permits and against each other (E7 of the cases).

Pages come in order and hold together exactly what was announced. A list that nobody countersigns (单方公布) is in force with its last page.
Source: 2020 mechanism 1 [READ S6]: quantities per receiver and category for the year; kinds §4.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.answers import filled
from ledger.directory import log_state
from ledger.fields import Count, MassAboveZero, Uscc, items, label
from ledger.mass import parse_mass, tonnes
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of
from signing.phrase import Phrase, Word
from signing.refusal import texts
from whitelist import telling
from whitelist.acts.list_propose import ROWS_MAX, signed_by_proposer
from whitelist.catalogue import is_retired
from whitelist.fields import Methods, PermitRef, Scope, ScopeForm, judge_scope
from whitelist.list_sides import countersigners
from whitelist.listing import Conditions, ListRow, ListState, list_act
from whitelist.permit import PermitState, permit_at


class Row(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One listing on the wire."""

    receiver: Annotated[Uscc, label("接受单位", "receiver")]
    permit: Annotated[PermitRef, label("许可证", "permit")]
    waste: Annotated[ScopeForm, label("废物", "waste")]
    methods: Methods
    quota_t: Annotated[MassAboveZero, label("年度额度（吨）", "quota of the year, t")]
    conditions: Annotated[Conditions | None, label("条件", "conditions")] = None

    def listed(self, root: str) -> ListRow:
        """The row as the list keeps it; ``root`` is the first permit of its permit's line of renewals."""
        return filled(ListRow, self, root=root, waste=filled(Scope, self.waste), quota_g=parse_mass(self.quota_t))


class ListRows(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Body of ``list.rows/1``: one page, numbered from 0; rows count on across pages. A page is what fits a body of 24 KiB."""

    page: Annotated[Count, label("页次", "page")]
    rows: Annotated[tuple[Row, ...], items(1, ROWS_MAX, "LIST_SIZE"), label("各行", "rows")]


def _reads(statement: Statement, facts: Facts) -> Reads:
    return Reads(chains=tuple(dict.fromkeys(row.permit for row in statement.body.rows)))


def _is_open(judged: Judged, out: Findings) -> None:
    """A gate: the list still waits for pages, else LIST_STAGE alone."""
    state: ListState = judged.state
    if state.status != "PROPOSED" or state.pages == state.pages_announced:
        own = {"status": telling.word(state.status), "pages": str(state.pages), "announced": str(state.pages_announced)}
        out.refuse("LIST_STAGE", "kind", f"{state.status}, {state.pages} / {state.pages_announced}", "PROPOSED", "COMPLETE", **own)


def page_is_the_next(judged: Judged, out: Findings) -> None:
    """Pages come in order; the last one makes the rows as many as announced, and no other one does."""
    body, state = judged.statement.body, judged.state
    if body.page != state.pages:
        out.refuse("LIST_PAGE", "body.page", body.page, state.pages, "NEXT", page=str(body.page), next=str(state.pages))
    count, is_last = len(state.rows) + len(body.rows), state.pages + 1 == state.pages_announced
    if count > state.rows_announced or (count == state.rows_announced) != is_last:
        own = {"count": str(count), "announced": str(state.rows_announced), "page": str(body.page), "pages": str(state.pages_announced)}
        out.refuse("LIST_SIZE", "body.rows", count, f"{'' if is_last else '< '}{state.rows_announced}", "ROWS", **own)


Numbered = tuple[str, int, Row]
"""A row that comes: its path in the body, its number in the list, and the row."""


def rows_lie_within_their_permits(judged: Judged, out: Findings) -> None:
    """Every row's permit is on the log and covers the row: holder, scope, methods, status, and the list's days."""
    judge_permits(judged, out, numbered(judged.state, "body.rows", judged.statement.body.rows), judged.state.effective_from)


def judge_permits(judged: Judged, out: Findings, rows: Iterable[Numbered], begins: str) -> None:
    """The permits of rows that count from a day on."""
    for path, number, row in rows:
        is_formed = judge_scope(out, f"{path}.waste", row.waste)
        permit = permit_at(judged.facts, row.permit)
        if not row.permit.startswith(f"permit/{row.receiver}/"):
            own = {"receiver": row.receiver, "where": f"{path}.permit"}
            out.refuse("PERMIT_HOLDER", f"{path}.permit", row.permit, f"permit/{row.receiver}/…", "ROW", **own)
        elif permit is None:
            own = {"permit": row.permit, "receiver": row.receiver, "where": f"{path}.permit"}
            out.refuse("PERMIT_UNKNOWN", f"{path}.permit", row.permit, f"permit/{row.receiver}/…", "NONE", **own)
        else:
            _judge_row(judged, out, (path, number, row), permit, begins)
            for method in row.methods if is_formed else ():
                if not row.waste.lies_in(tuple(item for item in permit.items if method in item.methods)):
                    allowed = "; ".join(f"{item}: {' '.join(item.methods)}" for item in permit.items)
                    scopes = [item.told() for item in permit.items if method in item.methods]
                    told = ("；".join(zh for zh, _ in scopes) or "无", "; ".join(en for _, en in scopes) or "nothing")
                    row_of: dict[str, Word] = {
                        "row": telling.nth(number),
                        "no": permit.no,
                        "method": telling.method(method),
                        "waste": row.waste.told(),
                        "scopes": told,
                    }
                    out.refuse(
                        "ROW_PERMIT",
                        f"{path}.waste",
                        Phrase(f"第 {number} 行：{row.waste}，{method}", f"row {number}: {row.waste}, {method}"),
                        allowed,
                        "SCOPE",
                        **row_of,
                    )


def _judge_row(judged: Judged, out: Findings, numbered_row: Numbered, permit: PermitState, begins: str) -> None:
    (path, number, row), ends = numbered_row, judged.state.effective_to
    if permit.history.at(judged.moment.at_s) != "ACTIVE":
        own = {"row": telling.nth(number), "no": permit.no, "status": telling.word(permit.history.now)}
        out.refuse(
            "ROW_PERMIT",
            f"{path}.permit",
            Phrase(f"第 {number} 行：{permit.history.now}", f"row {number}: {permit.history.now}"),
            "ACTIVE",
            "STATUS",
            **own,
        )
    if not permit.valid_from <= begins <= ends <= permit.valid_to:
        term = f"{permit.valid_from} … {permit.valid_to}"
        days = {"first": permit.valid_from, "last": permit.valid_to, "begins": begins, "ends": ends}
        expected = f"{begins} … {ends}"
        out.refuse(
            "ROW_PERMIT",
            f"{path}.permit",
            Phrase(f"第 {number} 行：{term}", f"row {number}: {term}"),
            expected,
            "TERM",
            row=telling.nth(number),
            no=permit.no,
            **days,
        )
    if parse_mass(row.quota_t) > permit.scale_g:
        own = {"row": telling.nth(number), "quota": row.quota_t, "scale": tonnes(permit.scale_g), "no": permit.no}
        out.alert("M", "ROW_SCALE", "ABOVE", **own)
    if any(is_retired(judged.facts, code, day_of(judged.moment.at_s)) for code in row.waste.codes):
        out.alert("M", "CODE_RETIRED")


def no_row_comes_twice(judged: Judged, out: Findings) -> None:
    """No two rows, on whatever pages, share permit, method and code: else the tonnes stand twice."""
    state: ListState = judged.state
    judge_twins(out, enumerate(state.rows), numbered(state, "body.rows", judged.statement.body.rows))


def judge_twins(out: Findings, listed: Iterable[tuple[int, ListRow]], rows: Iterable[Numbered]) -> None:
    """ROW_TWICE of rows that come, against those that are there (with their numbers) and against each other."""
    known: dict[str, list[tuple[int, ListRow | Row]]] = {}
    for number, one in listed:
        known.setdefault(one.permit, []).append((number, one))
    for path, number, row in rows:
        others = known.setdefault(row.permit, [])
        twin = next((at for at, other in others if are_twins(row, other)), None)
        if twin is not None:
            own: dict[str, Word] = {
                "row": telling.nth(number),
                "other": telling.nth(twin),
                "waste": row.waste.told(),
                "methods": telling.methods(row.methods),
            }
            out.refuse(
                "ROW_TWICE",
                path,
                Phrase(f"第 {number} 行：{row.waste}，{' '.join(row.methods)}", f"row {number}: {row.waste}, {' '.join(row.methods)}"),
                Phrase(f"第 {twin} 行", f"row {twin}"),
                "PART",
                **own,
            )
        others.append((number, row))


def are_twins(one: ListRow | Row, other: ListRow | Row) -> bool:
    """Whether two rows share permit, method and code."""
    return one.permit == other.permit and not set(one.methods).isdisjoint(other.methods) and one.waste.meets(other.waste)


def numbered(state: ListState, path: str, rows: Iterable[Row]) -> Iterator[Numbered]:
    """Rows that come, with the numbers that they get."""
    for position, row in enumerate(rows):
        yield f"{path}.{position}", len(state.rows) + position, row


def as_listed(rows: Iterable[Row], facts: Facts) -> tuple[ListRow, ...]:
    """Rows as the list keeps them. Admitted ones have their permits; the bundle of one manifest carries the list without those of other rows,
    and asks no roots."""
    permits = ((row, permit_at(facts, row.permit)) for row in rows)
    return tuple(row.listed(row.permit if permit is None else permit.root) for row, permit in permits)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    before: ListState = facts.state(statement.chain)
    after = replace(before, pages=before.pages + 1, rows=(*before.rows, *as_listed(statement.body.rows, facts)))
    # A mutual list without another hand waits for ever rather than begin by itself.
    if after.is_complete and after.kind != "mutual" and not countersigners(log_state(facts), after):
        after = replace(after, status="ACTIVE")
    return Changes(state=after)


ROWS = list_act(
    name="list.rows/1",
    zh="提交白名单页",
    en="list page",
    body=ListRows,
    roles=("from-authority (unilateral: to-authority; pilot: the proposer)",),
    signers=signed_by_proposer,
    reads=_reads,
    reads_doc="The permits of its rows.",
    gate=_is_open,
    rules=(page_is_the_next, rows_lie_within_their_permits, no_row_comes_twice),
    evolve=_evolve,
    effect=(
        "名单增加一页，行号连续；无须联署的名单自最后一页起生效。",
        "One more page; rows count on. A list that nobody countersigns is in force with its last page.",
    ),
    texts=texts("""
LIST_PAGE | - | both_authorities | formats §3 [DESIGN]
白名单页次不连续。 || 从第 0 页起按顺序逐页提交。
Pages must come in order. || Submit them one by one from page 0.

LIST_PAGE:NEXT
提交的是第 {page} 页，应为第 {next} 页（从 0 起数）。 || 先提交第 {next} 页；已经提交过的页不必重复。
This is page {page}; page {next} comes next, counted from 0. || Submit page {next} first; pages that are there need not be sent again.

LIST_SIZE | - | both_authorities | formats §3 [DESIGN]
白名单行数或页数不对。 || 页数、行数应与提出时声明的一致，每页至少一行，最后一页恰好补足行数。
The number of rows or pages is wrong. || Keep to what was announced; at least one row on a page, and the last page makes the rows full.

LIST_SIZE:ROWS
加上第 {page} 页共有 {count} 行；名单声明 {announced} 行、{pages} 页，应在最后一页恰好补足。 || 调整这一页的行数：最后一页之前少于 {announced} 行，最后一页之后恰好 {announced} 行。
With page {page} there are {count} rows; {announced} on {pages} pages were announced, which the last one makes full. || Change the rows of this page: fewer than {announced} before the last page, exactly {announced} with it.

LIST_SIZE:PAGES
声明了 {pages} 页，却只有 {rows} 行：每页至少一行。 || 把 body.pages 改为不超过 {rows}。
{pages} pages are announced for {rows} rows; each has one at least. || Put at most {rows} into body.pages.

LIST_SIZE:AMENDED
加上这次增加的行，名单共有 {count} 行，最多 {most} 行。 || 减少增加的行；更多的，另提一份名单。
With the rows added the list has {count}; {most} is the most. || Add fewer rows, or propose another list.

ROW_TWICE | - | both_authorities | kinds §4 [DESIGN]
白名单两行重复：同一许可证、同一方式、同一废物代码。 || 合并为一行，或者把代码、方式分开；重复的行会使额度加倍。
Two rows share permit, method and waste. || Make them one row, or part codes and methods; a row twice would double the quota.

ROW_TWICE:PART
第 {row}（{waste}，方式 {methods}）与第 {other}同一许可证，且方式和代码有重叠。 || 合并为一行，或者把重叠的代码、方式只留在一行；否则这部分额度会计算两次。
Row {row} ({waste}, {methods}) shares permit, method and codes with row {other}. || Make them one row, or leave what they share in one of them; else its quota would count twice.

ROW_TWICE:NAMED
这份声明把第 {row}写了两次。 || 一行只写一次：删除多余的一条（{where}）。
The statement names row {row} twice. || A row stands once in a table: leave the second one out ({where}).

ROW_PERMIT | - | both_authorities | kinds §4 [DESIGN]; Code Art. 534 [READ T1–T3] | kinds §4 [DESIGN]; 固废法 Art. 80 [READ S2]
许可证不涵盖白名单该行的废物、方式或者有效期间，或已暂停、吊销。 || 按许可证修改该行，或由发证机关先变更许可证（换证后填写新证）。
The permit does not cover the row's wastes, methods or days, or is suspended or revoked. || Make the row fit the permit, or have the permit amended first; name the new permit after a renewal.

ROW_PERMIT:SCOPE
第 {row}的{waste}、方式 {method} 不在许可证 {no} 的范围内；该方式核准的是：{scopes}。 || 按许可证修改这一行的代码或者方式，或者由发证机关先变更许可证。
Row {row}, {waste} by {method}, is not covered by permit {no}; by this method it covers: {scopes}. || Make codes or methods of the row fit the permit, or have the permit amended first.

ROW_PERMIT:STATUS
第 {row}的许可证 {no} 现在是“{status}”。 || 恢复后再列入名单；已吊销、注销的去掉这一行。
The permit {no} of row {row} is {status}. || List it once it is resumed; take the row out if it was revoked.

ROW_PERMIT:TERM
第 {row}的许可证 {no} 有效期是 {first} 至 {last}，不含名单的有效期间 {begins} 至 {ends}。 || 已换证的填写续证；否则缩短名单的有效期间或者去掉这一行。
The permit {no} of row {row} is valid from {first} to {last}, not for the list's days {begins} to {ends}. || Name the renewal if there is one; else shorten the list's days or take the row out.

ROW_SCALE | - | both_authorities | kinds §4 [DESIGN]
名单额度大于许可规模。 || 核对年度额度与年经营规模；开具时仍按许可规模判定。
The row's quota is above the permit's yearly scale. || Compare both; issues are judged by the scale all the same.

ROW_SCALE:ABOVE
第 {row}的年度额度 {quota} 吨大于许可证 {no} 的年经营规模 {scale} 吨。 || 不影响列入。核对年度额度；开具时仍按经营规模判定。
The quota of row {row}, {quota} t, is above the yearly scale of permit {no}, {scale} t. || It is listed all the same. Compare both; issues are judged by the scale.
"""),
)
