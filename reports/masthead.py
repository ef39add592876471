"""The head of a document (版头): its name in both languages, the state it tells, who signed it, and the square code beside them."""

from ledger.bundle import Bundle
from ledger.directory import party_name
from reports.claim import SignedClaim
from reports.issuing import Signers, signer_of
from reports.paper.code import SIDE, draw_code
from reports.paper.fonts import BOLD, REGULAR
from reports.paper.sheet import ALARM, GREY, INK, Paint, Sheet
from reports.paper.tongue import say, spoken

NOT_STATUTORY = (
    "此件不是法定联单；法定联单以国家危险废物信息管理系统的记录为准。",
    "This is not the statutory manifest; that is the record of the national hazardous-waste information system.",
)


def grouped(digits: str, count: int = 8) -> str:
    """The first digits in groups of four, for eyes."""
    return " ".join(digits[at : at + 4] for at in range(0, count, 4))


def issued_by(bundle: Bundle, signers: Signers) -> str:
    """Who signs the document with which key; empty for a document that nobody signs, which says nothing about it."""
    found = signer_of(bundle, signers)
    if found is None:
        return ""
    operator = party_name(bundle.facts, bundle.log.operator) or bundle.log.operator
    return say(f"签发：{operator}，签章密钥 {grouped(found[0])}", f"Issued by {operator}, signing key {grouped(found[0])}")


def masthead(
    sheet: Sheet,
    bundle: Bundle,
    title: tuple[str, str],
    status: str,
    seen: str,
    *,
    claim: SignedClaim | None = None,
    mark: str = "",
    notice: tuple[str, str] = NOT_STATUTORY,
) -> None:
    """``title`` in Chinese and English, ``status`` in bold, ``seen``: as of when; ``mark``: :func:`issued_by`."""
    left, right = sheet.margin, sheet.width - sheet.margin
    if claim is not None:
        draw_code(sheet, claim.address(bundle.log.origin), right - SIDE + 4, sheet.top - 14)
        words = f"{say('扫码核验　核对码', 'Scan to verify, compare')} {claim.claim.words}"
        sheet.text(right, sheet.top + 88, words, Paint(7, REGULAR, INK, "right"))
    zh, en = title
    sheet.text(left, sheet.top + 20, say(zh, en), Paint(21 if spoken() == "zh" else 16, BOLD, INK))
    sheet.text(left, sheet.top + 34, f"{say(en, zh)} · liandan", Paint(8, REGULAR, GREY))
    sheet.text(left, sheet.top + 50, say(*notice), Paint(say_small(8.6), REGULAR, ALARM))
    sheet.text(left, sheet.top + 69, status, Paint(11, BOLD, INK))
    sheet.text(left, sheet.top + 84, "　".join(part for part in (seen, mark) if part), Paint(7.6, REGULAR, INK))
    sheet.y = sheet.top + 94


def say_small(size: float) -> float:
    """The English sentence is longer and shares its line with the code."""
    return size if spoken() == "zh" else size - 1.2


def bound(sheet: Sheet, bundle: Bundle, title: tuple[str, str], name: str, notice: tuple[str, str] = NOT_STATUTORY) -> bytes:
    """The pages as PDF: every one says at its foot what document this is, of what, as of which checkpoint, and what it is not."""
    size = bundle.opened.checkpoint.size
    left = "　".join(part for part in (say(*title), name, say(f"检查点 {size}", f"checkpoint {size}")) if part)
    whole = " ".join(part for part in (say(*title), name) if part)
    return sheet.to_pdf(whole, bundle.subject, notice=say(*notice), left=left, is_demo=bundle.log.clock != "real")
