"""Ready statements from a seeded export of 10,000 rows: which share needs no hand, what is left and why, and what it costs (issue 13).

One firm, 40 receivers, 30 carriers, 60 wastes within its province and beyond; spelling as offices have it; 30 % of the manifests in the log already; one row
in two hundred with trouble of nine kinds. What is left is counted against the trouble that was seeded: nothing else may be left.
"""

from __future__ import annotations

import csv
import io
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure
from ledger.mass import format_mass
from liandan.books.mapping import BookMapping
from liandan.books.reading import read_book
from liandan.ready.files import summary_of, write_files
from liandan.ready.model import LoggedManifest, ReadyGround, name_key
from liandan.ready.preparing import losses, prepare
from signing.uscc import check_character
from whitelist.adopted import shipped_wastes
from whitelist.answers import ApprovalAnswer, ApprovalLineAnswer, PermitAnswer
from whitelist.fields import PermitItem

SEED, ROWS = 20261130, 10_000
DAYS = [f"2026-{month:02d}-{day:02d}" for month in (9, 10, 11) for day in range(1, 29)]
IN_LOG, TROUBLE = 0.3, 0.005
HEADS = {
    "联单号": "manifest_no", "移出单位": "generator", "接收单位": "receiver_name", "运输单位": "carrier_name", "危废名称": "waste", "危废代码": "code",
    "转移量": "mass", "单位": "unit", "危险特性": "hazards", "形态": "form", "包装": "packing", "件数": "packs", "方式": "method", "起运": "departed_at", "签收": "received_at",
    "驾驶员": "drop", "电话": "drop",
}  # fmt: skip
ISSUE = {
    "origin": {"division": "510112", "address": "成都市龙泉驿区示例路1号（虚构）"}, "plan": {"filing_no": "GL-510112-2026-001"},
    "contract": {"no": "HT-2026-001", "valid_to": "2027-12-31"}, "emergency_measures": "配备吸附材料；泄漏时先围堵、后中和，并报告当地生态环境部门。",
}  # fmt: skip
MAPPING = BookMapping(
    sender="示例平台",
    kind="platform",
    columns=HEADS,
    issue=ISSUE,
    wastes={"*": {"components": "见鉴别报告", "dg_none": "经鉴定不属于危险货物"}},
)


def firm(number: int, division: str) -> str:
    """A valid code that nobody has."""
    first = f"91{division}1{number:08d}"
    return first + check_character(first)


HOLDER = firm(1, "510112")


class Year:
    """The firms, permits and decisions beside the export, and its rows."""

    def __init__(self, rows: int) -> None:
        self.random = random.Random(SEED)  # a bench, no secret
        self.codes = sorted(code for code, waste in shipped_wastes().items() if waste.mode == "single")[::7][:60]
        self.receivers = [firm(100 + number, "500116" if number % 2 else "510781") for number in range(40)]
        self.carriers = {f"四川示例{number}号危货运输有限公司（虚构）": firm(300 + number, "510100") for number in range(30)}
        self.names = {code: f"示例{number}号资源循环有限公司（虚构）" for number, code in enumerate(self.receivers)}
        self.taken = {code: self.random.sample(self.codes, 12) for code in self.receivers}
        self.logged: dict[str, LoggedManifest] = {}
        self.trouble: Counter[str] = Counter()
        self.rows = [self._row(number) for number in range(rows)]

    def ground(self) -> ReadyGround:
        """What the log knows."""
        parties = {name_key(name): code for code, name in self.names.items()} | {
            name_key(name): code for name, code in self.carriers.items()
        }
        beyond = [code for code in self.receivers if code[2:4] == "50"]
        return ReadyGround(
            permits=[self._permit(code) for code in self.receivers], approvals=[self._approval(code) for code in beyond], parties=parties,
            manifests=self.logged,
        )  # fmt: skip

    def _permit(self, receiver: str) -> PermitAnswer:
        items = tuple(
            PermitItem(
                category=f"HW{category}",
                scope="INCLUDE",
                codes=tuple(code for code in self.taken[receiver] if code[-2:] == category),
                methods=("D10",),
            )
            for category in sorted({code[-2:] for code in self.taken[receiver]})
        )
        return PermitAnswer(
            permit=f"permit/{receiver}/01K9000000000000000000PERM", receiver=receiver, no=f"许{receiver[-4:]}", permit_class="permit", root="", authority="",
            status="ACTIVE", valid_from="2024-01-01", valid_to="2028-12-31", division=receiver[2:8], address="示例路（虚构）", site=None, items=items, basis=None,
            scale_t="60000", index=1,
        )  # fmt: skip

    def _approval(self, receiver: str) -> ApprovalAnswer:
        lines = tuple(
            ApprovalLineAnswer(
                line=number, name=f"危废{code}", code=code, category=f"HW{code[-2:]}", hazards=shipped_wastes()[code].hazards, method="D10",
                applied_t="9000.000000", decided_t="9000.000000", status="ACTIVE", valid_to="2026-12-31", listing=None, conditions=(), used_t="0", left_t="9000",
            )
            for number, code in enumerate(sorted(self.taken[receiver]))
        )  # fmt: skip
        return ApprovalAnswer(
            approval=f"approval/{HOLDER}/01K9{self.receivers.index(receiver):022d}", generator=HOLDER, receiver=receiver, permit="", root="", stage="approved", origin="510112",
            destination=receiver[2:8], applied_to="2026-12-31", letter_no="", reply_no="", no=f"川环危转〔2026〕{receiver[-3:]}号", route="APPROVED",
            decided_on="2026-01-09", valid_to="2026-12-31", lines=lines, index=1,
        )  # fmt: skip

    def _row(self, number: int) -> dict[str, Any]:
        """One load, written as somebody would, perhaps with trouble."""
        chance = self.random
        receiver = chance.choice(self.receivers)
        code = chance.choice(self.taken[receiver])
        grams, day = chance.randrange(1_000, 26_000) * 1_000, chance.choice(DAYS)
        no = f"20265101{number:06d}"
        in_kg = chance.random() < 0.3
        row: dict[str, Any] = {
            "联单号": no, "移出单位": HOLDER, "接收单位": self.names[receiver], "运输单位": chance.choice(list(self.carriers)),
            "危废名称": f"危废{code}" if chance.random() < 0.8 else "内部俗称", "危废代码": chance.choice([code, code, f" {code}", code.replace("-", "－"), f"HW{code[-2:]} {code}"]),
            "转移量": f"{grams // 1000:,}" if in_kg else format_mass(grams).rstrip("0").rstrip("."), "单位": "千克" if in_kg else "吨",
            "危险特性": "、".join(shipped_wastes()[code].hazards), "形态": chance.choice(["固态", "液态", "半固态"]), "包装": chance.choice(["桶装", "袋", "箱装"]),
            "件数": chance.randrange(1, 80), "方式": chance.choice(["D10", "D10 焚烧"]),
            "起运": chance.choice([f"{day} 08:{number % 60:02d}", f"{day.replace('-', '/')} 8:{number % 60:02d}:00"]), "签收": f"{day} 17:{number % 60:02d}",
            "驾驶员": "王某", "电话": "13800000000",
        }  # fmt: skip
        if chance.random() < IN_LOG:
            declared = grams if chance.random() > 0.01 else grams + 500_000
            self.logged[no] = LoggedManifest(
                id=f"{HOLDER}/01K9{number:022d}", number=no, generator=HOLDER, receiver=receiver, codes=(code,), declared_g=declared
            )
        elif chance.random() < TROUBLE / (1 - IN_LOG):
            self._spoil(row)
        return row

    def _spoil(self, row: dict[str, Any]) -> None:
        """One of nine troubles that need a hand."""
        troubles: dict[str, Any] = {
            "接收单位": "没有登记的厂", "运输单位": "没有登记的车队", "签收": "", "危废代码": "900-999-9", "转移量": "约 5 吨", "单位": "只", "件数": "", "形态": "膏状",
            "联单号": row["联单号"][:13],
        }  # fmt: skip
        head = self.random.choice(list(troubles))
        row[head] = troubles[head]
        self.trouble[head] += 1

    def export(self) -> bytes:
        """GBK with commas and a count below, as such systems write it."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(HEADS)
        writer.writerows([row[head] for head in HEADS] for row in self.rows)
        writer.writerow([f"共{len(self.rows)}条记录"])
        return out.getvalue().encode("gb18030")


def measure(_: int) -> Iterator[Figure]:
    """Share of rows that need no hand, seconds of reading and preparing; AssertionError where something else than the seeded trouble is left."""
    year = Year(ROWS)
    raw, ground = year.export(), year.ground()
    start = time.process_time()
    read = read_book("导出.csv", raw, MAPPING)
    was_read = time.process_time()
    found = prepare(read, HOLDER, MAPPING, ground)
    done = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), found)
        written = time.process_time()
    summary = summary_of(found)
    assert summary["rows"] == ROWS
    assert len(found.left) == year.trouble.total(), (len(found.left), year.trouble)
    assert summary["matched"] + summary["ready"] + summary["left"] == ROWS
    assert summary["share"] >= 0.99
    yield Figure(
        name=f"rows of {ROWS} that need no hand",
        value=summary["share"] * 100,
        unit="%",
        note=f"{summary['matched']} in the log ({summary['differing']} differ), {summary['ready']} ready, {summary['left']} left",
    )
    yield Figure(
        name="left, as seeded",
        value=year.trouble.total(),
        unit="rows",
        note=" ".join(f"{head} {count}" for head, count in sorted(year.trouble.items())),
    )
    yield Figure(name="reading", value=was_read - start, unit="s CPU", note=f"{len(raw)} bytes of GBK")
    yield Figure(name="preparing", value=done - was_read, unit="s CPU", note=f"{len(found.ready)} statements")
    yield Figure(name="writing", value=written - done, unit="s CPU")
    for one in losses(found):
        sources = ", ".join(f"{source} {count}" for source, count in one.sources.items()) or "-"
        if set(one.sources) != {"export"}:
            yield Figure(name=f"field {one.field}", value=one.left, unit="left", note=sources)
