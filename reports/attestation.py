"""The negative attestation (无记录证明): the issuer's signed word that it searched the log at a checkpoint and found no such manifest.

No evidence proves that something is not there, so nothing is printed again from evidence: the document counts by the issuer's signature
over the whole file or not at all. What is attached proves the checkpoint that it speaks of, and the key that signed.
"""

from collections.abc import Iterator

from msgspec import Struct

from ledger.bundle import Bundle
from ledger.directory import party_name
from ledger.times import day_at
from reports.certificate.form import wide
from reports.colophon import colophon
from reports.issuing import Signers, issue, signer_of
from reports.masthead import bound, issued_by, masthead
from reports.matters import draw_matters, of_log
from reports.names import name_in
from reports.paper.grid import section
from reports.paper.sheet import Sheet
from reports.paper.tongue import Tongue, listed, say, speaking
from reports.words import moment
from signing.phrase import Phrase
from signing.refusal import refuse

LAYOUT = 2
NAME = "attestation"
TITLE = ("无记录证明", "Attestation of no record")
NOTICE = (
    "本件是出具单位签署的陈述，证据不能证明“没有”；不说明国家危险废物信息管理系统中的记录。",
    "This is the issuer's signed statement: no evidence proves that there is none, nor what the national system holds.",
)


class RecordQuestion(Struct, frozen=True, kw_only=True):
    """What was searched for: a national number; or a generator, with a waste code or days of issue where they narrow it."""

    number: str = ""
    generator: str = ""
    code: str = ""
    first: str = ""
    last: str = ""

    def text(self, bundle: Bundle) -> str:
        """In words, with the generator's name if the bundle tells it."""
        if self.number:
            return say(f"国家联单编号为 {self.number} 的联单", f"a manifest with the national number {self.number}")
        name = party_name(bundle.facts, self.generator)
        if name == self.generator:
            name = say("本账本没有登记这一单位", "not registered in this log")
        parts = [
            say(f"移出人 {self.generator}（{name}）", f"of generator {self.generator} ({name})"),
            self.code and say(f"废物代码 {self.code}", f"with waste code {self.code}"),
            (self.first or self.last)
            and say(f"{self.first or '…'} 至 {self.last or '…'} 开具（以入账日计）", f"admitted {self.first or '…'} to {self.last or '…'}"),
        ]
        return say(f"符合下列各项的联单：{listed(*parts)}", f"a manifest {listed(*parts)}")


def render_attestation(bundle: Bundle, raw: bytes, question: RecordQuestion, dated: str, signers: Signers, tongue: Tongue = "zh") -> bytes:
    """The attestation, signed. ``bundle`` holds the log's own chains, ``dated`` is the admission of the entry below the checkpoint.

    Refusal ATTESTATION_UNSIGNED without a key of the log for documents: unsigned it would say nothing.
    """
    if signer_of(bundle, signers) is None:
        raise refuse("ATTESTATION_UNSIGNED", expected=Phrase("用途为 pdf 的 issuer.key", "issuer.key, use pdf"))
    size = bundle.opened.checkpoint.size
    with speaking(tongue):
        sheet = Sheet(bottom=52)
        status = say("答复：未检索到", "Answer: none was found")
        seen = say(f"截至 {moment(dated)}", f"As of {moment(dated)}")
        masthead(sheet, bundle, TITLE, status, seen, mark=issued_by(bundle, signers), notice=NOTICE)
        limits = say(
            f"只说明截至检查点 {size} 的本账本；不排除其后的行为，也不排除未在本账本登记的转移。",
            f"It speaks of this log as of checkpoint {size} alone: neither of later acts nor of transfers that are not on this log.",
        )
        draw_matters(sheet, (*_open_end(question, dated), *of_log(bundle)), limits)
        _statement(sheet, bundle, question, size)
        colophon(sheet, bundle, is_brief=True)
        pages = bound(sheet, bundle, TITLE, "", NOTICE)
    return issue(pages, bundle, raw, signers, layout=f"{NAME} {LAYOUT} {tongue}", dated=dated)


def _open_end(question: RecordQuestion, dated: str) -> Iterator[str]:
    """That the period asked for is not over."""
    if question.last >= day_at(dated):
        seen = moment(dated)
        yield say(
            f"所问期间尚未完结：只检索到 {seen}，其后至 {question.last} 不在内",
            f"The period is not over: searched up to {seen}, not from then to {question.last}",
        )


def _statement(sheet: Sheet, bundle: Bundle, question: RecordQuestion, size: int) -> None:
    operator = name_in(bundle, bundle.log.operator)
    section(sheet, "陈述", "Statement")
    wanted = question.text(bundle)
    wide(sheet, "检索对象", "Searched for", wanted)
    zh = f"{operator}在其保存的账本（截至检查点 {size} 的全部条目）中检索，未检索到{wanted}。"
    en = f"{operator} searched the log that it keeps, all entries up to checkpoint {size}, and did not find {wanted}."
    wide(sheet, "陈述", "Statement", say(zh, en))
    wide(
        sheet,
        "能证明的",
        "What is proved",
        say(
            "所附证据证明：上述检查点由本账本签署，签章密钥由本账本登记；签章证明：出具单位作了上述陈述，此后未被更改。",
            "The attached evidence proves that this log signed the checkpoint and tells the signing key; the signature proves that the issuer "
            "made this statement and that nobody changed it.",
        ),
    )
    wide(
        sheet,
        "不能证明的",
        "What is not",
        say(
            "检索无遗漏由出具单位负责，证据不能证明；需要独立核实时，以导出的整本账自行检索（liandan audit）。",
            "That the search missed nothing is the issuer's word, not evidence; whoever needs more searches an export of the whole log "
            "(liandan audit).",
        ),
    )
