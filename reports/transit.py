"""The in-transit extract (在途凭证), for the driver and whoever stops him: who carries what where, as the log stood at one checkpoint.

From the issue on; a certificate follows when the receiver has confirmed. One page, as long as a load has few wastes.
"""

from ledger.bundle import Bundle
from ledger.labels import words_of
from manifests.acts import Depart, HandOver, Issue, Transship
from manifests.case import cases_of
from manifests.model import Leg, LineState, ManifestState, Stage
from reports.alphabets import ALPHABETS
from reports.certificate.decision import permit_text, term_text
from reports.certificate.facts import about, manifest_of, personal_fields
from reports.certificate.fields import OF_CARRIAGE, print_field, sentence
from reports.certificate.form import NAMED, by_line, packs_text, pair, place_text, wide
from reports.certificate.part_one import exemption_text, goods
from reports.claim import SignedClaim
from reports.colophon import colophon
from reports.issuing import NO_SIGNERS, Signers, issue, sign_claim
from reports.masthead import bound, issued_by, masthead
from reports.matters import draw_matters, of_acts, of_cases, of_decision, of_log, of_outcome, of_permit
from reports.names import name_in
from reports.paper.fonts import BOLD, BOLD_LEAST, width
from reports.paper.grid import Cell, Column, label, mass, row, section, table, total
from reports.paper.sheet import Sheet
from reports.paper.tongue import Tongue, clauses, listed, named, say, speaking
from reports.words import moment, personal, stage_name, when
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.approval import ApprovalState
from whitelist.fields import Hazard
from whitelist.transfer import WasteLine

LAYOUT = 2
_PLATE_SIZE, _PLATE_ROOM = 21.0, 205.0
"""Of plates: as large as that, and the points that they have on a line."""
TITLE = ("危险废物转移在途凭证", "Hazardous waste in-transit extract")


def render_transit(bundle: Bundle, raw: bytes, signers: Signers = NO_SIGNERS, tongue: Tongue = "zh") -> bytes:
    """The extract of an opened bundle, with ``raw`` (its file) attached, signed as a certificate is. Refusal TRANSIT_VOID, CERT_SUBJECT."""
    state = manifest_of(bundle)
    if state.stage is Stage.VOIDED:
        raise refuse("TRANSIT_VOID", found=state.stage, expected=Phrase("已签发至已办结", "issued … closed"))
    number, dated, ulid = _number(bundle, state), about(bundle)[-1].admission.at, bundle.subject.rpartition("/")[2]
    claim = transit_claim(bundle, signers)
    with speaking(tongue):
        sheet = Sheet(bottom=46, alphabet=ALPHABETS["transit", tongue])
        seen = say(f"截至 {moment(dated)}", f"As of {moment(dated)}")
        masthead(sheet, bundle, TITLE, _status(state), seen, claim=claim, mark=issued_by(bundle, signers))
        draw_matters(
            sheet,
            (
                *of_cases(bundle, state),
                *of_outcome(state),
                *of_permit(bundle, state.permit),
                *of_decision(bundle, state.approval, [line.decision_line for line in state.lines]),
                *of_acts(about(bundle)),
                *of_log(bundle),
            ),
            _sight(bundle),
        )
        _carriage(sheet, bundle, state)
        _identity(sheet, bundle, state, number, ulid)
        _wastes(sheet, bundle, state)
        colophon(sheet, bundle, key="" if claim is None else claim.claim.key, is_brief=True)
        pages = bound(sheet, bundle, TITLE, number or ulid)
    return issue(pages, bundle, raw, signers, layout=f"transit {LAYOUT} {tongue}", dated=dated, claim=claim)


def transit_claim(bundle: Bundle, signers: Signers) -> SignedClaim | None:
    """What the extract's code says, for whoever shows the code alone; ``None`` without a key for claims. Refusal CERT_SUBJECT."""
    state = manifest_of(bundle)
    return sign_claim(bundle, signers, "t", _number(bundle, state) or bundle.subject.rpartition("/")[2], about(bundle)[-1].admission.at)


def _number(bundle: Bundle, state: ManifestState) -> str:
    """The national number, that of a case included; empty without one."""
    return state.number or cases_of(bundle.facts, bundle.subject).number or ""


def _status(state: ManifestState) -> str:
    return say(f"状态：{stage_name(state.stage)}", f"State: {stage_name(state.stage)}")


def _sight(bundle: Bundle) -> str:
    size = bundle.opened.checkpoint.size
    return say(
        f"截至检查点 {size}；可能已有后续记录（如换车、停留、运抵、作废），不排除其后或未附的行为。",
        f"As of checkpoint {size}; later records may exist (another vehicle, a stop, arrival, void), and acts left out here are not ruled out.",
    )


def _carriage(sheet: Sheet, bundle: Bundle, state: ManifestState) -> None:
    """Vehicle and carrier of every leg under way, large; before the departure who shall carry it."""
    section(sheet, "车辆与承运人", "Vehicle and carrier")
    legs = state.open_legs or state.legs[-1:]
    if not legs:
        text = say("尚未起运：不得据本件上路运输。", "Not departed yet: this page does not allow the load onto the road.")
        row(sheet, (Cell(text=text, weight=BOLD, size=12, align="center"),))
        carriers = "　→　".join(name_in(bundle, uscc) for uscc in state.carriers)
        wide(sheet, "拟承运人", "Carriers named", carriers)
    moves = [
        entry.statement.body for entry in bundle.chain(bundle.subject) if isinstance(entry.statement.body, Depart | HandOver | Transship)
    ]
    for leg in legs:
        vehicle = leg.vehicle
        plates = "\n".join(filter(None, (vehicle.plate, vehicle.trailer)))
        kind = label(print_field(vehicle, "kind").text + (say("　挂车", ", trailer") if vehicle.trailer else ""), "", 1.05)
        row(sheet, (kind, Cell(text=plates, share=3.1, weight=BOLD, size=_plate_size(plates), align="center"), _carrier(bundle, leg)))
        ended = say("已结束", "ended") if leg.ended_s is not None else say("进行中", "under way")
        begun = clauses(f"{when(leg.begun_s)}　{leg.place.address}", ended)
        row(sheet, (*pair("本段起运", "Begun", begun), *pair("危险货物运单号", "Waybill", leg.waybill_no)))
        papers = (
            named("营运证", "licence", vehicle.licence_no or "—"),
            *([named("挂车证", "trailer's licence", vehicle.trailer_licence_no)] if vehicle.trailer_licence_no else []),
        )
        row(sheet, (*pair("营运证件", "Licences", listed(*papers)), *pair("人员、封签等", "Crew, seals", _beside(moves, state, leg))))


def _plate_size(plates: str) -> float:
    """As large as every plate stays on its line; names of ships and pipelines are longer."""
    widest = max(width(plate, 1.0) for plate in plates.split("\n"))
    return max(BOLD_LEAST, min(_PLATE_SIZE, _PLATE_ROOM / widest))


def _carrier(bundle: Bundle, leg: Leg) -> Cell:
    return Cell(text=f"{name_in(bundle, leg.carrier)}\n{leg.carrier}", share=3.15, weight=BOLD, size=10, align="center")


def _beside(moves: list[Depart | HandOver | Transship], state: ManifestState, leg: Leg) -> str:
    """What the act that began a leg says of crew, seals and way."""
    number = state.legs.index(leg)
    if number >= len(moves):
        return ""
    crew = listed(*(f"{member.crew} {print_field(member, 'role').text}" for member in moves[number].crew))
    paths = [path for path in OF_CARRIAGE if hasattr(moves[number], path)]
    return clauses(sentence(moves[number], *paths), crew)


def _identity(sheet: Sheet, bundle: Bundle, state: ManifestState, number: str, ulid: str) -> None:
    section(sheet, "联单、单位与路线", "Manifest, parties and way")
    unknown = say("未取得", "none yet")
    row(sheet, (*pair("国家联单编号", "National number", number or unknown, size=NAMED), *pair("存证标识", "Identity in the log", ulid)))
    generator, receiver = (f"{name_in(bundle, uscc)}\n{uscc}" for uscc in (state.generator, state.receiver))
    row(sheet, (*pair("移出人", "Generator", generator), *pair("接受人", "Receiver", receiver)))
    row(sheet, (*pair("从（移出地址）", "From", place_text(state.origin)), *pair("到（接受地址）", "To", place_text(state.destination))))
    row(
        sheet, (*pair("批准决定", "Decision", _decision(bundle, state)), *pair("接受人许可证", "Permit", permit_text(bundle, state.permit)))
    )


def _decision(bundle: Bundle, state: ManifestState) -> str:
    found = None if state.approval is None else bundle.facts.state(state.approval)
    if isinstance(found, ApprovalState):
        return term_text(found.no, found.valid_to)
    decision = _issue(bundle).decision
    return "" if decision is None else term_text(decision.no, decision.valid_to)


def _issue(bundle: Bundle) -> Issue:
    body: Issue = bundle.chain(bundle.subject)[0].statement.body
    return body


def _wastes(sheet: Sheet, bundle: Bundle, state: ManifestState) -> None:
    section(sheet, "所载危险废物", "Wastes on board")
    body = _issue(bundle)
    lines = [(number, issued, line) for number, (issued, line) in enumerate(zip(body.lines, state.lines, strict=True), 1)]
    table(sheet, _LOAD, lines)
    if len(lines) > 1:
        row(sheet, total(_LOAD, lines))
    wide(sheet, "突发环境事件\n防范措施", "Emergency measures", body.emergency_measures or say("见各行", "see the lines"))
    further = by_line([(number, _further(issued)) for number, issued, _ in lines])
    if further:
        wide(sheet, "各行补充", "Further, by line", further)
    withheld = listed(*map(personal, personal_fields(about(bundle))))
    if withheld:
        text = say(
            f"{withheld}：只以加盐摘要入账，请向移出人、承运人索取",
            f"{withheld}: in the log as salted digests only; ask generator or carrier",
        )
        wide(sheet, "联系方式", "Contacts", text)


def _further(issued: WasteLine) -> str:
    """What a driver and whoever stops him must know of a line: precautions, packing group, why it travels otherwise."""
    return clauses(sentence(issued, "precautions", "dg.packing_group", "dg_none", "note"), *map(exemption_text, issued.exemptions))


_LOAD: tuple[Column[tuple[int, WasteLine, LineState]], ...] = (
    Column("序号", "No.", 0.5, lambda line: str(line[0]), "center"),
    Column("废物名称", "Waste", 2.4, lambda line: line[1].name),
    Column("废物类别/代码", "Code", 1.35, lambda line: f"{line[1].category}\n{line[1].code}", "center"),
    Column("危险特性", "Hazard", 0.9, lambda line: "\n".join(map(hazard_text, line[1].hazards)), "center"),
    Column("形态", "Form", 0.8, lambda line: print_field(line[1], "form").text, "center"),
    Column("包装方式\n×数量", "Packing", 1.15, lambda line: packs_text(line[1]), "center"),
    Column("危险货物\n编号/类别", "UN / class", 1.05, lambda line: goods(line[1]), "center"),
    mass("申报量（吨）", "Declared, t", 1.2, lambda line: line[2].declared_g, weighed=False),
    mass("装载称重（吨）", "Loaded, t", 1.3, lambda line: line[2].loaded_g),
)


def hazard_text(code: str) -> str:
    """A hazard in words."""
    return say(words_of(Hazard).get(code, code), _HAZARDS.get(code, code))


_HAZARDS = {"T": "toxic", "C": "corrosive", "I": "ignitable", "R": "reactive", "In": "infectious"}
