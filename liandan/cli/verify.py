"""``liandan verify``: certificates, bundles and receipts, with no network and no database."""

from __future__ import annotations

from pathlib import Path

import click

from liandan.cli.connection import existing
from liandan.cli.output import FINDING, command, emit, json_option


@click.command()
@click.argument("paths", type=existing, nargs=-1, required=True)
@click.option("--found", help="已保存的账本成立哈希 / pinned hash of log.found")
@click.option("--bundle", type=existing, help="同一账本的证据包，用以核验回执 / a bundle of the same log, to check receipts with")
@json_option
@command
def verify(paths: tuple[Path, ...], found: str | None, bundle: Path | None, as_json: bool) -> int:
    """离线验证存证证明、证据包、拒绝回执。 / Verify certificates, bundles and refusal receipts offline."""
    from reports.verify import verify_file

    reports = [verify_file(path, found, bundle=bundle) for path in paths]
    lines: list[str] = []
    for report in reports:
        verdict = "有效 / good" if report.is_good else "无效 / NOT good"
        lines.append(f"{report.file}: {verdict}  {report.form} {report.subject} {report.stage} {report.origin} @{report.size}")
        lines += [
            f"  {'发现' if remark in report.findings else '说明'} {remark.code} {remark.zh} {remark.field} {remark.found}".rstrip()
            for remark in (*report.findings, *report.notes)
        ]
    emit(reports, as_json, *lines)
    return 0 if all(report.is_good for report in reports) else FINDING
