"""The certificate as PDF bytes: the pages, a square code on the first, then the bundle inside. Same bundle, same bytes."""

from ledger.bundle import Bundle
from reports.certificate import proof
from reports.certificate.facts import CertificateFacts, facts_of
from reports.certificate.fields import LAYOUT, print_field
from reports.certificate.form import pair
from reports.certificate.part_one import part_one
from reports.certificate.part_three import part_three
from reports.certificate.part_two import part_two
from reports.claim import SignedClaim
from reports.issuing import NO_SIGNERS, Signers, issue, sign_claim
from reports.paper.code import SIDE, draw_code
from reports.paper.embedding import Alphabet
from reports.paper.fonts import BOLD, REGULAR
from reports.paper.grid import row
from reports.paper.sheet import ALARM, GREY, INK, Paint, Sheet
from reports.words import ROUTES, STAGES, moment, province, when

TITLE = "危险废物转移存证证明"
_NOT_STATUTORY = "此件不是法定联单；法定联单以国家危险废物信息管理系统的记录为准。"

_REGULAR = (
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    "+/=-:.,·—此件不是法定联单；以国家危险废物信息管理系统的记录为准。截至编号存证标识转移方向四川省→重庆市类型正常\u3000跨"
    "“白名”简化审批开具时间规模，段运输位称一社会用代码出地址成都龙泉驿区桃大道（虚构）托人：蓄收有限公司拟接受江津生铅计划式路"
    "版本年备案合同效期突发环境事防范措施配酸手套、耐围堰和碱性吸附材料泄漏先堵后中并报告当态部门承蜀安货电池固硫箱×各行补充第利"
    "处置德感工业园核实对数已资与格综经营许可确认量磅吨差异知否径决文日所度额提函〔〕签渝依据《体污染治》修订八十二条款商意[]办"
    "令三政域控按照作协议程序华民共典五百六填写–占分预算账户自入起连续累上每登或豁免乙局甲厅交页署申请_未在比检查点根哈希创始声"
    "明叶见无验内嵌含列全原包离线执需要网络库链关新排逐印刷容将贵留值身份何密钥了及项被更改等陈述真也之没"
)
_BOLD = (
    "0123456789危险废物转移存证明状态：已第一部分\u3000出信息（由人填写）成川收有限虚构序号名称类别/代码特性形害包装方式×"
    "数量货编吨载重二运输承用单起点时间三接受是否在大差异不符项处理意见拟利置拒磅四审批依据与额度环〔〕层次账户事上此前累计后变动"
    "五签署入线位行为声哈希算法密钥标记六提示所含义七检查核验"
)
ALPHABET: Alphabet = {REGULAR: _REGULAR, BOLD: _BOLD}
"""What nearly every certificate draws: its own labels, hashes and numbers, and no more, because a document embeds all of it.

Made once from the certificates of the tests: the characters that all of them draw, in the order in which one draws them, so that a label
seldom changes fonts in its middle. Another alphabet gives other bytes: raise LAYOUT with it.
"""


def render_certificate(bundle: Bundle, raw: bytes, signers: Signers = NO_SIGNERS) -> bytes:
    """The certificate of an opened bundle, with ``raw`` (its file) attached. Refusal CERT_STATE, CERT_SUBJECT.

    Signed by the newest key of the log for documents that is among ``signers``; unsigned, and without a word of a
    signature, otherwise.
    """
    facts = facts_of(bundle)
    claim = sign_claim(bundle, signers, "c", facts.number or facts.ulid, facts.dated)
    return issue(render_pages(facts, claim), bundle, raw, signers, layout=f"certificate {LAYOUT}", dated=facts.dated, claim=claim)


def render_pages(facts: CertificateFacts, claim: SignedClaim | None = None) -> bytes:
    """The pages alone."""
    sheet = Sheet(bottom=52, alphabet=ALPHABET)
    _masthead(sheet, facts, claim)
    part_one(sheet, facts)
    part_two(sheet, facts)
    part_three(sheet, facts)
    proof.part_four(sheet, facts)
    proof.timeline(sheet, facts)
    proof.marks(sheet, facts)
    proof.checkpoint(sheet, facts)
    _footnotes(sheet)
    bundle, name = facts.bundle, facts.number or facts.ulid
    left = f"{TITLE}　{name}　检查点 {bundle.opened.checkpoint.size}"
    return sheet.to_pdf(f"{TITLE} {name}", bundle.subject, notice=_NOT_STATUTORY, left=left, is_demo=facts.is_demo)


def _masthead(sheet: Sheet, facts: CertificateFacts, claim: SignedClaim | None) -> None:
    state, left = facts.state, sheet.margin
    if claim is not None:
        draw_code(sheet, claim.address(facts.bundle.log.origin), sheet.width - sheet.margin - SIDE + 4, sheet.top - 14)
        right = Paint(7, REGULAR, GREY, "right")
        sheet.text(sheet.width - sheet.margin, sheet.top + 88, f"扫码核验　核对码 {claim.claim.words}", right)
    sheet.text(left, sheet.top + 20, TITLE, Paint(22, BOLD, INK))
    sheet.text(left, sheet.top + 35, "Evidence certificate of a hazardous-waste transfer · liandan", Paint(8, REGULAR, GREY))
    sheet.text(left, sheet.top + 55, _NOT_STATUTORY, Paint(9, REGULAR, ALARM))
    stage = STAGES.get(state.stage, state.stage) + ("（谢绝接受，未起运）" if state.is_declined else "")
    sheet.text(left, sheet.top + 76, f"状态：{stage}", Paint(11, BOLD, INK))
    sheet.text(left + 130, sheet.top + 76, f"截至 {moment(facts.dated)}", Paint(8.5, REGULAR, GREY))
    sheet.y = sheet.top + 90
    number = facts.number or "未取得"
    way = f"{province(state.origin.division)} → {province(state.destination.division)}"
    row(sheet, (*pair("国家联单编号", "National number", number, face=BOLD), *pair("存证标识", "Manifest ULID", facts.ulid)))
    kind = f"{print_field(facts.issue, 'type').text}　{ROUTES.get(state.route, state.route)}"
    row(sheet, (*pair("转移方向", "Direction", way), *pair("类型", "Type", kind)))
    total = f"{len(facts.lines)} 类废物，{len(state.legs)} 段运输"
    row(sheet, (*pair("开具时间", "Issued at", when(state.times.issued_s)), *pair("规模", "Scope", total)))


def _footnotes(sheet: Sheet) -> None:
    """Characters that no font here can draw, named: all of them, for the sheet has seen every text."""
    if sheet.undrawable:
        sheet.y += 6
        named = "、".join(f"U+{ord(char):04X}" for char in sheet.undrawable)
        sheet.paragraph(f"注：下列字符本件字体无字形，正文以〔U+码位〕代替，原文见附件：{named}。", Paint(7, color=GREY))
