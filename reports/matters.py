"""What whoever holds a paper has to know first (要点): in words, in a frame that a bad photocopy still shows, on page 1."""

from collections.abc import Iterable, Iterator

from ledger.admission.entry import Entry
from ledger.bundle import Bundle
from ledger.directory import party_name
from ledger.labels import words_of
from manifests.act import Ends
from manifests.acts import ACTS_BY_KIND
from manifests.cases.gap import GapCause
from manifests.model import ManifestState, Stage
from manifests.numbers import NumberSettle
from reports.certificate.decision import STOPPED
from reports.paper.fonts import BOLD, REGULAR, wrap
from reports.paper.grid import tonnes
from reports.paper.sheet import ALARM, INK, Paint, Sheet
from reports.paper.tongue import say
from reports.rulebook import explain
from reports.words import level_name, when
from whitelist.approval import ApprovalState
from whitelist.permit import PermitState

ALERTS_SHOWN = 4
"""Alerts in words on page 1; the others are counted there and stand behind."""
_OVER = frozenset({"WEIGHT", "LOAD_WEIGHT", "METER_DIFF"})
"""Mass outside its tolerance, which matters at every level that is not slight."""
_STEP, _SIZE = 13.0, 10.0


def of_log(bundle: Bundle) -> Iterator[str]:
    """What the checkpoint leaves open."""
    if bundle.log.clock != "real":
        yield say("演示账本：时间为模拟时间，不具证据效力", "Demonstration log: its clock is simulated, this is no evidence")
    if not bundle.opened.cosignatures:
        yield say(
            "无见证：没有见证方共同签名，不排除账本对他人出示另一套历史", "No witness: nobody cosigned, others may be shown another history"
        )
    elif not bundle.is_quorum:
        yield say("见证降级：联署少于账本见证策略的要求", "Witnesses degraded: fewer cosigned than the log's policy asks for")


def of_outcome(state: ManifestState) -> Iterator[str]:
    """What the receiver did not take, and what is still there."""
    refused_g = sum(line.refused_g or 0 for line in state.lines)
    if state.is_declined:
        yield say("谢绝接受：接受人在起运前拒绝接收，废物未起运", "Declined: the receiver refused before departure, the waste never left")
    elif state.stage in (Stage.REJECTED, Stage.CLOSED_REJECTED):
        yield say(f"拒收：接受人未接受，拒收 {tonnes(refused_g)} 吨", f"Rejected: the receiver took nothing, {tonnes(refused_g)} t refused")
    elif any(line.opinion in ("partly", "reject") for line in state.lines):
        yield say(f"部分拒收：拒收 {tonnes(refused_g)} 吨", f"Refused in part: {tonnes(refused_g)} t")
    stock_g = sum(line.stock_g for line in state.lines)
    if stock_g > 0 and state.route != "RETURN":  # what is home again is nobody's task
        yield say(f"尚未利用处置：{tonnes(stock_g)} 吨", f"Not yet used or disposed of: {tonnes(stock_g)} t")


def of_cases(bundle: Bundle, state: ManifestState) -> Iterator[str]:
    """Who holds the load and until when, unless he has let it go; what is missing; what is contested and not settled."""
    for hold in state.holds:
        if hold.released_s is None:
            by, since = party_name(bundle.facts, hold.by), when(hold.since_s)
            zh_end, en_end = (
                ("解除或者规定期限届满", "its release or the end of the term") if hold.until_s is None else (when(hold.until_s),) * 2
            )
            yield say(
                f"暂扣：{by}自 {since} 起暂扣，至 {zh_end}止；期间不得起运、换装、利用处置。理由：{hold.reason}",
                f"Held by {by} from {since} until {en_end}: it neither departs, nor changes its vehicle, nor is disposed of. Reason: {hold.reason}",
            )
    if state.gap is not None:
        zh = words_of(GapCause)
        for line in state.gap.lines:
            what = tonnes(line.mass_g)
            yield say(
                f"缺口办结：第 {line.line + 1} 项缺 {what} 吨，{zh[line.cause]}",
                f"Closed with a gap: {what} t of line {line.line + 1} missing, {line.cause.replace('_', ' ')}",
            )
    contested = [contest for contest in state.contests if contest.released_s is None]
    if contested:
        kinds = sorted({contest.kind for contest in contested})
        zh_kinds, en_kinds = (
            "、".join(ACTS_BY_KIND[kind].kind.zh for kind in kinds),
            ", ".join(ACTS_BY_KIND[kind].kind.en for kind in kinds),
        )
        yield say(
            f"有争议：另有已签署的{zh_kinds}未能入账，尚未了结",
            f"Contested: a signed act ({en_kinds}) did not come onto the manifest; not settled",
        )


def of_permit(bundle: Bundle, chain: str) -> Iterator[str]:
    """That the receiver's permit was stopped, whatever its last day says."""
    found = bundle.facts.state(chain)
    if isinstance(found, PermitState) and (stopped := STOPPED.get(found.history.now)):
        at = when(found.history.changes[-1].at_s)
        yield say(f"接受人许可证{stopped[0]}（{at} 入账）", f"The receiver's permit is {stopped[1]} (admitted {at})")


def of_decision(bundle: Bundle, chain: str | None, numbers: Iterable[int | None] | None = None) -> Iterator[str]:
    """That a decision, or of it a line among ``numbers`` (all where nothing is said), was suspended or revoked."""
    found = None if chain is None else bundle.facts.state(chain)
    if not isinstance(found, ApprovalState):
        return
    for number, line in found.granted():
        if (numbers is None or number in numbers) and (stopped := STOPPED.get(line.status)):
            at = when(line.history.changes[-1].at_s)
            said = (f"批准 {found.no} 第 {number + 1} 行（{line.name}）", f"Line {number + 1} ({line.name}) of approval {found.no}")
            yield say(f"{said[0]}{_STOPPED_ZH[line.status]}（{at} 入账）", f"{said[1]} is {stopped[1]} (admitted {at})")


_STOPPED_ZH = {"SUSPENDED": "已被暂停", "REVOKED": "已被撤销"}


def of_acts(acts: Iterable[Entry]) -> Iterator[str]:
    """Grave alerts that no case has settled, masses over tolerance, and days counted with an unofficial calendar."""
    decisions, raised = [], list[tuple[str, str, str]]()
    for act in acts:
        ends, statement, decision = _ends(act), act.statement, act.admission.decision
        raised = raised if ends is None else [alert for alert in raised if not ends(statement, alert[1], alert[2])]
        raised += [(level, code, statement.chain) for level, code in decision.alerts if _matters(level, code)]
        decisions.append(decision)
    alerts = sorted({(level, code) for level, code, _ in raised})
    shown = [(level, code) for level, code in alerts if code in _OVER] + [alert for alert in alerts if alert[1] not in _OVER]
    for level, code in shown[:ALERTS_SHOWN]:
        yield say(f"{level_name(level)}：{explain(code).rstrip('。')}", f"{level_name(level).capitalize()}: {explain(code).rstrip('.')}")
    if len(shown) > ALERTS_SHOWN:
        more = len(shown) - ALERTS_SHOWN
        yield say(f"另有 {more} 项高级提示，见“提示与标记”", f"{more} more grave alerts: see the part on alerts")
    if any(str(tag[0]) == "PROVISIONAL_CALENDAR" for decision in decisions for tag in decision.tags):
        yield say("期限暂定：部分工作日按未公布的日历推算", "Provisional: some working days were counted with an unofficial calendar")


def _ends(act: Entry) -> Ends | None:
    """Which earlier alerts a case settles, or a settlement of the number; acts that are not about a manifest settle none."""
    if isinstance(act.statement.body, NumberSettle):
        return lambda statement, code, chain: code == "NO_DUPLICATE"
    known = ACTS_BY_KIND.get(act.statement.kind)
    return None if known is None else known.ends


def _matters(level: str, code: str) -> bool:
    return level == "H" or (level == "M" and code in _OVER)


def as_of(bundle: Bundle) -> str:
    """How far this paper sees."""
    size = bundle.opened.checkpoint.size
    return say(
        f"截至检查点 {size}，不排除其后或未附的行为。", f"As of checkpoint {size}; later acts, or acts left out here, are not ruled out."
    )


def draw_matters(sheet: Sheet, found: Iterable[str], sight: str) -> None:
    """The frame: each matter in bold behind a square, under it how far the paper sees (``sight``)."""
    room = sheet.room - 26
    lines = [(number == 0, line) for text in found for number, line in enumerate(wrap(text, _SIZE, room - 12))]
    height = _STEP * (len(lines) + 1) + 7
    sheet.need(height)
    sheet.box(sheet.margin, sheet.y, sheet.room, height, stroke=INK, line=1.3 if lines else 0.6)
    sheet.box(sheet.margin, sheet.y, 5, height, fill=INK, stroke=None)
    y = sheet.y + 12.5
    for is_first, line in lines:
        if is_first:
            sheet.box(sheet.margin + 12, y - 6.4, 6, 6, fill=ALARM, stroke=None)
        sheet.text(sheet.margin + 24, y, line, Paint(_SIZE, BOLD, ALARM))
        y += _STEP
    sheet.text(sheet.margin + 12, y, sight, Paint(8, REGULAR, INK))
    sheet.y += height + 5
