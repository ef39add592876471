"""``liandan verify``: certificates, bundles, receipts and whole receipt folders, with no network and no database."""

from collections.abc import Iterator
from pathlib import Path

import click

from liandan.cli.connection import existing
from liandan.cli.output import FINDING, command, emit, progress_bar
from reports.anchor import make_anchor
from reports.receipts import is_receipt, verify_receipts
from reports.remark import Remark, VerifyReport
from reports.rulebook import explain
from reports.verify import verify_file, verify_folder, with_bundle_at_hand
from reports.words import STAGES

_FORMS = {
    "certificate": "存证证明", "bundle": "证据包", "receipt": "拒绝回执", "entry": "入账回执", "checkpoint": "检查点", "unknown": "不明文件",
}  # fmt: skip


@click.command()
@click.argument("paths", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True)
@click.option("--found", help="事先留存的创始声明哈希 / pinned hash of log.found")
@click.option("--vkey", type=existing, help="事先留存的 log.vkey，用以核验入账回执 / pinned log.vkey, to check receipts with")
@click.option("--bundle", type=existing, help="同一账本的证据包或存证证明，用以核验回执 / bundle or certificate")
@click.option(
    "--policy", type=existing, help="您认可的见证策略：联署不足即为不合格 / your witness policy: too few cosignatures are a finding"
)
@click.option(
    "--registration",
    type=existing,
    multiple=True,
    help="单位密钥的登记材料，用以核验其签名 / registration of a key, to check its signatures",
)
@command
def verify(
    paths: tuple[Path, ...], found: str | None, vkey: Path | None, bundle: Path | None, policy: Path | None, registration: tuple[Path, ...]
) -> int:
    """离线验证存证证明、证据包、入账回执、拒绝回执，或整个回执文件夹。

    Verify certificates, bundles, receipts, or a whole receipt folder offline.
    """
    vkeys, policy_, bundle_ = (None if path is None else path.read_bytes() for path in (vkey, policy, bundle))
    registrations = tuple(path.read_bytes() for path in registration)
    anchor = make_anchor(found, vkeys=vkeys or b"", policy=policy_, bundle=bundle_, registrations=registrations)
    anchor = with_bundle_at_hand(anchor, [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])])
    receipts = [path for path in paths if path.is_file() and is_receipt(path)]
    others = [path for path in paths if path not in receipts]
    with progress_bar("核验 / verify", quiet=len(paths) == 1 and paths[0].is_file()) as progress:
        reports = verify_receipts(receipts, anchor, progress)
        for done, path in enumerate(others, 1):
            reports += verify_folder(path, anchor, progress) if path.is_dir() else [verify_file(path, anchor=anchor)]
            progress(done, len(others))
    bad = sum(not report.is_good for report in reports)
    total = [f"共 {len(reports)} 件，无效 {bad} 件 / {len(reports)} verified, {bad} not good"] if len(reports) > 1 else []
    emit(reports, *(line for report in reports for line in _lines(report)), *total)
    return FINDING if bad else 0


def _lines(report: VerifyReport) -> Iterator[str]:
    """The verdict, what it is about, what was checked; then findings with what to do, and notes."""
    verdict = "有效 / good" if report.is_good else "无效 / NOT good"
    if report.form == "unknown" and report.is_good:
        verdict = "未核验 / not verified"
    stage = STAGES.get(report.stage, report.stage)
    parts = (f"{report.file}: {verdict}", _FORMS[report.form], report.kind, report.number, stage, report.subject)
    yield "  ".join(part for part in parts if part)
    if report.entries:
        place = f"序位 {report.index}，" if report.index is not None else ""
        witnesses = f"、见证联署 {len(report.witnesses)} 个" if report.witnesses else ""
        pages = f"，比对 {report.pages} 页" if report.pages else ""
        checked = f"核验条目 {report.entries} 条、签名 {report.signatures} 个{witnesses}{pages}"
        yield f"  账本 {report.origin}，检查点 {report.size}；{place}{checked}。"
    elif report.form == "receipt" and report.signatures:
        yield f"  账本 {report.origin}，拒绝时的条目数 {report.size}；运营单位的签名有效。"
    elif report.form == "checkpoint" and report.is_good:
        yield f"  账本 {report.origin}，检查点 {report.size}。"
    yield from (f"  拒绝理由 {code} {explain(code)}" for code in report.codes)
    for finding in report.findings:
        yield f"  发现 {_told(finding)}"
        yield f"    → {finding.do_zh}"
    for note in report.notes:
        yield f"  说明 {_told(note)}"


def _told(remark: Remark) -> str:
    wanted = f"（应为 {remark.expected}）" if remark.expected else ""
    return " ".join(part for part in (remark.code, remark.zh, remark.field, remark.found) if part) + wanted
