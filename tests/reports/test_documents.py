"""Documents of every kind and state, in both languages: what they say, that they prove themselves, and when there is none."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pikepdf
import pypdf
import pypdfium2
import pytest

from ledger.admission.entry import Entry
from reports.attachment import claims_in, layout_in
from reports.attestation import RecordQuestion, render_attestation
from reports.claim import parse_claim
from reports.evidence import Chain
from reports.excerpt.evidence import MovedBy, collect_approval, collect_list
from reports.paper.fonts import REGULAR
from reports.paper.grid import Column, section, table
from reports.paper.sheet import Paint, Sheet
from reports.paper.tongue import TONGUES, Tongue
from reports.verify import VerifyReport, verify_bytes
from signing.refusal import Refusal
from tests.reports.papers import STATES, approval_bundle, bundle_by, drawn, list_bundle, log_bundle, opened, paper, signed
from tests.reports.rare_states import real
from tests.reports.story import APPROVAL, CARRIERS, GENERATOR, LIST, NAMES, PERMIT, RECEIVER, Story, ordinary, trunk
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.approval_status import ApprovalChange


def read(pdf: bytes) -> list[str]:
    """Text of each page, as pdfium extracts it, without line breaks."""
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_range().replace("\r", "").replace("\n", "").replace("\ufffe", "") for page in document]
    document.close()
    return found


def told(name: str, pdf: bytes, story: Story | None = None) -> VerifyReport:
    """Verified under the pin of its log."""
    known = story or (real() if name.endswith(("degraded", "witnessed")) else signed())[0]
    return verify_bytes(pdf, "x.pdf", known.bench.found)


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_document_proves_itself_in_both_languages(tongue: Tongue) -> None:
    offenders = {name: found for name, pdf in drawn(tongue).items() if (found := _unproved(name, pdf, tongue))}
    assert offenders == {}


def _unproved(name: str, pdf: bytes, tongue: Tongue) -> list[object]:
    """What of a document is not as it should be."""
    report, catalog = told(name, pdf), pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    seen: list[object] = [
        report.verdict,
        report.document,
        report.paper,
        catalog["/Lang"],
        bool(catalog["/ViewerPreferences"]["/DisplayDocTitle"]),
    ]
    seen.append(told(name, pdf + b"\n").verdict)
    paper_of = "signature" if name.startswith("no-record") else "reprint"
    wanted = ["good", name.partition("-")[0].replace("no", "attestation"), paper_of, {"zh": "zh-CN", "en": "en"}[tongue], True, "unchecked"]
    return [] if seen == wanted else seen


JARGON = re.compile(r"\[READ|\bQ[123]\b|\bLISTED\b|\bAPPROVED\b|log\.found|\bULID\b|加盐承诺|未签章|unsigned")


@pytest.mark.parametrize("tongue", TONGUES)
def test_paper_speaks_no_jargon(tongue: Tongue) -> None:
    for name, pdf in drawn(tongue).items():
        assert not (found := JARGON.search(" ".join(read(pdf)))), (name, found)


def test_an_english_paper_speaks_english_and_keeps_the_names() -> None:
    pages = read(drawn("en")["certificate-disposed"])
    text = "".join(pages)
    for wanted in (
        "Hazardous waste transfer certificate", "State: disposed", "As of checkpoint", "This is not the statutory manifest", "Declared, t",
        "Sichuan → Chongqing", "class 8", "road", "solid", "box×14", "Issued by 川渝联单运营中心（虚构）", "How to verify",
        NAMES[GENERATOR], NAMES[RECEIVER], "废铅蓄电池",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert "状态：" not in text


@pytest.mark.parametrize("name", ["certificate-disposed", "transit-issued", "approval", "list"])
def test_the_language_is_in_the_bytes_and_decides_what_they_are_compared_with(name: str) -> None:
    zh, en = drawn("zh")[name], drawn("en")[name]
    assert [layout_in(zh), layout_in(en)] == [(name.partition("-")[0], "zh"), (name.partition("-")[0], "en")]
    for pdf, other in ((zh, b"en"), (en, b"zh")):
        changed = re.sub(rb"(/LiandanLayout \([a-z]+ \d+ )(zh|en)\)", rb"\g<1>" + other + b")", pdf)
        assert changed != pdf
        assert told(name, changed).verdict == "unchecked"


def test_a_certificate_that_says_it_is_an_extract_is_none() -> None:
    pdf = drawn("zh")["certificate-disposed"]
    changed = pdf.replace(b"/LiandanLayout (certificate 7 zh)", b"/LiandanLayout (transit 01234 zh)")
    assert len(changed) == len(pdf)
    assert told("", changed).verdict == "unchecked"
    nonsense = pdf.replace(b"/LiandanLayout (certificate 7 zh)", b"/LiandanLayout (nonsenses 60 zh)")
    assert told("", nonsense).verdict == "unchecked"
    attested = pdf.replace(b"/LiandanLayout (certificate 7 zh)", b"/LiandanLayout (attestation 7 zh)")
    report = told("", attested)
    assert (report.verdict, report.notes[-1].code) == ("unchecked", "ATTESTATION_UNSIGNED")


MATTERS = {
    "certificate-rejected": ("拒收：接受人未接受，拒收 7.850000 吨", "Rejected: the receiver took nothing, 7.850000 t refused"),
    "certificate-partly": ("部分拒收：拒收 1.050000 吨", "Refused in part: 1.050000 t"),
    "certificate-declined": ("谢绝接受：接受人在起运前拒绝接收", "Declined: the receiver refused before departure"),
    "transit-issued": ("尚未起运：不得据本件上路运输", "Not departed yet"),
    "transit-in-transit": ("可能已有后续记录", "later records may exist"),
}


@pytest.mark.parametrize("name", MATTERS)
def test_what_matters_stands_on_page_one(name: str) -> None:
    for wanted, tongue in zip(MATTERS[name], TONGUES, strict=True):
        page = read(drawn(tongue)[name])[0]
        assert wanted in page
        assert {"zh": "演示账本：时间为模拟时间", "en": "Demonstration log"}[tongue] in page
        assert {"zh": "无见证", "en": "No witness"}[tongue] in page
    size = len(signed()[0].bench.entries)
    assert f"截至检查点 {size}，不排除其后或未附的行为" in read(drawn("zh")["certificate-disposed"])[0]


def test_mass_over_tolerance_and_what_is_not_disposed_of_stand_on_page_one() -> None:
    page = read(drawn("zh")["certificate-partly"])[0]
    assert "高级提示：接受量与移出量相差超出误差" in page
    assert "尚未利用处置：5.300000 吨" in page
    assert "尚未利用处置" not in read(drawn("zh")["certificate-disposed"])[0]


WITNESSED = {
    "degraded": ("见证降级：联署少于账本见证策略的要求", "Witnesses degraded"),
    "provisional": ("期限暂定：部分工作日按未公布的日历推算", "Provisional: some working days"),
}


@pytest.mark.parametrize("tongue", TONGUES)
def test_what_is_degraded_or_provisional_stands_on_page_one(tongue: Tongue) -> None:
    for state, wanted in WITNESSED.items():
        for document in ("certificate", "transit"):
            assert wanted[tongue == "en"] in read(drawn(tongue)[f"{document}-{state}"])[0]
    whole = "".join(read(drawn(tongue)["certificate-witnessed"]))
    assert not [words for words in ("演示", "DEMO", "无见证", "No witness", "降级", "degraded") if words in whole]


@pytest.mark.parametrize("tongue", TONGUES)
def test_how_to_verify_stands_on_one_page_under_its_heading(tongue: Tongue) -> None:
    first, last = {"zh": ("创始声明哈希", "离线执行"), "en": ("Founding statement hash", "liandan verify FILE.pdf")}[tongue]
    for name, pdf in drawn(tongue).items():
        pages = ["".join(page.split()) for page in read(pdf)]
        assert [number for number, page in enumerate(pages) if "".join(first.split()) in page and "".join(last.split()) in page], name


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_paper_says_how_far_it_sees(tongue: Tongue) -> None:
    """Case E6: no kind of paper speaks of later than its checkpoint."""
    for name, pdf in drawn(tongue).items():
        first = read(pdf)[0].lower()
        assert all(word in first for word in {"zh": ("截至", "检查点"), "en": ("as of", "checkpoint")}[tongue]), name


def test_who_signed_for_whom_stands_in_the_timeline() -> None:
    assert f"代{NAMES[GENERATOR]}" in "".join(read(drawn("zh")["certificate-delegated"]))
    assert f"on behalf of {NAMES[GENERATOR]}" in "".join(read(drawn("en")["certificate-delegated"]))


def test_unsigned_paper_says_nothing_of_a_signature_and_signed_paper_who_signed_with_which_key() -> None:
    keyid = next(iter(signed()[1]))
    assert f"签发：川渝联单运营中心（虚构），签章密钥 {keyid[:4]} {keyid[4:8]}" in read(drawn("zh")["transit-issued"])[0]
    text = "".join(read(drawn("zh")["certificate-worst"]))
    assert "签发：" not in text
    assert "签章密钥" not in text


@pytest.mark.parametrize("serial", STATES)
async def test_a_transit_extract_says_who_carries_what_where(serial: int) -> None:
    story, signers = signed()
    raw = await story.bundle(serial)
    pdf = paper("transit", raw, signers)
    [travelling] = claims_in(pdf)
    claim = parse_claim(travelling.decode()).claim
    assert (claim.document, claim.number) == ("t", f"20265101{serial:06d}")
    pages = read(pdf)
    leg = (opened(raw).facts.state(trunk(serial)).legs or (None,))[-1]
    for wanted in (
        "UN 2794", "第 8 类", "900-052-31", "5.6", "箱×14", "配备防酸手套", NAMES[RECEIVER], "成都市龙泉驿区", "重庆市江津区",
        "毒性", "腐蚀性", *([leg.vehicle.plate, NAMES[leg.carrier]] if leg is not None else ["尚未起运"]),
    ):  # fmt: skip
        assert wanted in "".join(pages), wanted
    if STATES[serial] != "partly":
        assert len(pages) == 1


def test_the_second_leg_is_the_one_that_is_printed_large() -> None:
    page = read(drawn("zh")["transit-handed-over"])[0]
    assert "川E·X9009" in page
    assert "川E·0333挂" in page
    assert NAMES[CARRIERS[1]] in page
    assert "川A·F0009" not in page


def test_what_flows_is_in_no_packs_and_its_pipeline_stands_on_one_line() -> None:
    for document in ("certificate", "transit"):
        text = "".join(read(drawn("zh")[f"{document}-pipeline"]))
        assert "无包装（管道）" in text
        assert "×0" not in text
    page = pypdfium2.PdfDocument(drawn("zh")["transit-pipeline"])[0].get_textpage().get_text_range()
    assert "示范一号管线（虚构）" in page


def test_why_a_load_travels_without_papers_stands_on_its_extract() -> None:
    assert "豁免条款：《危险废物豁免管理清单》（2025 年版）第 18 项" in "".join(read(drawn("zh")["transit-exempt"]))
    assert "Exemption: list of exemptions (2025), item 18" in "".join(read(drawn("en")["transit-exempt"]))


async def test_there_is_no_extract_of_a_void_manifest() -> None:
    raw = await signed()[0].bundle(4)
    with pytest.raises(Refusal) as caught:
        paper("transit", raw)
    assert caught.value.codes == ["TRANSIT_VOID"]


async def test_an_approval_excerpt_tells_what_is_used_and_left() -> None:
    story = signed()[0]
    text = "".join(read(paper("approval", await approval_bundle(story))))
    accounts = [story.bench.facts.used_g(f"Q2 {APPROVAL} {line}") for line in (0, 1)]
    assert accounts == [32_100_000, 12_450_000]
    for wanted in (
        "32.1",
        "2967.9",
        "12.45",
        "2987.55",
        "川环审批〔2026〕1号（虚构）",
        "各行：途经省份：贵州省；其他条件：避开夜间运输",
        "2026-12-31",
    ):
        assert wanted in text, wanted


async def test_an_excerpt_of_a_decision_that_was_stopped_says_so_line_by_line() -> None:
    story = Story()
    own = (AUTHORITY_51,)
    story.bench.post("approval.suspend/1", APPROVAL, own, ApprovalChange(reason="核查（虚构）", lines=(0,)))
    text = "".join(read(paper("approval", await approval_bundle(story))))
    assert "状态：批准已暂停" in text
    assert re.search("批准 川环审批〔2026〕1号（虚构） 第 1 行（.*?）已被暂停", text), text[:600]
    assert "已被撤销" not in text
    story.bench.post("approval.revoke/1", APPROVAL, own, ApprovalChange(reason="不再符合条件（虚构）"))
    pages = read(paper("approval", await approval_bundle(story)))
    assert "状态：批准已撤销" in pages[0]
    assert re.search("第 1 行（.{1,30}?）已被撤销", pages[0])


async def test_a_reader_who_may_not_see_a_decision_learns_no_use_and_is_told_so() -> None:
    story = Story()
    state = story.bench.facts.state(LIST)

    async def nothing(_: str) -> None:
        return None

    raw = await bundle_by(story.bench, LIST, lambda chain, _: collect_list(chain, LIST, state, None, nothing))
    text = "".join(read(paper("list", raw)))
    assert "57000" not in text
    assert "横线表示未附相关决定，不表示未占用" in text
    assert "57000" in "".join(read(paper("list", await list_bundle(story))))


async def test_a_list_excerpt_of_one_receiver_has_its_rows_alone() -> None:
    text = "".join(read(paper("list", await list_bundle(signed()[0], RECEIVER))))
    for wanted in (
        "双方互认",
        "川环函〔2025〕900号（虚构）",
        "渝环函〔2025〕800号（虚构）",
        "共 1 行，本件列 1 行",
        "60000",
        "6000",
        "54000",
        NAMES[RECEIVER],
    ):
        assert wanted in text, wanted


async def test_an_application_that_is_not_decided_has_no_excerpt() -> None:
    story = ordinary()
    state = story.bench.facts.state(APPROVAL)

    async def applied(chain: Chain, moved_by: MovedBy) -> list[Entry]:
        entries = await collect_approval(chain, APPROVAL, state, moved_by)
        return [one for one in entries if not one.statement.chain.startswith("manifest/") and one.statement.kind != "approval.decide/1"]

    with pytest.raises(Refusal) as caught:
        paper("approval", await bundle_by(story.bench, APPROVAL, applied))
    assert caught.value.codes == ["EXCERPT_STATE"]


@pytest.mark.parametrize(("document", "subject"), [("approval", LIST), ("list", APPROVAL), ("certificate", APPROVAL), ("transit", LIST)])
async def test_a_bundle_about_something_else_is_refused(document: str, subject: str) -> None:
    raw = await (approval_bundle if subject == APPROVAL else list_bundle)(ordinary())
    with pytest.raises(Refusal) as caught:
        paper(document, raw)
    assert caught.value.codes == ["EXCERPT_SUBJECT" if document in ("approval", "list") else "CERT_SUBJECT"]


async def test_an_attestation_is_the_issuers_signed_word_or_nothing() -> None:
    story, signers = signed()
    raw = await log_bundle(story)
    question, dated = RecordQuestion(number="20265101999999"), story.bench.entries[-1].admission.at
    with pytest.raises(Refusal) as caught:
        render_attestation(opened(raw), raw, question, dated, {})
    assert caught.value.codes == ["ATTESTATION_UNSIGNED"]
    pdf = render_attestation(opened(raw), raw, question, dated, signers)
    report = told("", pdf)
    assert (report.verdict, report.paper) == ("good", "signature")
    assert "NOTE_ATTESTATION" in [note.code for note in report.notes]
    text = "".join(read(pdf))
    for wanted in ("20265101999999", "未检索到", "证据不能证明", f"截至检查点 {len(story.bench.entries)}"):
        assert wanted in text, wanted
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(out)
    again = told("", out.getvalue())
    assert (again.verdict, again.notes[-1].code, again.canonical) == ("unchecked", "ATTESTATION_UNSIGNED", "")


async def test_an_attestation_names_whom_it_asked_about_and_says_that_a_period_is_not_over() -> None:
    """Of a party that nobody registered, or of days to come, nothing is ever found: that is not the same as none."""
    story, signers = signed()
    raw, dated = await log_bundle(story), "2026-10-31T12:00:00+08:00"

    def text(**asked: str) -> str:
        return "".join(read(render_attestation(opened(raw), raw, RecordQuestion(**asked), dated, signers)))

    assert f"{GENERATOR}（{NAMES[GENERATOR]}）" in text(generator=GENERATOR)
    assert f"{RECEIVER}（本账本没有登记这一单位）" in text(generator=RECEIVER)
    assert "尚未完结" in text(generator=GENERATOR, first="2026-10-01", last="2026-10-31")
    assert "尚未完结" not in text(generator=GENERATOR, first="2026-10-01", last="2026-10-30")


@pytest.mark.parametrize(("kind", "zh", "en"), [("suspend", "已暂停", "suspended"), ("revoke", "已吊销、注销", "revoked")])
async def test_a_permit_that_was_stopped_is_not_shown_by_its_last_day_alone(kind: str, zh: str, en: str) -> None:
    story = Story()
    story.issue(1)
    story.depart(1)
    story.bench.post(f"permit.{kind}/1", PERMIT, (AUTHORITY_50,), {"reason": "超范围经营（虚构）"})
    raws = {"transit": await story.bundle(1), "approval": await approval_bundle(story), "list": await list_bundle(story)}
    for document, raw in raws.items():
        for tongue, wanted in (("zh", f"有效期至 2027-06-30{zh}"), ("en", f"valid to 2027-06-30{en}")):
            page = read(paper(document, raw, tongue=tongue))[0]  # type: ignore[arg-type]  # one of the two
            assert wanted in page, (document, tongue)
            assert document == "list" or {"zh": f"接受人许可证{zh}", "en": f"The receiver's permit is {en}"}[tongue] in page
    assert "接受人许可证已" not in read(drawn("zh")["transit-in-transit"])[0]


def _heights(rows: int, start: float, head: Callable[[Sheet], None]) -> list[list[str]]:
    """A section with a table, begun at a height of the page: texts of each page."""
    sheet = Sheet()
    sheet.text(42, 60, "before", Paint(8, REGULAR))
    sheet.y = start
    head(sheet)
    table(sheet, (Column("甲", "A", 1.0, lambda one: f"row{one}"),), range(rows))
    return [page.extract_text().split("\n") for page in pypdf.PdfReader(io.BytesIO(sheet.to_pdf("t", "s"))).pages]


@pytest.mark.parametrize("rows", [1, 2, 3, 9])
def test_a_heading_keeps_its_rows_and_no_last_row_stands_alone(rows: int) -> None:
    for start in range(560, 790, 3):
        pages = [
            [line for line in page if line.startswith(("row", "标题"))]
            for page in _heights(rows, float(start), lambda sheet: section(sheet, "标题", "Title"))
        ]
        for page in pages:
            assert [line[:2] for line in page] != ["标题"], start
            assert rows == 1 or page != [f"row{rows - 1}"], start
        assert "row0" in next(page for page in pages if any(line.startswith("标题") for line in page))


@pytest.mark.parametrize("tongue", TONGUES)
def test_signed_papers_are_small(tongue: Tongue) -> None:
    """At most 120 KB, with room for what firms write; the demonstration's are 10 KB larger by their evidence."""
    for name, pdf in drawn(tongue).items():
        if b"/ETSI.CAdES.detached" in pdf:
            assert len(pdf) <= 110 * 1024, name
