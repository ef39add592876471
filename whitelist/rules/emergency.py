"""R-39: what moves on an emergency (应急转移) keeps to what was declared: place, generator, receiver and permit, code, day, and the ceiling.

Approval, list and their quotas (R-30 to R-41) rest; permit, scale, exemption, mass and every signature hold as ever. Source: Code Art. 125, 545
[READ]; 2018 agreement, 先行转移处置 [READ S9]; 豁免清单 2025 item 24 [READ H4]; kinds §5, §9, §15.
"""

from ledger.directory import log_state
from ledger.mass import format_mass, tonnes
from ledger.model import Facts, Findings
from ledger.times import DAY_S, day_of, format_at
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.checked import Checked
from whitelist.emergency import EmergencyState, ceiling_used_g
from whitelist.thresholds import thresholds_of


def emergency_is_there(checked: Checked, out: Findings) -> None:
    """EMERGENCY_STATE for an emergency that the log does not have (kinds §15)."""
    chain = checked.emergency_chain
    if chain is not None and checked.emergency is None:
        out.refuse("EMERGENCY_STATE", "body.emergency", chain, "", "UNKNOWN", emergency=chain)


def emergency_covers_it(checked: Checked, out: Findings) -> None:
    """EMERGENCY_SCOPE: its place lies in the province that the waste leaves; it names generator, receiver and permit (or what renews it), and the code."""
    emergency, transfer, facts = checked.emergency, checked.transfer, checked.facts
    if emergency is None:
        return
    name = emergency.name
    if emergency.division[:2] != checked.home[:2]:
        places = {"place": telling.province(emergency.division), "origin": telling.place(facts, checked.home)}
        out.refuse("EMERGENCY_SCOPE", "body.origin.division", checked.home, emergency.division[:2], "ORIGIN", name=name, **places)
    if checked.generator not in emergency.generators:
        expected = " ".join(emergency.generators)
        out.refuse("EMERGENCY_SCOPE", "body.emergency", checked.generator, expected, "GENERATOR", name=name, generator=checked.generator)
    permit = checked.permit
    if permit is not None and emergency.receiver_of(transfer.receiver, permit.root) is None:
        named = [f"{one.receiver} {one.permit}" for one in emergency.receivers]
        own = {"receiver": transfer.receiver, "permit": transfer.permit or "", "receivers": "；".join(named[:4])}
        out.refuse(
            "EMERGENCY_SCOPE", "body.receiver", f"{transfer.receiver} {transfer.permit}", " / ".join(named), "RECEIVER", name=name, **own
        )
    for path, line in checked.lines:
        if not emergency.covers(line.code):
            expected = " / ".join(map(str, emergency.wastes))
            own_words: dict[str, Word] = {"waste": line.code, "wastes": _told(emergency), "where": f"{path}.code"}
            out.refuse("EMERGENCY_SCOPE", f"{path}.code", line.code, expected, "CODE", name=name, **own_words)


def _told(emergency: EmergencyState) -> Word:
    """Its wastes, the first four scopes of them."""
    told = [scope.told() for scope in emergency.wastes[:4]]
    rest = " …" if len(emergency.wastes) > 4 else ""
    return "；".join(zh for zh, _ in told) + rest, "; ".join(en for _, en in told) + rest


def emergency_is_open(checked: Checked, out: Findings) -> None:
    """EMERGENCY_STATE, EMERGENCY_UNJOINED at the moment of the event, EMERGENCY_SCOPE for a day outside its own: a rule about terms and statuses."""
    emergency, day = checked.emergency, checked.day
    if emergency is None:
        return
    if not emergency.valid_from <= day <= emergency.valid_to:
        own = {"name": emergency.name, "first": emergency.valid_from, "until": emergency.valid_to, "day": day}
        out.refuse("EMERGENCY_SCOPE", "body.emergency", day, f"{emergency.valid_from} … {emergency.valid_to}", "DAY", **own)
    judge_closed(out, "body.emergency", emergency, checked.event_s)
    if checked.crosses:
        division = checked.transfer.destination.division if checked.permit is None else checked.permit.division
        last_s = _waited_for_s(checked.facts, emergency, division, checked.event_s)
        if last_s is not None and checked.event_s < last_s:
            places = _waiting(checked.facts, emergency, division)
            out.alert("H", "EMERGENCY_UNJOINED", "WAITING", last=telling.minute(last_s), **places)
        elif last_s is not None:
            refuse_unjoined(out, checked.facts, "body.emergency", emergency, division, checked.event_s, last_s)


def judge_closed(out: Findings, field: str, emergency: EmergencyState, at_s: int) -> None:
    """EMERGENCY_STATE for a moment at or after its close."""
    if emergency.history.at(at_s) != "ACTIVE":
        own = {"name": emergency.name, "closed": telling.minute(emergency.history.since_s(at_s))}
        out.refuse("EMERGENCY_STATE", field, own["closed"], "", "CLOSED", **own)


def _waited_for_s(facts: Facts, emergency: EmergencyState, division: str, at_s: int) -> int | None:
    """Until when the side of a receiver's facility is waited for at a moment, Unix seconds; ``None`` where it takes part. Without the thresholds,
    which are refused as DATA_NOT_ADOPTED elsewhere, nobody is waited for."""
    limits, joined_s = thresholds_of(facts), emergency.joined_s(log_state(facts), division)
    if limits is None or (joined_s is not None and joined_s <= at_s):
        return None
    return emergency.declared_s + limits.join_d * DAY_S


def _waiting(facts: Facts, emergency: EmergencyState, division: str) -> dict[str, Word]:
    """What texts about the wait name."""
    return {"name": emergency.name, "place": telling.province(division), "authority": telling.authority(facts, division)}


def refuse_unjoined(out: Findings, facts: Facts, field: str, emergency: EmergencyState, division: str, at_s: int, last_s: int) -> None:
    """EMERGENCY_STATE from ``join_d`` days after the declaration on, while the receiver's side has not joined."""
    limits = thresholds_of(facts)
    if limits is not None and at_s >= last_s:
        own = _waiting(facts, emergency, division) | {"days": str(limits.join_d), "declared": telling.minute(emergency.declared_s)}
        out.refuse("EMERGENCY_STATE", field, format_at(at_s), f"emergency.join: {division[:2]} / < {format_at(last_s)}", "UNJOINED", **own)


def judge_departure(out: Findings, facts: Facts, emergency: EmergencyState, division: str | None, at_s: int) -> None:
    """The gate of the departure: EMERGENCY_STATE where it is closed, over, or waits too long for the receiver's side. ``division`` of the facility, where it lies in another province."""
    judge_closed(out, "at", emergency, at_s)
    day = day_of(at_s)
    if day > emergency.valid_to:
        own = {"name": emergency.name, "until": emergency.valid_to, "day": day}
        out.refuse("EMERGENCY_STATE", "at", day, f"≤ {emergency.valid_to}", "OVER", **own)
    last_s = None if division is None else _waited_for_s(facts, emergency, division, at_s)
    if division is not None and last_s is not None:  # that it is waited for was said at the issue
        refuse_unjoined(out, facts, "at", emergency, division, at_s, last_s)


def ceiling_holds(checked: Checked, out: Findings) -> None:
    """EMERGENCY_CEILING: what is issued on it, less what was voided and what receipts took less, and this together stay within its ceiling."""
    emergency, chain = checked.emergency, checked.emergency_chain
    if emergency is None or chain is None:
        return
    used_g, this_g = ceiling_used_g(checked.facts, chain), checked.total_g
    if used_g + this_g <= emergency.ceiling_g:
        return
    left_g = emergency.ceiling_g - used_g
    own: dict[str, Word] = {"name": emergency.name, "limit": tonnes(emergency.ceiling_g), "used": tonnes(used_g), "this": tonnes(this_g)}
    own["authority"] = telling.authority(checked.facts, emergency.division)
    found, expected = f"{format_mass(used_g)} + {format_mass(this_g)} t", f"≤ {format_mass(emergency.ceiling_g)} t"
    if left_g > 0:
        own |= {"left": tonnes(left_g), "over": tonnes(this_g - left_g)}
        out.refuse("EMERGENCY_CEILING", "body.lines", found, expected, "LEFT", **own)
    else:
        out.refuse("EMERGENCY_CEILING", "body.lines", found, expected, "FULL", **own)


RULES = (emergency_is_there, emergency_covers_it, ceiling_holds)
TEXTS = texts("""
EMERGENCY_STATE | R-39 | declaring_authority | Code Art. 545 [READ]; kinds §9 [DESIGN] | 固废法 Art. 91 [READ]; kinds §9 [DESIGN]
应急转移不在可以办理的状态。 || 查看该应急转移是否已启动、已终止，接受地主管部门是否已加入；已终止的，按一般程序申请批准。
The emergency is not in the state that this needs. || See whether it is declared, closed, joined by the receivers' side; once it is closed apply for an approval as for any transfer.

EMERGENCY_STATE:ENDED
应急转移“{name}”已于 {closed}（北京时间）终止。 || 不能再办理；仍有废物要转移的，按一般程序申请批准，或者由主管部门另行启动。
The emergency {name} was closed at {closed} (Beijing time). || Nothing more can be done on it; for waste that is left apply for an approval, or let the authority declare anew.

EMERGENCY_STATE:JOINED
本部门已于 {joined} 以 {letter} 加入应急转移“{name}”，本次没有增加接受人。 || 不必再加入；要增加接受人的，在 body.receivers 列出本辖区的接受人及其许可证。
This authority joined the emergency {name} at {joined} by letter {letter}, and this brings no receivers. || Nothing is left to do; to bring receivers, list those of your region with their permits in body.receivers.

EMERGENCY_STATE:UNKNOWN | sender
账本中没有应急转移 {emergency}。 || 核对 body.emergency 的链名（向启动应急转移的主管部门索取）；没有启动应急转移的，按一般程序申请批准。
The log has no emergency {emergency}. || Check the chain in body.emergency (ask the authority that declared it); if there is none, apply for an approval as for any transfer.

EMERGENCY_STATE:CLOSED
应急转移“{name}”已于 {closed}（北京时间）终止，不能再凭此开具或者起运。 || 按一般程序申请批准；已开具尚未起运的，由移出人作废，额度随即退回。仍需应急转移的，请主管部门另行启动。
The emergency {name} was closed at {closed} (Beijing time): nothing is issued on it or departs under it. || Apply for an approval; void what is issued and has not departed, its grams come back. If the emergency goes on, let the authority declare anew.

EMERGENCY_STATE:OVER
应急转移“{name}”到 {until} 为止，起运之日是 {day}。 || 由移出人作废本联单，按一般程序申请批准；仍需应急转移的，请主管部门另行启动。起运日期填错的，改正 at。
The emergency {name} ended on {until}; the departure is of {day}. || Let the generator void the manifest and apply for an approval; if the emergency goes on, let the authority declare anew. Correct at if the time is wrong.

EMERGENCY_STATE:UNJOINED | destination_authority
应急转移“{name}”启动已满 {days} 天（{declared}起），接受地{place}一方仍未加入，不能再向其转移。 || 请{authority}尽快以函加入（emergency.join），之后原样重新提交；在此之前可以向已加入一方或者本省的接受人转移。
{days} days after the declaration of the emergency {name} ({declared}) the side of {place} has not joined: nothing more goes there. || Let {authority} join by letter (emergency.join), then send this again, unchanged; until then send to receivers of this province or of a side that has joined.

EMERGENCY_SCOPE | R-39 | declaring_authority | Code Art. 545 [READ]; kinds §9 [DESIGN] | 固废法 Art. 91 [READ]; kinds §9 [DESIGN]
不在本次应急转移的范围之内。 || 核对事件地点、移出人、接受人和许可证、废物代码和日期；范围确需扩大的，由启动的主管部门另行启动，接受人由其主管部门加入时补充。
It lies outside the emergency. || Check place, generator, receiver with its permit, waste code and day; for a wider scope the authority declares anew, more receivers come with the join of their authority.

EMERGENCY_SCOPE:PLACE
事件地点{place}不在{authority}的管辖区域（{regions}）之内。 || 地点填错的，改正 body.place.division；确在那里发生的，由当地主管部门启动。
The event was in {place}, outside the regions of {authority} ({regions}). || Correct body.place.division if it is wrong; else the authority of the place declares the emergency.

EMERGENCY_SCOPE:RECEIVER_AWAY | sender
接受人{receiver}的设施在{place}，不在{authority}的辖区之内。 || 去掉这一接受人；由其所在地主管部门加入时列出。
The facility of {receiver} is in {place}, outside the regions of {authority}. || Leave it out; the authority of its region brings it when it joins.

EMERGENCY_SCOPE:ORIGIN
应急转移“{name}”的事件地点在{place}，本次转移自{origin}移出，不在同一省。 || 核对 body.emergency 和移出地；不属于该事件的废物，按一般程序申请批准。
The event of the emergency {name} was in {place}; this transfer leaves {origin}, another province. || Check body.emergency and the origin; waste that is not of this event needs an approval.

EMERGENCY_SCOPE:GENERATOR
应急转移“{name}”所列移出人中没有{generator}。 || 核对 body.emergency；确属该事件的，请启动的主管部门另行启动并列入。
The emergency {name} does not name {generator} among its generators. || Check body.emergency; if the waste is of this event, let the authority declare anew with this generator.

EMERGENCY_SCOPE:RECEIVER
应急转移“{name}”没有列入{receiver}以许可证 {permit} 接受。 || 改送所列接受人（{receivers}），许可证也须相同；需要增加接受人的，由其所在地主管部门加入时列出。
The emergency {name} does not name {receiver} with permit {permit}. || Send it to one that it names ({receivers}), with the permit named; more receivers come with the join of their authority.

EMERGENCY_SCOPE:CODE
废物代码 {waste} 不在应急转移“{name}”所列事件废物（{wastes}）之内。 || 核对 {where}；不属于事件废物的，按一般程序申请批准；事件废物漏列的，请启动的主管部门另行启动。
Code {waste} is not among the event wastes of the emergency {name} ({wastes}). || Check {where}; other waste needs an approval; if an event waste was left out, let the authority declare anew.

EMERGENCY_SCOPE:DAY
应急转移“{name}”的期限是 {first} 至 {until}，转移之日是 {day}。 || 在期限内转移；期限已过的，按一般程序申请批准，或者请主管部门另行启动；补录的，核对纸质联单的起运时间。
The emergency {name} lasts from {first} to {until}; the day of the transfer is {day}. || Move it within these days; after them apply for an approval, or let the authority declare anew; of a backfill check when it departed on paper.

EMERGENCY_CEILING | R-39 | declaring_authority | kinds §9 [DESIGN]
超出应急转移的总量上限。 || 作废未起运的联单可以退回数量；仍然不够的，请启动的主管部门另行启动。
It is beyond the ceiling of the emergency. || Void what has not departed, its grams come back; for more let the authority declare anew.

EMERGENCY_CEILING:LEFT
应急转移“{name}”的总量上限是 {limit} 吨，已用 {used} 吨（包括已开具尚未接受的），还剩 {left} 吨，本次 {this} 吨，多出 {over} 吨。 || 把本次减到 {left} 吨以内，或者作废未起运的联单；仍然不够的，请{authority}另行启动。
The ceiling of the emergency {name} is {limit} t; {used} t are used (issued and not yet received included), {left} t are left, and this asks for {this} t, {over} t too much. || Ask for {left} t at most, or void manifests that have not departed; for more let {authority} declare anew.

EMERGENCY_CEILING:FULL
应急转移“{name}”的总量上限 {limit} 吨已经用完（已用 {used} 吨，包括已开具尚未接受的），本次 {this} 吨。 || 作废未起运的联单可以退回数量；仍然不够的，请{authority}另行启动，或者按一般程序申请批准。
The ceiling of the emergency {name}, {limit} t, is used up ({used} t, issued and not yet received included); this asks for {this} t. || Voiding manifests that have not departed gives their tonnes back; else let {authority} declare anew, or apply for an approval.

EMERGENCY_TERM | R-39 | declaring_authority | kinds §9 [DESIGN]
应急转移的期限不符合规定。 || 自事件发生之日起算，期限不超过规定天数；事件应在近期发生。
The term of the emergency is not allowed. || It begins on the day of the event at the earliest, is no longer than the thresholds say, and the event is recent.

EMERGENCY_TERM:BEFORE
应急转移的起始日是 {first}，早于事件发生之日 {happened}（北京时间）。 || 把 body.valid_from 改到 {happened} 或之后；事件发生时间填错的，改正 body.happened_at。
The emergency begins on {first}, before the day of the event, {happened} (Beijing time). || Put {happened} or a later day into body.valid_from, or correct body.happened_at.

EMERGENCY_TERM:LONG_AGO
事件发生于 {happened}，距今已超过 {days} 天（最早可为 {earliest}）。 || 发生时间填错的，改正 body.happened_at；事件确已过去较久的，废物的转移按一般程序申请批准。
The event was on {happened}, more than {days} days ago ({earliest} is the earliest). || Correct body.happened_at if it is wrong; for an event of long ago apply for an approval as for any transfer.

EMERGENCY_TERM:LONG
应急转移到 {until} 为止，超过了最长 {days} 天（从起始日算起，最晚到 {latest}）。 || 把 body.valid_to 改到 {latest} 或之前；届时仍未处置完的，另行启动或者按一般程序申请批准。
The emergency is to last until {until}, longer than {days} days (from its first day: {latest} at the latest). || Put {latest} or an earlier day into body.valid_to; what is left then needs another declaration or an approval.

EMERGENCY_UNJOINED | R-39 | destination_authority | 2018 川渝合作协议 [READ S9]; alert [DESIGN]
接受地省尚未加入应急机制。 || 不影响开具。请接受地主管部门尽快以函加入（emergency.join）；逾期未加入的，不能再向其转移。
The receivers' province has not joined the emergency. || It is issued all the same. Let the authority there join by letter (emergency.join); once its term is over nothing more goes there.

EMERGENCY_UNJOINED:WAITING
应急转移“{name}”的接受地{place}一方尚未加入；{last}（北京时间）起未加入的，不能再向其转移。 || 不影响开具。请{authority}尽快以函加入（emergency.join）。
The side of {place} has not joined the emergency {name}; from {last} (Beijing time) on nothing more goes there without it. || It is issued all the same. Let {authority} join by letter (emergency.join).
""")
