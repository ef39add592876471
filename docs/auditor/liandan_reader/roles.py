"""``by`` against the roles of the table (§3, kinds §1.2, §1.7): in order, delegates for the first role, successors and authorities for the closed."""

from typing import Any, NamedTuple

from .kinds import NEVER_BY_DELEGATE, NEVER_FOR
from .strict import Bad, need


class Role(NamedTuple):
    """Who may stand at one place of ``by``; ``holders`` None: any registered party. ``foreign``: only because no authority covers the place."""

    holders: list[str] | None
    foreign: bool = False


MARKS = ("ON_BEHALF", "FOREIGN", "BY_AUTHORITY", "SIGNER_CLOSED")  # tags that follow from who signed


def check_roles(log: Any, s: Any, a: Any) -> None:
    """``by`` is the complete set of signers; the tags say in whose place somebody signed."""
    roles, marks, taken = _roles(log, s), set[str](), 0
    if s.principal is not None:
        allowed, foreign = roles.pop(0)
        need(s.principal in (allowed or [s.principal]) and s.by[0] not in (allowed or ()), "SIGNER_ROLE", "for", s.principal, allowed)
        _need_delegation(log, s, a)
        marks, taken = {"ON_BEHALF"} | ({"FOREIGN"} if foreign else set()), 1
    own = taken  # who signs for a principal holds no role of his own here: one hand is one hand
    in_the_name_of = {s.principal, *s.by}
    for place, role in enumerate(roles, own):
        how = _standing(log.parties, s, s.by[taken], role) if taken < len(s.by) else None
        if how is not None:
            marks, taken = marks | how, taken + 1
        elif (how := _stands_already(log.parties, s, s.by[own:taken], role)) is not None:
            marks |= how  # two roles that fall on one party are named once
        elif place and role.holders and all(_is_gone(log.parties, holder) for holder in role.holders):
            marks.add("SIGNER_CLOSED")
        else:
            one_hand = own and _standing(log.parties, s, s.by[0], role) is not None
            raise Bad("SIGNER_ROLE" if taken < len(s.by) or one_hand else "SIGNER_MISSING", f"by.{taken}", s.by[taken:], role.holders)
        in_the_name_of |= set(role.holders or ()) if how and not how <= {"FOREIGN"} else set()
    need(taken == len(s.by), "SIGNER_EXTRA", f"by.{taken}", s.by[taken:])
    silent = s.act == "case.amend_consent" and log.manifests.consents_in_stead(s)  # of a firm (kinds §7), not of a closed one
    log.check((a.alerts.get("CONSENT_BY_AUTHORITY") == "H") == silent, "DECISION_WRONG", "admission.decision.alerts", a.alerts, silent)
    closed_one = "BY_AUTHORITY" in marks
    marks |= {"BY_AUTHORITY"} if silent else set()
    for mark in MARKS:
        due = mark in marks
        log.check((mark in a.tags) == due, "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), f"{mark}: {due}")
    alerted = a.alerts.get("SIGNED_FOR_CLOSED") == "H"
    log.check(alerted == closed_one, "DECISION_WRONG", "admission.decision.alerts", a.alerts, "SIGNED_FOR_CLOSED")
    begins = s.seq == 0 or s.act in ("manifest.issue", "approval.apply", "manifest.depart")
    # What a closed party began others go on with, a case beside its manifest blocks nobody: there only who signs himself counts.
    opened = in_the_name_of if s.seq == 0 and s.type != "case" else {s.principal, *s.by}
    closed = [party for party in opened if party and begins and log.parties.is_closed(party)]
    log.check(not closed, "PARTY_CLOSED", "by", closed, "no closed party opens, issues, applies or departs")


def _need_delegation(log: Any, s: Any, a: Any) -> None:
    when, grants = s.at if s.row.is_custody else a.at, log.parties.grants.get((s.principal, s.by[0]), [])
    granted = any(s.act in kinds and when <= until for kinds, until in grants)
    allowed = not s.chain.startswith(NEVER_FOR) and not s.act.startswith(NEVER_BY_DELEGATE)
    need(granted and allowed, "DELEGATION_MISSING", "for", f"{s.by[0]} for {s.principal}")


def _standing(parties: Any, s: Any, signer: str, role: Role) -> set[str] | None:
    """The tags with which a signer may hold a role; None where he may not. Keys, delegations and readers are a party's own alone."""
    if role.holders is None:
        return set() if parties.is_known(signer) else None
    if signer in role.holders:
        return {"FOREIGN"} if role.foreign else set()
    for holder in filter(parties.is_closed, () if s.act.startswith(NEVER_BY_DELEGATE) else role.holders):
        if signer in parties.successors(holder):
            return {"ON_BEHALF"}
        region, foreign = parties.responsible(holder[2:8])
        if _is_gone(parties, holder) and signer in region:
            return {"BY_AUTHORITY", "FOREIGN"} if foreign else {"BY_AUTHORITY"}
    return None


def _stands_already(parties: Any, s: Any, signers: list[str], role: Role) -> set[str] | None:
    """Who signed an earlier role of his own and holds this one too, himself or as a successor."""
    found = [how for signer in signers if role.holders and (how := _standing(parties, s, signer, role)) is not None]
    return next((how for how in found if "BY_AUTHORITY" not in how), None)


def _is_gone(parties: Any, holder: str) -> bool:
    """Closed, and nobody succeeds it."""
    return parties.is_closed(holder) and not parties.successors(holder)


def _roles(log: Any, s: Any) -> list[Role]:
    if s.act == "manifest.depart" and len(s.by) == 1 and (s.principal or s.by[0]) in log.manifests.trips[s.chain].carriers:
        return [Role(log.manifests.trips[s.chain].carriers)]  # a carrier that the issue names records the departure alone
    if s.act == "party.site" and "closed_on" in s.body and len(s.by) == 1:
        return _of_word(log, s, "owner|place")  # closing: either alone
    return [role for word in s.row.roles for role in _of_word(log, s, word)]


def _of_word(log: Any, s: Any, word: str) -> list[Role]:
    """The roles that a word of the table stands for."""
    parties, first = log.parties, s.principal or s.by[0]
    if "|" in word:
        choices = [_of_word(log, s, choice) for choice in word.split("|")]
        for stands in (lambda role: first in (role.holders or ()), lambda role: _standing(parties, s, first, role) is not None):
            if found := [roles for roles in choices if roles and stands(roles[0])]:  # his own role before somebody else's
                return found[0]
        return choices[-1]
    match word:
        case "operator":
            return [Role([parties.operator])]
        case "authorities":
            return [Role([uscc]) for uscc in parties.authorities]
        case "owner":
            return [Role([s.owner])]
        case "region":
            return [log.whitelist.holder_region(s) if s.type == "permit" else Role(*parties.responsible(s.owner[2:8]))]
        case "recovery" if parties.is_founder(s.owner):
            return [Role([uscc]) for uscc in (parties.operator, *parties.authorities) if uscc != s.owner]
        case "recovery":
            return [Role(*parties.responsible(s.owner[2:8]))]
        case "place":
            division = s.body["division"]
            return [Role(*parties.responsible(division))] if division[:2] != s.owner[2:4] else []
        case "next":
            return [Role(None)]
        case "proposer" | "countersigner" | "origin" | "destination" if s.type in ("list", "approval"):
            return [log.whitelist.side(s, word)]
        case "this_side" | "that_side":
            return [log.whitelist.opening(s, word)]
        case "receiving":
            return [Role(parties.covering(s.owner[8:10]))]
        case "side":
            return [log.listed.either(s)]
        case "declaring":
            return [Role([s.owner] if s.owner in parties.authorities else [])]
        case "joining":
            return [Role(*log.emergencies.joining(s))]
        case "speaking":
            return [Role(*log.periods.either(s))]
        case "covering":
            return [Role(*log.incidents.covering(s))]
        case "settling":
            return [Role(holders) for holders in log.items.settling(s)]
        case "concerned" if s.type == "item":
            return [Role(log.items.speaking(s))]
        case "holding" | "releasing" | "signer" | "concerned":
            return [Role(*log.cases.holders(s, word))]
        case "origin":
            return [Role(*log.manifests.origin(s))]
        case "destination":
            return [Role(*log.manifests.destination(s))]
    return [Role(log.manifests.holders(s, word))]
