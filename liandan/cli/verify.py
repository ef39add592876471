"""``liandan verify``: certificates, bundles, receipts and whole receipt folders, with no network and no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import click

from liandan.cli.connection import existing, pinned_hash, read_given
from liandan.cli.output import FINDING, UNCHECKED, command, emit, progress_bar

if TYPE_CHECKING:
    from reports.remark import Remark, VerifyReport

_FORMS = {
    "certificate": "转移证明", "bundle": "证据包", "unlogged": "未入账声明包", "receipt": "拒绝回执", "entry": "入账回执", "checkpoint": "检查点", "claim": "二维码声明",
    "unknown": "不明文件",
}  # fmt: skip


PAGE = ".核对页.pdf"


@click.command()
@click.argument("paths", type=click.Path(exists=True, readable=False, path_type=Path), nargs=-1)
@click.option("--found", type=pinned_hash, help="事先留存的创始声明哈希 / pinned hash of log.found")
@click.option("--vkey", type=existing, help="事先留存的 log.vkey，用以核验入账回执 / pinned log.vkey, to check receipts with")
@click.option("--bundle", type=existing, help="同一账本的证据包或转移证明，用以核验回执 / bundle or certificate")
@click.option(
    "--policy", type=existing, help="您认可的见证策略：联署不足即为不合格 / your witness policy: too few cosignatures are a finding"
)
@click.option(
    "--registration",
    type=existing,
    multiple=True,
    help="单位密钥的登记材料，用以核验其签名 / registration of a key, to check its signatures",
)
@click.option(
    "--claim",
    multiple=True,
    help="二维码扫得的网址或声明；以所给文件中的账本密钥核验 / what a square code says, checked with the files' keys",
)
@click.option(
    "--signed", is_flag=True, help="该账本的文书都有签章：未签章的为纸面未核对 / the log signs its papers: unsigned ones are not checked"
)
@click.option("--unpinned", is_flag=True, help="没有留存值也算合格：只看文件自洽 / accept files that are compared with no known log")
@command
def verify(
    paths: tuple[Path, ...],
    found: str | None,
    vkey: Path | None,
    bundle: Path | None,
    policy: Path | None,
    registration: tuple[Path, ...],
    claim: tuple[str, ...],
    signed: bool,
    unpinned: bool,
) -> int:
    """离线验证转移证明、证据包、入账回执、拒绝回执、二维码（--claim），或整个回执文件夹。

    Verify certificates, bundles, receipts, square codes (--claim), or a whole receipt folder offline. Exit code 0: good; 1: something is not, or no pin was given;
    4: the evidence is good, the paper is not the issuer's bytes: read the page that is written beside it; or what was signed is not in the log yet.
    """
    from liandan.cli.profile import read_profile
    from reports.anchor import make_anchor
    from reports.claimed import verify_claim
    from reports.receipts import is_receipt, verify_receipts
    from reports.verify import FILE_MAX, verify_files, verify_folder, with_bundle_at_hand

    if not paths and not claim:
        raise click.UsageError("给出文件、文件夹或 --claim / give files, folders or --claim")
    vkeys, policy_, bundle_ = (None if path is None else read_given(path, FILE_MAX) for path in (vkey, policy, bundle))
    if found is None and vkeys is None and policy_ is None and not unpinned and (known := read_profile()) is not None and known.found:
        # What liandan login pinned: its log, the keys of that log, and who must have looked on.
        found, vkeys, policy_ = known.found, known.vkey_file, known.policy_file
    registrations = tuple(map(read_given, registration))
    anchor = make_anchor(found, vkeys=vkeys or b"", policy=policy_, bundle=bundle_, registrations=registrations, is_signed_only=signed)
    files, folders = [path for path in paths if not path.is_dir()], [path for path in paths if path.is_dir()]
    anchor = with_bundle_at_hand(anchor, [*files, *(file for path in folders for file in entries(path))], is_wanted=bool(claim))
    receipts, others = [path for path in files if is_receipt(path)], [path for path in files if not is_receipt(path)]
    with progress_bar("核验 / verify", quiet=len(paths) == 1 and bool(files)) as progress:
        reports = verify_receipts(receipts, anchor, progress)
        verified = iter(verify_files(others, anchor, keep_beside, progress))
        for path in paths:
            if path.is_dir():
                reports += verify_folder(path, anchor, progress, keep_beside)
            elif not is_receipt(path):
                reports.append(next(verified))
    reports += [verify_claim(text, anchor) for text in claim]
    verdicts = Counter(report.verdict for report in reports)
    unknown = sum(report.form == "claim" and report.verdict == "other" for report in reports)
    bad = verdicts["bad"] + unknown + (0 if unpinned else verdicts["unpinned"])
    unchecked = sum(report.paper == "unchecked" for report in reports)
    counts = (len(reports), bad, unchecked)
    total = ["共 {} 件，不合格 {} 件，纸面未核对 {} 件 / {} verified, {} not good, {} papers not checked".format(*counts, *counts)]
    emit(reports, *(line for report in reports for line in _lines(report)), *(total if len(reports) > 1 else []))
    return FINDING if bad else UNCHECKED if unchecked or verdicts["unlogged"] else 0


def entries(folder: Path) -> list[Path]:
    """What lies in a folder, sorted; nothing where it cannot be read, which is said where it is verified."""
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def keep_beside(folder: Path) -> Callable[[str, bytes], str]:
    """Writes the page that the evidence prints beside the file, as ``NAME.核对页.pdf``, with the whole name: two files never share a page.
    Where that cannot be, says so. Such a page among the files has itself for its page, as long as it is what it was.
    """

    def keep(name: str, page: bytes) -> str:
        if name.endswith(PAGE) and _holds(folder / name, page):
            return str(folder / name)
        path = folder / f"{name}{PAGE}"
        fresh = path.with_name(f".{token_hex(8)}.part")
        try:
            with fresh.open("xb") as file:  # a link that somebody put there is replaced, never followed
                file.write(page)
            fresh.replace(path)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            return f"未能写出 / not written, {path}: {error.strerror}"
        return str(path)

    return keep


def _holds(path: Path, content: bytes) -> bool:
    from reports.files import read_file
    from signing.refusal import Refusal

    with suppress(Refusal):
        return read_file(path, len(content)) == content
    return False


_VERDICTS = {
    "good": "有效 / good",
    "unchecked": "证据有效，纸面未核对 / evidence good, paper not checked",
    "unlogged": "已签署，不在账本中 / signed, NOT in the log",
    "unpinned": "自洽，未与任何已知账本核对 / consistent, compared with no known log",
    "bad": "无效 / NOT good",
    "other": "未核验 / not verified",
}
_PAPERS = {"reprint": "；纸面与证据重印的逐字节相同", "signature": "；纸面由出具单位签章，覆盖全文件", "unchecked": "；纸面未核对"}


def _called(report: VerifyReport) -> str:
    from reports.documents import title_of

    return title_of(report.document)[0] if report.document else _FORMS[report.form]


def _lines(report: VerifyReport) -> Iterator[str]:
    """The verdict, what it is about, what was checked; then findings with what to do, and notes."""
    from reports.rulebook import explain
    from reports.words import STAGES

    stage = STAGES.get(report.stage, report.stage)
    parts = (f"{report.file}: {_VERDICTS[report.verdict]}", _called(report), report.kind, report.number, stage, report.subject)
    yield "  ".join(part for part in parts if part)
    if report.form == "unlogged" and report.signatures:
        known = f"，所附证据至检查点 {report.size}" if report.size else ""
        yield f"  账本 {report.origin}{known}；签名有效 {report.signatures} 个；未入账，没有证明。"
    elif report.entries:
        place = f"序位 {report.index}，" if report.index is not None else ""
        witnesses = f"、见证联署 {len(report.witnesses)} 个" if report.witnesses else ""
        checked = f"核验条目 {report.entries} 条、签名 {report.signatures} 个{witnesses}{_PAPERS.get(report.paper, '')}"
        yield f"  账本 {report.origin}，检查点 {report.size}；{place}{checked}。"
    elif report.form == "receipt" and report.signatures:
        yield f"  账本 {report.origin}，拒绝时的条目数 {report.size}；运营单位的签名有效。"
    elif report.form == "claim" and report.signatures:
        yield f"  账本 {report.origin}；签名有效，密钥 {report.signers[0][:8]}。"
    elif report.form == "checkpoint" and report.is_good:
        yield f"  账本 {report.origin}，检查点 {report.size}。"
    if report.canonical:
        yield f"  证据应印出的页面 / what the evidence prints: {report.canonical}"
    yield from (f"  拒绝理由 {code} {explain(code)}" for code in report.codes)
    for finding in report.findings:
        yield f"  发现 {_told(finding)}"
        yield f"    → {finding.do_zh}"
    for note in report.notes:
        yield f"  说明 {_told(note)}"


def _told(remark: Remark) -> str:
    wanted = f"（应为 {remark.expected}）" if remark.expected else ""
    return " ".join(part for part in (remark.code, remark.zh, remark.field, remark.found) if part) + wanted
