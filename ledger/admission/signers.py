"""Who signed: keys valid here, delegations in force, and every place of ``by`` held by whom its role asks for (R-66, formats §1, §3, §5).

A role is signed by its holder; the first one also by a delegate ``for`` the holder; that of a closed party by its successor or, where it
has none, by the authority of its region (kinds §1.2). One hand is one hand: who signs for another holds no other role (kinds §1.7).
"""

from collections.abc import Iterable, Mapping, Sequence

from ledger.admission.personality import Kind, Role, Window
from ledger.directory import KeyRecord, PartyState, authorities_of_party, is_founder, log_state, party_chain
from ledger.model import Facts, Findings, Moment, Statement, Unread
from ledger.times import format_at
from signing.phrase import Phrase, Word
from signing.refusal import Lift, Reason, texts

TEXTS = texts("""
ON_BEHALF | R-67 | sender | formats §3 [DESIGN]
由受托单位或承继单位代为签署。 || 无需处理；请委托单位留意。
Signed by a delegate or a successor. || Nothing to do; the party concerned may want to know.

BY_AUTHORITY | - | sender | kinds §1.2 [DESIGN]
由主管部门代已注销的单位签署。 || 无需处理。
Signed by the authority in the place of a closed party. || Nothing to do.

SIGNER_CLOSED | - | sender | kinds §1.2 [DESIGN]
应共同签署的单位已注销且无承继单位，未签署。 || 无需处理。
A co-signer is closed, has no successor and did not sign. || Nothing to do.

SIGNED_FOR_CLOSED | - | origin_authority | kinds §1.2 [DESIGN]
主管部门代已注销单位签署。 || 请核实代签的理由。
An authority signed for a closed party. || Look at why it did.

KEY_SCOPE | - | sender | formats §5 [DESIGN]
该密钥不得签署此类声明。 || 用不限种类的密钥签署，或登记（key.add）可签此类声明的密钥；密钥、授权、单位和查阅权限的登记只能用不限种类的密钥。
The key may not sign this kind. || Sign with a key without kinds, or register one for this kind (key.add); keys, delegations, parties and access are signed by a key without kinds alone.

KEY_SCOPE:KIND
签名所用的密钥（{device}）只能签署 {kinds}，不能签署 {kind}。 || 用本单位不限种类的密钥签署；或者由本单位登记一把可签 {kind} 的密钥（key.add）。
The key that signed ({device}) signs {kinds} alone, not {kind}. || Sign with a key without kinds, or register one for {kind} (key.add).

KEY_SCOPE:WIDE
限定种类的密钥不能包含 {kinds}。 || 从 body.kinds 去掉这些种类；它们只能用不限种类的密钥签署。
A key for some kinds cannot have {kinds} among them. || Take them out of body.kinds; they are signed by a key without kinds alone.

KEY_SCOPE:RECOVERY
主管部门代为恢复密钥时，新密钥不能限定种类或者期限。 || 去掉 {where}，登记一把不限种类、不限期限的密钥；限定的密钥由本单位以后自行登记。
What an authority registers in a party's stead has neither kinds nor an end. || Leave {where} out; the party registers narrower keys itself afterwards.

PARTY_CLOSED | - | origin_authority | kinds §1.2 [DESIGN]
该单位已登记注销，不得开立新链，也不得开具、申请或起运。 || 由承继单位以自己的名义办理；登记有误的，请所在地主管部门恢复。
The party is closed: it opens no chain, and signs no issue, application or departure. || Let its successor act in its own name; if the entry is wrong, its authority reopens it.

PARTY_CLOSED:CLOSED
{party}已于{day}登记注销，不能再开立新链，也不能开具、申请或者起运；承继单位：{successor}。 || 由承继单位以自己的名义办理；没有承继单位或者登记有误的，请{party}所在地主管部门恢复登记（party.amend）。
{party} was closed on {day}: it opens no chain and signs no issue, application or departure; its successor: {successor}. || Let the successor act in its own name; if there is none, or the entry is wrong, the authority of its region reopens it (party.amend).
""")
_ROLES: Mapping[str, str] = {
    "generator": "移出人", "consignor": "托运人", "carrier": "承运人", "taking_carrier": "接运的承运人", "receiver": "接受人",
    "generator or origin's authority": "移出人或者移出地主管部门", "party": "本单位", "operator": "运营单位", "holder": "持证单位",
    "authority": "主管部门", "another authority": "另一主管部门", "origin's authority": "移出地主管部门", "destination's authority": "接受地主管部门", "proposer": "提出名单的主管部门",
    "authority of the region": "单位所在地主管部门", "authority of the place": "场所所在地主管部门", "authority of the number": "编号所属地主管部门",
    "countersigning authority": "联署的主管部门", "authority of the list": "名单双方的主管部门", "authority that holds": "实施暂扣的主管部门",
    "declaring authority": "启动应急转移的主管部门", "authority of receivers": "接受地主管部门",
    "authority of either side": "移出地或者接受地主管部门", "party concerned": "联单有关单位",
    "signer of the contested act": "所附行为的签署单位", "reporter": "报告单位", "who may propose the correction": "可以提出该项更正的单位",
    "whose consent is missing": "尚未同意该更正的单位", "proposer, or whose consent is missing": "更正的提出人或者尚未同意的单位",
}  # fmt: skip

_LIFTS: Mapping[str, Lift] = {
    "generator": "generator", "consignor": "consignor", "carrier": "carrier", "taking_carrier": "carrier", "receiver": "receiver",
    "generator or origin's authority": "generator", "operator": "operator", "origin's authority": "origin_authority",
    "destination's authority": "destination_authority",
}  # fmt: skip
"""Who makes good that a role did not sign: its holder. Of the others the text says who it is."""


def role_word(name: str) -> tuple[str, str]:
    """A role in words; an authority by the name or the province that its role has."""
    if name in _ROLES:
        return _ROLES[name], name.replace("_", " ")
    named = name.removeprefix("authority of ").removeprefix("authority ")
    return f"主管部门（{named}）", name


def _wanted(role: Role, holders: str) -> Phrase:
    zh, en = role_word(role.name)
    return Phrase(f"{zh}：{holders}", f"{en}: {holders}")


UNDELEGATED = frozenset({"log", "list", "period"})
"""Chains whose acts bind several offices to each other: formats §3 gives them no delegates, and one hand must not sign for two sides."""
PERSONAL = ("key.", "delegation.", "access.")
"""Kinds by which a party says who speaks or reads for it: signed by itself alone. A key speaks for itself, and nothing is passed on."""
UNSCOPED = (*PERSONAL, "party.")  # What a key for some kinds never signs: it must not be able to widen itself (formats §5).
SUCCESSORS_MAX = 4


class NeedsParty(LookupError):
    """The party chain of a role's holder is not loaded (its key is the argument): only where he did not sign himself is it read."""


def judge_keys_used(statement: Statement, kind: Kind, facts: Facts, moment: Moment, founding: Mapping[str, KeyRecord]) -> list[Reason]:
    """Why keys may not sign this statement here; ``founding`` are the keys that entry 0 itself brings."""
    reasons: list[Reason] = []
    values = facts.values
    for position, (uscc, keyid) in enumerate(zip(statement.by, statement.keyids, strict=True)):
        record: KeyRecord | None = founding.get(keyid) if founding else values["key:" + keyid]
        if record is not None and record.uscc == uscc and record.added < moment.index and record.is_plain:
            continue  # as nearly always
        field = f"signatures.{position}.keyid"
        if record is None:
            reasons.append(Reason("KEY_UNKNOWN", field, keyid, "", "SIGNER", {"party": uscc, "key": keyid[:16]}))
        elif record.uscc != uscc:
            reasons.append(Reason("KEY_OTHER_PARTY", field, record.uscc, uscc, "SIGNER", {"party": uscc, "owner": record.uscc}))
        elif not record.is_valid_at(moment.index):
            places = {"party": uscc, "key": keyid[:16], "index": str(record.revoked)}
            reasons.append(
                Reason(
                    "KEY_NOT_VALID",
                    field,
                    Phrase(f"已在第 {record.revoked} 条撤销", f"revoked at {record.revoked}"),
                    f"{moment.index}",
                    "REVOKED",
                    places,
                )
            )
        else:
            reasons += _judge_narrow(record, statement, kind, moment, field)
    return reasons


def _judge_narrow(record: KeyRecord, statement: Statement, kind: Kind, moment: Moment, field: str) -> list[Reason]:
    """A key for some kinds signs these alone, also ``for`` another; a key with an end signs up to it."""
    name = statement.kind.partition("/")[0]
    if record.kinds and (name not in record.kinds or name.startswith(UNSCOPED)):
        places: dict[str, Word] = {"kind": name, "kinds": "、".join(record.kinds), "device": record.device or record.label or "-"}
        return [Reason("KEY_SCOPE", field, name, ", ".join(record.kinds)[:200], "KIND", places)]
    if not record.lasts(moment.at_s, statement.at_s if kind.window is Window.CUSTODY else None):
        until = format_at(record.until_s or 0)
        return [
            Reason(
                "KEY_NOT_VALID",
                field,
                Phrase(f"有效期至 {until}", f"until {until}"),
                "",
                "OVER",
                {"until": until[:16].replace("T", " "), "party": record.uscc},
            )
        ]
    return []


def judge_delegation(statement: Statement, principal: str, kind: Kind, facts: Facts, moment: Moment) -> list[Reason]:
    """Whoever signs ``for`` another, the ``principal``, has that party's delegation, in force at this index and time (formats §3)."""
    if statement.chain_type in UNDELEGATED:
        return [Reason("DELEGATION_MISSING", "for", principal, "", "NEVER", {"kind": statement.kind, "principal": principal})]
    if principal == statement.by[0]:
        return [Reason("SIGNER_ROLE", "for", principal, "", "SELF", {"party": principal})]
    if statement.kind.startswith(PERSONAL):
        return [Reason("DELEGATION_MISSING", "for", principal, "", "NEVER", {"kind": statement.kind, "principal": principal})]
    state: PartyState | None = facts.state(party_chain(principal))
    at_s = statement.at_s if kind.window is Window.CUSTODY else moment.at_s
    if state is not None and any(known.covers(statement.by[0], statement.kind, at_s) for known in state.delegations):
        return []
    places = {"kind": statement.kind, "principal": principal, "delegate": statement.by[0]}
    return [Reason("DELEGATION_MISSING", "for", principal, f"{statement.by[0]}: {statement.kind}", "NONE", places)]


def judge_roles(roles: Sequence[Role], statement: Statement, kind: Kind, facts: Facts, out: Findings) -> None:
    """Compare ``by`` with the roles in order. Raises NeedsParty where such a chain is not loaded yet."""
    if not statement.seq or kind.barred_when_closed:
        _judge_closed(statement, facts, out)
    by = statement.by
    if len(roles) == len(by) and statement.principal is None:
        for role, signer in zip(roles, by, strict=True):
            if role.foreign or signer not in role.holders:
                break
        else:
            return  # as nearly always
    for role in roles:
        if role.foreign:
            out.tag("FOREIGN")
    bench = _Bench(statement, facts, out)
    for place, role in enumerate(roles):
        if not bench.seat(place, role):
            return
    if bench.taken < len(statement.by) and not out.reasons:
        told = [role_word(role.name) for role in roles]
        roles_told = Phrase("、".join(zh for zh, _ in told), ", ".join(en for _, en in told))
        own: dict[str, Word] = {"signer": statement.by[bench.taken], "place": str(bench.taken + 1), "roles": roles_told}
        out.refuse("SIGNER_EXTRA", f"by.{bench.taken}", statement.by[bench.taken], roles_told, "EXTRA", **own)


def _judge_closed(statement: Statement, facts: Facts, out: Findings) -> None:
    """A closed party opens no chain and signs none of the kinds that say so; what it began, it may go on with."""
    for uscc in statement.by if statement.principal is None else (*statement.by, statement.principal):
        state = facts.state(party_chain(uscc))
        if isinstance(state, PartyState) and state.closed_on:
            own = {"party": uscc, "day": state.closed_on, "successor": state.successor or "-"}
            out.refuse("PARTY_CLOSED", "by" if uscc in statement.by else "for", uscc, "", "CLOSED", **own)


class _Bench:
    """The places of ``by``, taken one after the other."""

    def __init__(self, statement: Statement, facts: Facts, out: Findings) -> None:
        self._statement, self._facts, self._out = statement, facts, out
        self.taken = 0
        self._own: set[str] = set()
        """Who signed in a role of his own, or succeeds who held it: a later role that falls on him is not named again."""

    def seat(self, place: int, role: Role) -> bool:
        """Fill a role; False where there is nothing more to compare."""
        by, principal = self._statement.by, self._statement.principal
        if place == 0 and principal is not None:
            return self._seat_delegate(role, principal)
        signer = by[self.taken] if self.taken < len(by) else ""
        if signer in role.holders:
            self._own.add(signer)
            self.taken += 1
        elif self._own.isdisjoint(role.holders) and not self._stand_in(place, role, signer):
            # A delegate who holds this role himself is nobody's absence: one hand is one hand.
            is_there = signer or (principal is not None and by[0] in role.holders)
            holders, field = " / ".join(role.holders[:4]) or "-", f"by.{self.taken}"
            wanted = _wanted(role, holders)
            own: dict[str, Word] = {
                "role": role_word(role.name),
                "holders": holders,
                "place": str(self.taken + 1),
                "signer": signer or by[0],
            }
            if is_there:
                self._out.refuse("SIGNER_ROLE", field, signer or by[0], wanted, "OTHER", lift=_LIFTS.get(role.name, ""), **own)
            else:
                self._out.refuse("SIGNER_MISSING", field, signer or by[0], wanted, "ROLE", lift=_LIFTS.get(role.name, ""), **own)
            self.taken += 1
        return True

    def _seat_delegate(self, role: Role, principal: str) -> bool:
        if principal not in role.holders or self._statement.by[0] in role.holders:
            holders = " / ".join(role.holders[:4]) or "-"
            own: dict[str, Word] = {
                "role": role_word(role.name),
                "holders": holders,
                "principal": principal,
                "delegate": self._statement.by[0],
            }
            self._out.refuse("SIGNER_ROLE", "for", principal, _wanted(role, holders), "FOR", lift=_LIFTS.get(role.name, ""), **own)
            return False
        self._out.tag("ON_BEHALF")
        self.taken = 1
        return True

    def _stand_in(self, place: int, role: Role, signer: str) -> bool:
        """Who signs, or need not, where a role is held by a closed party; False where nobody may."""
        statement = self._statement
        if statement.chain_type in UNDELEGATED or statement.kind.startswith(PERSONAL):
            return False
        closed = [holder for holder in role.holders if (state := self._party(holder)) is not None and state.closed_on]
        if closed and place == statement.seq == 0 and role.holders == (statement.owner,) and statement.chain_type != "case":
            state = self._party(statement.owner)
            own = {
                "party": statement.owner,
                "day": state.closed_on if state else "",
                "successor": (state.successor if state else "") or "-",
            }
            self._out.refuse("PARTY_CLOSED", "chain", statement.owner, "", "CLOSED", **own)
            return True
        for holder in closed:
            line = self._successors(holder)
            if signer in line or not self._own.isdisjoint(line):
                return self._take(holder, line, signer if signer in line else "", "ON_BEHALF")
            region, foreign = authorities_of_party(log_state(self._facts), holder)
            if not line and signer in region:
                if foreign:
                    self._out.tag("FOREIGN")
                self._out.alert("H", "SIGNED_FOR_CLOSED")
                return self._take(holder, line, signer, "BY_AUTHORITY")
        if place and closed and len(closed) == len(role.holders) and not any(map(self._successors, closed)):
            self._out.tag("SIGNER_CLOSED")
            self._out.read.update(map(party_chain, closed))
            return True
        return False

    def _take(self, holder: str, line: Sequence[str], signer: str, tag: str) -> bool:
        self._out.tag(tag)
        self._out.read.update(map(party_chain, (holder, *line)))
        self.taken += bool(signer)
        if signer and line:
            self._own.add(signer)
        return True

    def _successors(self, uscc: str) -> list[str]:
        return successors(self._facts, uscc)

    def _party(self, uscc: str) -> PartyState | None:
        return _party(self._facts, uscc)


def successors(facts: Facts, uscc: str) -> list[str]:
    """Who succeeds a closed party, and who that one while it is closed too. Raises NeedsParty."""
    line: list[str] = []
    while len(line) < SUCCESSORS_MAX and (state := _party(facts, uscc)) is not None and state.closed_on and state.successor:
        uscc = state.successor
        line.append(uscc)
    return line


def stand_ins(facts: Facts, uscc: str) -> tuple[str, ...]:
    """Who signs in the place of a closed party: its successors, else the authorities of its region; nobody for one that is open (kinds §1.2).
    Raises NeedsParty."""
    state = _party(facts, uscc)
    if state is None or not state.closed_on:
        return ()
    return tuple(successors(facts, uscc)) or tuple(authorities_of_party(log_state(facts), uscc)[0])


def _party(facts: Facts, uscc: str) -> PartyState | None:
    if is_founder(facts, uscc):  # operator and authorities are never closed
        return None
    try:
        state: PartyState | None = facts.state(party_chain(uscc))
    except Unread as unread:
        raise NeedsParty(*unread.args) from None
    return state


def listed_chains(read: Iterable[str], statement: Statement) -> set[str]:
    """Party chains that are listed in ``facts`` beside a kind's own reads: those of a principal and of holders who did not sign."""
    principal = () if statement.principal is None else (party_chain(statement.principal),)
    return {*read, *principal}
