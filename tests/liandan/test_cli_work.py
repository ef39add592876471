"""``liandan work`` and the filters of ``liandan manifest list``: what is asked of the server, and what a clerk reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from ledger.problem import Mark
from liandan.cli import main
from liandan.cli.work import WHATS, answering
from manifests.accounts.answers import QuotaAlert
from manifests.answers import Manifests
from manifests.matter_answers import HoldAnswer
from manifests.work.answers import WORDS, WorkItem, WorkPage

GENERATOR, RECEIVER = "915101120000FX029E", "915001160000FX0107"
MANIFEST = f"{GENERATOR}/01K90000000000000000000001"
LATE = WorkItem(
    what="confirmation", what_text="确认", kind="manifest.receive/1", text="接受确认", term="receive", term_text="确认接受", signers=(),
    due_on="2026-10-12", overdue=True, provisional=False, workdays_left=-3, since="2026-10-05", article="《危险废物转移管理办法》第十八条第一款", alert=None,
    number="20265101000001", manifest=MANIFEST, stage="arrived", stage_text="已运抵", wastes=("废铅蓄电池",), counterparts=(GENERATOR,),
)  # fmt: skip
HOLD = HoldAnswer(case="case/x", by=GENERATOR, reason="查车", since="", until="", released_at=None, in_force=True)
ALERTS = tuple(
    QuotaAlert(
        account=f"Q1 list/2026-51-50-cy {row}", quota="Q1", chain="list/2026-51-50-cy", number=row, holder=RECEIVER, limit_t="100.000000",
        taken_t="96.300000", left_t="3.700000", permille=963, alert=Mark(code="QUOTA_LEFT", level="M", message="额度将尽"),
    )
    for row in range(7)
)  # fmt: skip
NAMES = {GENERATOR: "成都示例", RECEIVER: "重庆示例"}


class Served:
    """A server with two items of work on two pages, that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []

    async def get(self, path: str, **query: object) -> bytes:
        self.asked.append((path, {name: value for name, value in query.items() if value is not None}))
        if path == "/v1/work":
            dated = msgspec.structs.replace(LATE, due_on=None, workdays_left=None, overdue=False, blocked_by=(HOLD,))
            item, after = (LATE, "c") if query.get("cursor") is None else (dated, None)
            return msgspec.json.encode(
                WorkPage(
                    size=9,
                    at="2026-10-17",
                    party=RECEIVER,
                    items=(item,),
                    next=after,
                    registrations=2,
                    names=NAMES,
                    quotas=ALERTS if after else (),
                    quotas_total=30 if after else 0,
                )
            )
        if path.endswith(".xlsx"):
            return b"table"
        return msgspec.json.encode(Manifests(size=9, manifests=(), next="c"))


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[Served, Result]:
    served = Served()

    @asynccontextmanager
    async def opened(**options: object) -> AsyncIterator[Served]:
        yield served

    monkeypatch.setattr("liandan.cli.manifest.open_reader", opened)
    monkeypatch.setattr("liandan.cli.work.open_reader", opened)
    return served, CliRunner().invoke(main, list(arguments))


def test_what_waits_is_told_with_the_next_command(monkeypatch: pytest.MonkeyPatch) -> None:
    served, answer = _run(monkeypatch, "work", "--overdue", "--what", "confirmation")
    assert answer.exit_code == 0, answer.output
    asked = {"overdue": "true", "what": "confirmation", "lang": "zh"}
    assert served.asked == [("/v1/work", {**asked, "limit": 50}), ("/v1/work", {**asked, "limit": 49, "cursor": "c"})]
    for said in ("重庆示例", "2026-10-12（逾期 3 个工作日）", f"→ liandan manifest receive {MANIFEST}", "废铅蓄电池  成都示例", "第十八条"):
        assert said in answer.stdout
    for said in ("无期限", "✗ 被暂扣挡住：成都示例：查车", "另有 2 份登记申请"):
        assert said in answer.stdout
    assert answer.stdout.count("额度已用 96.3 %  重庆示例  剩 3.700000 吨") == 5
    assert "      → liandan quota show 'Q1 list/2026-51-50-cy 0'" in answer.stdout.splitlines(), "the command on a line of its own"
    assert "额度共 30 个" in answer.stdout


def test_a_limit_ends_the_list_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    served, answer = _run(monkeypatch, "work", "--limit", "1", "--lang", "en")
    assert len(served.asked) == 1
    assert "(3 working days late)" in answer.stdout
    assert "and more" in answer.stdout


def test_kinds_of_work_are_those_of_the_server() -> None:
    assert tuple(WORDS) == WHATS


def test_a_list_is_narrowed_and_says_that_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    served, answer = _run(
        monkeypatch, "manifest", "list", "--waybill", "YD1", "--tag", "LATE", "--overdue", "--where", f"receiver={RECEIVER}"
    )
    assert served.asked == [("/v1/manifests", {"waybill_no": "YD1", "tag": "LATE", "overdue": "true", "receiver": RECEIVER, "limit": 50})]
    assert "还有" in answer.stdout


def test_a_list_becomes_a_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = tmp_path / "逾期.xlsx"
    served, answer = _run(monkeypatch, "manifest", "list", "--overdue", "--out", str(out))
    assert served.asked == [("/v1/manifests.xlsx", {"overdue": "true"})]
    assert out.read_bytes() == b"table"
    assert str(out) in answer.stdout


@pytest.mark.parametrize("wrong", [("--where", "receiver"), ("--out", "table.pdf")])
def test_wrong_filters_and_tables_are_wrong_usage(wrong: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    served, answer = _run(monkeypatch, "manifest", "list", *wrong)
    assert answer.exit_code == 2
    assert served.asked == []


def test_what_waits_on_a_list_is_confirmed_by_the_hash_of_its_act() -> None:
    """R-37: whoever resumes a row waits for the other side, which is told what to confirm."""
    waits = msgspec.structs.replace(
        LATE, kind="list.confirm/1", manifest="", list="list/2026-51-50-cy", act="ab" * 32, act_kind="list.resume/1", act_rows=(3,)
    )
    assert answering(waits) == f"liandan list confirm list/2026-51-50-cy --act {'ab' * 32}"
