"""The certificate as PDF bytes: the pages, a square code on the first, then the bundle inside. Same bundle, same bytes."""

from ledger.bundle import Bundle
from reports.alphabets import ALPHABETS
from reports.certificate import proof
from reports.certificate.carried import carried_on
from reports.certificate.corrections import corrections, of_corrections
from reports.certificate.facts import CertificateFacts, facts_of
from reports.certificate.fields import LAYOUT, print_field
from reports.certificate.form import NAMED, pair
from reports.certificate.part_one import part_one
from reports.certificate.part_three import part_three
from reports.certificate.part_two import part_two
from reports.claim import SignedClaim
from reports.colophon import colophon
from reports.issuing import NO_SIGNERS, Signers, issue, sign_claim
from reports.masthead import bound, issued_by, masthead
from reports.matters import as_of, draw_matters, of_acts, of_cases, of_log, of_outcome
from reports.paper.grid import row
from reports.paper.sheet import Sheet
from reports.paper.tongue import Tongue, say, speaking, spoken
from reports.words import moment, province, route_name, stage_name, when

TITLE = ("危险废物转移证明", "Hazardous waste transfer certificate")


def render_certificate(bundle: Bundle, raw: bytes, signers: Signers = NO_SIGNERS, tongue: Tongue = "zh") -> bytes:
    """The certificate of an opened bundle, with ``raw`` (its file) attached. Refusal CERT_STATE, CERT_SUBJECT.

    Signed by the newest key of the log for documents that is among ``signers``; unsigned, and without a word of a
    signature, otherwise.
    """
    facts = facts_of(bundle)
    claim = sign_claim(bundle, signers, "c", facts.number or facts.ulid, facts.dated)
    with speaking(tongue):
        pages = render_pages(facts, claim, issued_by(bundle, signers))
    return issue(pages, bundle, raw, signers, layout=f"certificate {LAYOUT} {tongue}", dated=facts.dated, claim=claim)


def render_pages(facts: CertificateFacts, claim: SignedClaim | None = None, mark: str = "") -> bytes:
    """The pages alone, in the language that is spoken."""
    bundle, name, state = facts.bundle, facts.number or facts.ulid, facts.state
    sheet = Sheet(bottom=48, alphabet=ALPHABETS["certificate", spoken()])
    stage = stage_name(state.stage) + (say("（谢绝接受，未起运）", " (declined, never departed)") if state.is_declined else "")
    if state.route == "RETURN":
        stage += say("（退回的废物已运回）", " (a return, home)")
    seen = say(f"截至 {moment(facts.dated)}", f"As of {moment(facts.dated)}")
    masthead(sheet, bundle, TITLE, say(f"状态：{stage}", f"State: {stage}"), seen, claim=claim, mark=mark)
    matters = (*of_cases(bundle, state), *of_corrections(facts), *of_outcome(state), *of_acts(facts.custody), *of_log(bundle))
    draw_matters(sheet, matters, as_of(bundle))
    _identity(sheet, facts)
    part_one(sheet, facts)
    part_two(sheet, facts)
    part_three(sheet, facts)
    carried_on(sheet, facts)
    corrections(sheet, facts)
    proof.part_four(sheet, facts)
    proof.timeline(sheet, facts)
    proof.marks(sheet, facts)
    part = ("第七部分　", "Part 7 · ")
    colophon(sheet, bundle, part, key="" if claim is None else claim.claim.key, leaf=facts.receipt)
    return bound(sheet, bundle, TITLE, name)


def _identity(sheet: Sheet, facts: CertificateFacts) -> None:
    state = facts.state
    way = f"{province(state.origin.division)} → {province(state.destination.division)}"
    number = facts.number or say("未取得", "none yet")
    row(sheet, (*pair("国家联单编号", "National number", number, size=NAMED), *pair("存证标识", "Identity in the log", facts.ulid)))
    kind = f"{print_field(facts.issue, 'type').text}　{route_name(state.route)}"
    row(sheet, (*pair("转移方向", "Direction", way), *pair("类型", "Type", kind)))
    counts = len(facts.lines), len(state.legs)
    total = say(f"{counts[0]} 类废物，{counts[1]} 段运输", f"wastes: {counts[0]}, legs: {counts[1]}")
    row(sheet, (*pair("开具时间", "Issued at", when(state.times.issued_s)), *pair("规模", "Extent", total)))
