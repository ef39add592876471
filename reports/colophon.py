"""The end of a document (版记): the checkpoint it rests on, how anybody checks it, and which characters no font here has."""

from base64 import b64encode

from ledger.admission.entry import Entry
from ledger.bundle import Bundle
from ledger.tree.merkle import leaf_hash
from reports.certificate.form import KEY, VAL, across, pair
from reports.masthead import grouped
from reports.paper.grid import Cell, label, row, row_height, section
from reports.paper.sheet import GREY, Paint, Sheet
from reports.paper.tongue import say, spoken
from reports.words import when

_HOW = (
    "1. 附件 liandan-bundle.json 含所列各项声明、签名、入账记录、包含证明与见证方联署。\n"
    "2. 以出具单位的原文件为准：依附件重印与本文件的字节一致，或者出具单位的签章及于全文件；复印件、扫描件、另存件只能核验所含证据。\n"
    "3. 离线执行 liandan verify 本文件.pdf --found <事先留存的创始声明哈希>。结果（退出码）：有效（0）；证据有效，纸面未核对（4，以另行写出的核对页为准）；"
    "无效，或者未与已知账本核对（1）。\n"
    "4. 没有程序时，用网页 https://{host}/v 打开本文件（网页存下后不用网络）{scan}。\n"
    "5. 证明何单位、何时、以何密钥签署何内容，以及入账先后；不证明重量等内容属实，不排除检查点之后或者未附的行为；没有见证方联署时，不排除另一套历史。",
    "1. The attachment liandan-bundle.json holds all statements that are printed, their signatures, admissions, inclusion proofs and the witnesses.\n"
    "2. What is checked is the issuer's bytes: the pages count if a reprint from the attachment equals this file byte for byte, or the issuer's "
    "signature covers the whole file. A print, a scan or a file saved again is good for its evidence alone.\n"
    "3. Offline: liandan verify FILE.pdf --found <the founding statement hash that you hold>. Answers (exit code): good (0); evidence good, paper not "
    "checked (4: read the page that is written beside it); not good, or consistent but compared with no known log (1).\n"
    "4. Without the program, open https://{host}/v in a browser (it works from disk, too) and choose this file{scan}.\n"
    "5. It proves who signed what, when and with which key, the order of admission, and that nothing was changed; not that weights are true, not that "
    "there are no acts after the checkpoint or left out here, and alone not that others are shown the same history (that takes witnesses).",
)


def witnesses(bundle: Bundle) -> str:
    """Who cosigned the checkpoint and when, by the witness's own clock."""
    cosignatures = bundle.opened.cosignatures
    if not cosignatures:
        return say("无见证方联署。", "Nobody cosigned.")
    lines = [f"{line.vkey.partition('+')[0]}　{when(line.timestamp)}" for line in cosignatures]
    if not bundle.is_quorum:
        lines.append(say("联署未达到账本见证策略要求的数量。", "Fewer than the log's witness policy asks for."))
    if bundle.log.clock != "real":
        zh = "联署时间是见证方的真实时间；账本为模拟时钟，两者不可比较。"
        lines.append(say(zh, "These are the witnesses' real times; the log's clock is simulated, so they do not compare."))
    return "\n".join(lines)


_BRIEF = (
    "离线执行 liandan verify 本文件.pdf --found <事先留存的创始声明哈希>，结果为“有效”才以纸面为准；或者用网页 https://{host}/v 打开本文件（网页存下后不用网络）{scan}。"
    "{copy}",
    "Offline: liandan verify FILE.pdf --found <the founding statement hash that you hold>; rely on the page only if the answer is good. Or open "
    "https://{host}/v in a browser (it works from disk, too) and choose this file{scan}. {copy}",
)


def colophon(
    sheet: Sheet, bundle: Bundle, part: tuple[str, str] = ("", ""), *, key: str = "", leaf: Entry | None = None, is_brief: bool = False
) -> None:
    """The last part, ``part`` before its title; ``key``: keyid behind the square code; ``leaf``: the act that the document confirms.

    ``is_brief``: of a document that shall stay on one page.
    """
    section(sheet, f"{part[0]}检查点与核验方法", f"{part[1]}Checkpoint, and how to verify")
    head = bundle.opened.checkpoint
    rows = [
        (*pair("账本名称", "Log", head.origin), *pair("检查点（条目数）", "Checkpoint (entries)", str(head.size))),
        across("检查点根哈希", "Root hash", b64encode(head.root).decode()),
        across("创始声明哈希", "Founding statement hash", bundle.found),
    ]
    if leaf is not None:
        text = leaf_hash(leaf.raw).hex()
        rows.append(across("接受确认叶哈希", "Leaf of the receipt", say(f"{text}（序位 {leaf.index}）", f"{text} (index {leaf.index})")))
    rows.append(across("见证方与联署时间", "Witnesses", witnesses(bundle)))
    digits = grouped(key)
    scan = say(f"，或者扫二维码；二维码由密钥 {digits} 签署", f", or scan the code of page 1, which key {digits} signed") if key else ""
    copy = (
        say("复印件、扫描件只能凭二维码核验所含声明。", "A print or a scan can be checked by its square code alone.")
        if key
        else say("复印件、扫描件不能核验。", "A print or a scan cannot be checked.")
    )
    how = say(*(_BRIEF if is_brief else _HOW)).format(host=head.origin.partition("/")[0], scan=scan, copy=copy)
    rows.append((label("核验方法", "How to verify", KEY), Cell(text=how, share=KEY + 2 * VAL, size=say_size())))
    sheet.need(sum(row_height(cells, sheet.room) for cells in rows))  # on one page, whatever it takes: nobody looks for its last row
    for cells in rows:
        row(sheet, cells)
    if sheet.undrawable:
        sheet.y += 6
        named = "、".join(f"U+{ord(char):04X}" for char in sheet.undrawable)
        zh = f"注：下列字符本件字体无字形，正文以〔U+码位〕代替，原文见附件：{named}。"
        sheet.paragraph(
            say(zh, f"Note: no font here has these characters, printed as 〔U+…〕; the attachment has them: {named}."), Paint(7, color=GREY)
        )


def say_size() -> float:
    """Of the sentences on how to verify."""
    return 7.2 if spoken() == "zh" else 6.8
