"""``liandan verify``: certificates, bundles and receipts, with no network and no database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liandan.cli.connection import existing
from liandan.cli.output import FINDING, command, emit, json_option
from liandan.cli.progress import progress_bar

if TYPE_CHECKING:
    from reports.verify import Remark, VerifyReport

_FORMS = {"certificate": "存证证明", "bundle": "证据包", "receipt": "拒绝回执", "unknown": "不明文件"}


@click.command()
@click.argument("paths", type=existing, nargs=-1, required=True)
@click.option("--found", help="事先留存的创始声明哈希 / pinned hash of log.found")
@click.option("--bundle", type=existing, help="同一账本的证据包，用以核验回执 / a bundle of the same log, to check receipts with")
@json_option
@command
def verify(paths: tuple[Path, ...], found: str | None, bundle: Path | None, as_json: bool) -> int:
    """离线验证存证证明、证据包、拒绝回执。 / Verify certificates, bundles and refusal receipts offline."""
    from reports.verify import verify_file

    reports = []
    with progress_bar("核验 / verify", as_json or len(paths) == 1) as progress:
        for done, path in enumerate(paths, 1):
            reports.append(verify_file(path, found, bundle=bundle))
            progress(done, len(paths))
    emit(reports, as_json, *(line for report in reports for line in _lines(report)))
    return 0 if all(report.is_good for report in reports) else FINDING


def _lines(report: VerifyReport) -> Iterator[str]:
    """The verdict, what it is about, what was checked; then findings with what to do, and notes."""
    from reports.words import STAGES

    verdict = "有效 / good" if report.is_good else "无效 / NOT good"
    stage = STAGES.get(report.stage, report.stage)
    yield "  ".join(part for part in (f"{report.file}: {verdict}", _FORMS[report.form], report.number, stage, report.subject) if part)
    if report.entries:
        pages = f"，比对 {report.pages} 页" if report.pages else ""
        yield f"  账本 {report.origin}，检查点 {report.size}；核验条目 {report.entries} 条、签名 {report.signatures} 个{pages}。"
    for finding in report.findings:
        yield f"  发现 {_told(finding)}"
        yield f"    → {finding.do_zh}"
    for note in report.notes:
        yield f"  说明 {_told(note)}"


def _told(remark: Remark) -> str:
    wanted = f"（应为 {remark.expected}）" if remark.expected else ""
    return " ".join(part for part in (remark.code, remark.zh, remark.field, remark.found) if part) + wanted
