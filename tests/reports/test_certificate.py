"""The certificate as other people's tools read it, and when there is none."""

from __future__ import annotations

import io
from functools import cache
from hashlib import sha256

import pypdf
import pytest
from msgspec.structs import replace

from ledger.bundle import Bundle, open_bundle
from ledger.directory import LOG_MAIN
from ledger.kinds.founding import Adopted
from ledger.times import format_at
from manifests import acts
from reports.attachment import NAME as ATTACHMENT
from reports.certificate.facts import facts_of
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from signing.refusal import Refusal
from tests.reports.month import drawn
from tests.reports.story import CARRIERS, GENERATOR, NAMES, PERMIT, PORT, RECEIVER, Story, bundle_of, ordinary, trunk, waste
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, uscc
from whitelist.adopted import data_files
from whitelist.fields import Place
from whitelist.listing import Conditions
from whitelist.transfer import DangerousGoods, PaperDecision, Pieces, PreNotice


async def certificate(story: Story, serial: int) -> tuple[Bundle, bytes, bytes]:
    """Bundle, its bytes and the PDF of a manifest."""
    raw = await story.bundle(serial)
    bundle = open_bundle(raw, all_kinds())
    return bundle, raw, render_certificate(bundle, raw)


def text_of(pdf: bytes) -> str:
    """All text, as pypdf extracts it, without line breaks."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


async def test_it_prints_what_the_evidence_says() -> None:
    _, _, pdf = await certificate(ordinary(), 123)
    text = text_of(pdf)
    for wanted in (
        "此件不是法定联单",
        "20265101000123",
        *(NAMES[party] for party in (GENERATOR, RECEIVER, CARRIERS[0])),
        "废铅蓄电池",
        "5.6",
        "5.548000",
        "0.052000",
        "川环审批〔2026〕1号（虚构）",
        "川环函〔2025〕900号（虚构）",
        "CQ5001160043（虚构）",
        "已办结",
        "演示",
        "第 1 页 / 共 3 页",
    ):
        assert wanted in text, wanted


async def test_lines_of_decision_and_list_are_counted_from_one() -> None:
    text = text_of((await certificate(ordinary(), 123))[2])
    assert "本批准决定第 1 行" in text
    assert "白名单 2026-51-50-cy 第 1 行" in text
    assert "第 0 行" not in text


async def test_what_no_column_holds_stands_below_the_lines() -> None:
    lines = (
        replace(waste(), pieces=Pieces(count=120, unit="只"), dg=DangerousGoods(un_no="2794", dg_class="8", packing_group="III")),
        waste("1.200000", 1),
        waste("1.300000", 2),
    )
    story = Story(lines)
    story.issue(7, trip_id="01K90000000000000000000007")
    story.depart(7)
    story.wait(hours=4)
    story.arrive(7)
    story.receive(7)
    text = text_of((await certificate(story, 7))[2])
    assert "第 1 行：拟利用处置方式：R4；计件：120 只；包装类别：III" in text
    assert "第 2、3 行：拟利用处置方式：R4" in text
    assert "01K90000000000000000000007" in text


async def test_what_the_generator_named_beforehand_is_printed() -> None:
    """Mode of transport, edition of the catalogue and carriers in the order of travel (law §2, addenda §2 B and §8.11)."""
    story = Story()
    story.issue(8, carriers=CARRIERS[:2], mode="water")
    story.depart(8)
    story.wait(hours=4)
    story.arrive(8)
    story.receive(8)
    text = text_of((await certificate(story, 8))[2])
    for wanted in ("运输方式", "水路", "2025 年版", f"{NAMES[CARRIERS[0]]}　→　{NAMES[CARRIERS[1]]}"):
        assert wanted in text, wanted


EVERYONE = (OPERATOR, AUTHORITY_51, AUTHORITY_50)


async def test_an_edition_that_is_adopted_after_the_issue_changes_nothing() -> None:
    """By which table a manifest was judged."""
    newest = next(file for file in data_files() if file.name == "hw-catalogue-2025")
    story = Story(without=newest.name)
    story.issue(9)
    raw = newest.path.read_bytes()
    story.bench.data[f"data/{sha256(raw).hexdigest()}"] = raw
    story.bench.post("data.adopt/1", LOG_MAIN, EVERYONE, Adopted(newest.name, newest.version, sha256(raw).hexdigest()))
    story.depart(9)
    story.wait(hours=4)
    story.arrive(9)
    story.receive(9)
    bundle, _, pdf = await certificate(story, 9)
    assert facts_of(bundle).edition == "2021"
    assert "2021 年版" in text_of(pdf)


@pytest.mark.parametrize(("at", "edition"), [("2024-12-31T23:59:59+08:00", "2021"), ("2025-01-01T00:00:00+08:00", "2025")])
async def test_the_edition_is_the_one_of_the_issue_s_day(at: str, edition: str) -> None:
    """Not one that is adopted already and begins later."""
    bundle, _, _ = await certificate(ordinary(), 123)
    issue = bundle.chain(bundle.subject)[0]
    earlier = replace(issue, admission=replace(issue.admission, at=at))
    entries = tuple(earlier if entry is issue else entry for entry in bundle.entries)
    assert facts_of(replace(bundle, entries=entries)).edition == edition


async def test_gross_and_tare_at_loading_are_printed() -> None:
    story = Story((waste(), waste("1.2", 1)))
    story.issue(6)
    weighed = (
        acts.LoadedLine(line=1, mass_t="1.2"),
        acts.LoadedLine(line=0, mass_t="5.6", gross_t="18.4", tare_t="12.8"),
    )
    story.depart(6, loaded=weighed)
    story.wait(hours=4)
    story.arrive(6)
    story.receive(6)
    text = text_of((await certificate(story, 6))[2])
    assert "第 1 行：毛 18.400000 皮 12.800000 净 5.600000 吨" in text
    assert "第 2 行：净 1.200000 吨" in text
    assert "Weighed at loading" not in text_of((await certificate(ordinary(), 123))[2])


async def test_every_field_that_an_act_states_is_printed_under_its_own_label() -> None:
    lines = (
        replace(
            waste(),
            internal_name="A 线极板",
            source_stage="分选破碎",
            purpose="use",
            precautions="禁止接触水",
            note="分两批装车",
        ),
        replace(waste("1.2", 1), dg=None, dg_none="经鉴定不属于危险货物"),
    )
    story = Story(lines)
    at = format_at(story.bench.at_s)
    story.issue(
        8,
        provincial_number="川联单-2026-0008",
        insurance_no="PZ-2026-77",
        pre_notice=PreNotice(given_at=at, ref="报告〔2026〕8 号（虚构）"),
    )
    story.wait(minutes=30)
    ticket = acts.Ticket(no="LQ-0008", scale="龙泉驿2号地磅", gross_t="19.6", tare_t="12.8", net_t="6.8")
    story.depart(8, via=("510502",), seals=("S-1", "S-2"), crew=(acts.CrewMember(crew="D01", role="driver"),), tickets=(ticket,))
    story.wait(hours=1)
    stop = acts.Stop(place=PORT, reason="避让桥梁检修", until=format_at(story.bench.at_s + 3600))
    story.bench.post("manifest.stop/1", trunk(8), CARRIERS[:1], stop)
    story.wait(hours=4)
    story.arrive(8)
    story.receive(8)
    text = text_of((await certificate(story, 8))[2])
    for label, value in (
        ("省联单编号", "川联单-2026-0008"),
        ("管理计划备案编号", "GL-510112-2026-001"),
        ("合同编号", "HT-2026-001"),
        ("合同有效期至", "2027-12-31"),
        ("环境污染责任保险", "PZ-2026-77"),
        ("报告编号", "报告〔2026〕8 号（虚构）"),
        ("停留", "避让桥梁检修"),
        ("接收资格", "综合经营许可证"),
    ):
        assert label in text, label
        assert value in text, value
    for sentence in (
        "第 1 行：拟利用处置方式：R4；外运目的：利用；单位内部名称：A 线极板；产生环节：分选破碎；禁忌与应急措施：禁止接触水；备注：分两批装车",
        "不属于危险货物的理由：经鉴定不属于危险货物",
        "第 1 段：经由地：510502；封签：S-1、S-2；人员：D01 驾驶员",
        "磅单 LQ-0008　龙泉驿2号地磅　毛 19.600000 皮 12.800000 净 6.800000 吨",
        "证 510100000008",
    ):
        assert sentence in text, sentence


async def test_conditions_of_the_decision_are_printed_once() -> None:
    conditions = Conditions(pre_notice_days=2, use_only=True, transit=("52",), note="避开夜间运输")
    story = Story((waste(), waste("1.2", 1)), conditions=conditions)
    story.issue(11, pre_notice=PreNotice(given_at="2026-10-01T09:00:00+08:00"))
    story.depart(11)
    story.wait(hours=4)
    story.arrive(11)
    story.receive(11)
    text = text_of((await certificate(story, 11))[2])
    assert "各行：转移前报告天数：2；仅限利用：是；途经省份：贵州省；其他条件：避开夜间运输" in text


async def test_under_a_renewed_permit_the_quota_is_the_sites() -> None:
    """The account bears the first permit of the line, the scale is that of the permit that the manifest names."""
    story = Story()
    renewed = PERMIT.replace("PERM", "NEXT")
    first = next(entry.statement.body for entry in story.bench.entries if entry.statement.kind == "permit.grant/1")
    body = replace(first, no="CQ5001160099（虚构）", valid_from="2026-01-01", valid_to="2031-06-30", scale_t="70000", renews=PERMIT)
    story.bench.post("permit.grant/1", renewed, (AUTHORITY_50,), body)
    story.issue(12, permit=renewed)
    story.depart(12)
    story.wait(hours=4)
    story.arrive(12)
    story.receive(12)
    bundle, _, pdf = await certificate(story, 12)
    facts = facts_of(bundle)
    assert {quota.subject for quota in facts.quotas if quota.layer == "Q3"} == {PERMIT}
    assert {quota.limit_g for quota in facts.quotas if quota.layer == "Q3"} == {70_000_000_000}
    assert "，有效期至 2031-06-30CQ5001160099（虚构）" in text_of(pdf)
    (account,) = [account for account in drawn(story).accounts if account.layer == "Q3"]
    assert (account.limit_g, account.year_g) == (70_000_000_000, account.closing_g)
    assert account.label.startswith("CQ5001160099")


async def test_a_decision_outside_this_log_is_printed_from_the_issue() -> None:
    story = Story()
    generator = uscc("520112", 29)
    story.bench.register(generator, "贵阳金阳蓄能有限公司（虚构）", AUTHORITY_51)
    decision = PaperDecision(
        no="黔环审〔2026〕7 号（虚构）", authority="丙省生态环境厅（虚构）", decided_on="2026-09-01", valid_to="2026-12-31"
    )
    origin = Place(division="520112", address="贵阳市乌当区高新路1号（虚构）")
    line = replace(waste(), decision_line=None)
    story.issue(
        13, [line], generator=generator, type="in_transfer", approval=None, decision=decision, plan=None, number=None, origin=origin
    )
    chain = trunk(13).replace(GENERATOR, generator)
    story.wait(hours=4)
    story.receive(13, generator=generator)
    raw = await bundle_of(story.bench, chain)
    text = text_of(render_certificate(open_bundle(raw, all_kinds()), raw))
    assert "账外批准（跨省转入）" in text
    for value in ("黔环审〔2026〕7 号（虚构）", "丙省生态环境厅（虚构）", "跨省转入", "贵州省 → 重庆市", "未取得"):
        assert value in text, value


async def test_a_declined_manifest_says_that_nothing_came() -> None:
    story = Story()
    story.issue(9)
    none = acts.ReceivedLine(line=0, opinion="reject", accepted_t="0", reason_code="no_capacity", reason="库容已满")
    story.receive(9, [none], weighing=acts.Weighing(method="weighbridge"))
    bundle, _, pdf = await certificate(story, 9)
    text = text_of(pdf)
    assert facts_of(bundle).state.is_declined
    assert "已拒收（谢绝接受，未起运）" in text
    assert "谢绝接受：废物未起运。" in text
    assert "拒收原因：无接收能力；拒收理由：库容已满" in text
    assert "接受人在起运前拒绝接收" in text


async def test_a_receipt_without_departure_says_so() -> None:
    story = Story()
    story.issue(10)
    story.wait(hours=4)
    story.receive(10)
    text = text_of((await certificate(story, 10))[2])
    assert "本账本没有起运记录。" in text
    assert "NO_DEPARTURE" in text


async def test_it_cites_the_law_in_force_on_the_day_of_each_act() -> None:
    text = text_of((await certificate(ordinary(), 123))[2])
    assert "《中华人民共和国生态环境法典》第五百三十六条第一款" in text
    assert "《固体废物污染环境防治法》（2020年修订）第八十二条第二款" in text, "the decision is of February"


async def test_quotas_stand_before_and_after() -> None:
    bundle, _, pdf = await certificate(ordinary(), 123)
    rows = [(quota.layer, quota.kind, quota.before_g, quota.after_g, quota.limit_g) for quota in facts_of(bundle).quotas]
    assert rows == [
        ("Q1", "approval.decide/1", 0, 3_000_000_000, 60_000_000_000),
        ("Q2", "manifest.issue/1", 0, 5_600_000, 3_000_000_000),
        ("Q3", "manifest.issue/1", 0, 5_600_000, 60_000_000_000),
        ("Q2", "manifest.receive/1", 5_600_000, 5_548_000, 3_000_000_000),
        ("Q3", "manifest.receive/1", 5_600_000, 5_548_000, 60_000_000_000),
    ]
    assert "-0.052" in text_of(pdf)
    assert "-0.052000" not in text_of(pdf), "an account is no scale"


async def test_the_same_bundle_gives_the_same_bytes_and_a_small_file() -> None:
    bundle, raw, pdf = await certificate(ordinary(), 123)
    assert render_certificate(bundle, raw) == pdf
    assert len(pdf) <= 120_000


async def test_every_font_is_embedded_and_cut_to_what_is_used() -> None:
    reader = pypdf.PdfReader(io.BytesIO((await certificate(ordinary(), 123))[2]))
    used = {name: font.get_object() for page in reader.pages for name, font in page["/Resources"]["/Font"].items()}
    ours = [font for font in used.values() if "NotoSansSC" in font["/BaseFont"]]
    assert len(ours) >= 2
    for font in ours:
        assert font["/FontDescriptor"]["/FontFile2"].get_object().get_data()
        assert "/ToUnicode" in font
    drawn = {operands[0] for page in reader.pages for operands, operator in page.get_contents().operations if operator == b"Tf"}  # type: ignore[union-attr]  # pages have contents
    assert drawn <= {name for name, font in used.items() if font in ours}


async def test_the_bundle_is_attached_as_it_is() -> None:
    _, raw, pdf = await certificate(ordinary(), 123)
    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments[ATTACHMENT] == [raw]


async def test_the_document_is_dated_by_its_evidence() -> None:
    bundle, _, pdf = await certificate(ordinary(), 123)
    at = facts_of(bundle).dated
    info = pypdf.PdfReader(io.BytesIO(pdf)).metadata
    assert info is not None
    assert info["/CreationDate"] == f"D:{at[:19].translate(str.maketrans('', '', '-T:'))}+08'00'"


@cache
def under_way() -> Story:
    """Serial 1 issued, 2 departed, 3 arrived, 4 voided."""
    story = Story()
    for serial in (1, 2, 3, 4):
        story.issue(serial)
    story.bench.post("manifest.void/1", trunk(4), (GENERATOR,), {"reason": "车辆故障"})
    for serial in (2, 3):
        story.depart(serial)
    story.wait(hours=4)
    story.arrive(3)
    return story


@pytest.mark.parametrize("serial", [1, 2, 3, 4])
async def test_there_is_no_certificate_before_the_receipt(serial: int) -> None:
    raw = await under_way().bundle(serial)
    with pytest.raises(Refusal) as caught:
        render_certificate(open_bundle(raw, all_kinds()), raw)
    assert caught.value.codes == ["CERT_STATE"]


async def test_a_bundle_about_something_else_gives_no_certificate() -> None:
    raw = (await ordinary().bundle(123)).replace(f'"subject":"{trunk(123)}"'.encode(), f'"subject":"party/{GENERATOR}"'.encode())
    with pytest.raises(Refusal) as caught:
        render_certificate(open_bundle(raw, all_kinds()), raw)
    assert caught.value.codes == ["CERT_SUBJECT"]


async def test_a_day_is_that_of_the_moment_whatever_offset_it_was_written_with() -> None:
    """Case E4: 16:30 in UTC on 14 August is the first day of the Code in Beijing."""
    story = Story()
    story.at("2026-08-15T00:20:00+08:00")
    story.issue(1)
    story.depart(1, at="2026-08-14T16:21:00+00:00")
    story.wait(hours=4)
    story.arrive(1)
    story.receive(1)
    raw = await story.bundle(1)
    text = text_of(render_certificate(open_bundle(raw, all_kinds()), raw))
    assert "2026-08-15 00:21:00" in text
    assert "行为日 2026-08-15 施行" in text
    assert "2026-08-14" not in text
    assert "第八十二条第一款" not in text
