"""What waits for somebody, over HTTP: one flat item whatever it is, in the order in which it is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct, field

from ledger.admission.kind_table import Kinds
from ledger.answers import ChangedParty, filled
from ledger.directory import LogState
from ledger.pending.answers import title_of
from ledger.pending.model import PendingRow
from ledger.problem import Language, Mark, mark
from ledger.times import day_of, format_at
from manifests.accounts.answers import QuotaAlert
from manifests.action_answers import SignerAnswer, article_text, signer_answers
from manifests.answers import said
from manifests.deadlines import FILE
from manifests.holding import STOPPED
from manifests.matter_answers import HoldAnswer, hold_answers, incident_word
from manifests.model import STAGES, trunk_of
from manifests.present import alerts_of
from manifests.view import ManifestView
from manifests.work.order import SIGNATURE, TERMS, what_of
from signing.citation import OURS
from whitelist.approval import ApprovalState
from whitelist.emergency import EmergencyState
from whitelist.incident import IncidentState
from whitelist.item import ItemState
from whitelist.listing import ListState
from whitelist.names import EMERGENCY_STAGES, PERIOD_STAGES, STATES
from whitelist.names import STAGES as APPLICATION_STAGES
from whitelist.period import PeriodState, direction_of
from whitelist.terms import Duty, Present

WORDS: Mapping[str, tuple[str, str]] = {
    "act": ("办理", "to do"),
    "confirmation": ("确认", "to confirm"),
    "consent": ("同意", "to consent to"),
    "attachment": ("补交附件", "attachment to bring"),
    "signature": ("签署", "to sign"),
}
"""Kinds of work."""
_STOPPED = frozenset(act.kind for act in STOPPED)


class WorkItem(Struct, frozen=True, gc=False, kw_only=True):
    """One thing that waits for the party. ``due_on`` is a day, included; ``None`` where no rule sets one."""

    what: str
    """``act``, ``confirmation``, ``consent``, ``attachment`` or ``signature``."""
    what_text: str
    kind: str
    """Kind of the statement to submit, or to sign; ``evidence`` where a file is to be brought."""
    text: str
    term: str
    term_text: str
    signers: tuple[SignerAnswer, ...]
    """Who signs, in the order of ``by``; of a signature those who have not signed yet."""
    due_on: str | None
    overdue: bool
    provisional: bool
    """The due day was counted with a calendar whose official notice is not in yet."""
    workdays_left: int | None
    since: str
    """Day from which the term counts."""
    article: str
    alert: Mark | None
    """What is raised about the present where it is late, open or about to end (manifests.present)."""
    number: str | None
    """National number of the manifest, where it has one."""
    on_behalf: str = ""
    """For whom it is signed, where that is another: by delegation."""
    manifest: str = ""
    """``<generator>/<ULID>``."""
    application: str = ""
    """``approval/…``: of work on an application."""
    incident: str = ""
    """``<reporter>/<ULID>``, its address below ``/v1/incidents``."""
    list: str = ""
    """``list/…``: of work on a list."""
    act: str = ""
    """Hash of the pending act of a list that ``list.confirm`` names."""
    act_kind: str = ""
    """Kind of that act, and below who signed it, for which row (empty: all of them, or an amendment) and why."""
    act_by: str = ""
    act_rows: tuple[int, ...] = ()
    act_reason: str = ""
    emergency: str = ""
    """``<authority>/<ULID>``, its address below ``/v1/emergencies``: of work on an emergency, and of a manifest that moves on one."""
    period: str = ""
    """``period/<YYYY-MM>/<from>-<to>``: of work on a closed month."""
    item: str = ""
    """``item/<YYYY-MM>/<ULID>``: of an open item that somebody has put before the party; ``item_key`` is what it is about (``/v1/open-items``)."""
    item_key: str = ""
    arose_at: str = ""
    """Of a closed month when it came up: the admission of its newest close, or of the newest dispute."""
    stage: str = ""
    stage_text: str = ""
    wastes: tuple[str, ...] = ()
    counterparts: tuple[str, ...] = ()
    """The other side: of a generator the receiver, of a receiver the generator, of anybody else both."""
    case: str = ""
    file: str = ""
    """SHA-256 of the attachment."""
    statement: str = ""
    """Hash of the statement that waits for a signature: ``/v1/pending/<statement>``."""
    ends_at: str = ""
    """When it is forgotten."""
    blocked_by: tuple[HoldAnswer, ...] = ()
    """暂扣 in force that stop the act until they end."""


class WorkPage(Struct, frozen=True, gc=False, kw_only=True):
    """What waits for ``party`` at ``at``, after ``size`` entries; ``next`` is the cursor of the next page, None at the end."""

    size: int
    at: str
    party: str
    items: tuple[WorkItem, ...]
    next: str | None
    registrations: int = 0
    """Applications to be registered that wait for this authority, shown to it alone: ``GET /v1/registrations``."""
    quotas: tuple[QuotaAlert, ...] = ()
    """On the first page of what is not narrowed: quotas of the party, of an authority those of its regions, that are nearly used, the gravest. Of a
    large log they may be some seconds old (manifests.accounts.service); ``/v1/quota-alerts`` reflects ``min_size``."""
    quotas_total: int = 0
    """How many there are: ``GET /v1/quota-alerts``."""
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def duty_item(duty: Duty, chain: str, present: Present, kinds: Kinds, language: Language, about: Mapping[str, object]) -> WorkItem:
    """What is due on a chain, with what is said of the manifest or the application."""
    alert = next((one for one in alerts_of(chain, (duty,), present) if one.code), None)
    term = TERMS[duty.term]
    return filled(
        WorkItem,
        duty,
        what=what_of(duty.term),
        what_text=_word(WORDS[what_of(duty.term)], language),
        text=_word(WORDS["attachment"], language) if duty.kind == FILE else title_of(duty.kind, kinds, language),
        term_text=_word((term.zh, term.en), language),
        signers=signer_answers(duty.signers, language),
        article=article_text(duty.article, language),
        alert=None if alert is None else mark(alert.code, kinds.rules, language, alert.level),
        **{"manifest": "", **about},
    )


def of_manifest(view: ManifestView, party: str, kind: str, present: Present, language: Language) -> dict[str, object]:
    """What an item says of the manifest that it is about."""
    state = view.state
    holds = hold_answers(state, present.limits, present.now_s) if state.holds and kind in _STOPPED else ()
    return {
        "manifest": view.chain.removeprefix("manifest/"),
        "number": state.number,
        "emergency": "" if state.emergency is None else state.emergency.chain.removeprefix("emergency/"),
        "stage": state.stage.value,
        "stage_text": said(state.stage, STAGES, language),
        "wastes": tuple(dict.fromkeys(line.name for line in state.lines)),
        "counterparts": tuple(dict.fromkeys(one for one in (state.generator, state.receiver) if one != party)),
        "blocked_by": tuple(hold for hold in holds if hold.in_force),
    }


def of_application(chain: str, state: ApprovalState, party: str, language: Language) -> dict[str, object]:
    """What an item says of the application that it is about."""
    generator = chain.split("/")[1]
    return {
        "application": chain,
        "number": None,
        "stage": state.stage,
        "stage_text": _word(APPLICATION_STAGES[state.stage], language),
        "wastes": tuple(dict.fromkeys(line.name for line in state.lines)),
        "counterparts": tuple(dict.fromkeys(one for one in (generator, state.receiver) if one != party)),
    }


def of_incident(chain: str, state: IncidentState, language: Language) -> dict[str, object]:
    """What an item says of the incident that it is about."""
    return {
        "incident": chain.removeprefix("incident/"),
        "number": None,
        "stage": state.what,
        "stage_text": incident_word(state.what, language),
        "counterparts": tuple(dict.fromkeys((chain.split("/")[1], *state.concerned))),
    }


def of_list(chain: str, state: ListState, duty: Duty, language: Language) -> dict[str, object]:
    """What an item says of the list that it is about, and of the act that waits for a confirmation."""
    status = "REMOVED" if state.is_removed else state.status
    found: dict[str, object] = {"list": chain, "case": "", "number": None, "stage": status, "stage_text": _word(STATES[status], language)}
    found["counterparts"] = ()
    act = next((one for one in state.life.pending if one.act == duty.case), None)
    if act is not None:
        found |= {
            "act": act.act,
            "act_kind": f"{act.kind}/1",
            "act_by": act.by,
            "act_rows": () if act.row is None else (act.row,),
            "act_reason": act.reason,
        }
        found["counterparts"] = (act.by,)
    return found


def of_emergency(chain: str, state: EmergencyState, language: Language) -> dict[str, object]:
    """What an item says of the emergency that it is about."""
    return {
        "emergency": chain.removeprefix("emergency/"),
        "number": None,
        "stage": state.stage,
        "stage_text": _word(EMERGENCY_STAGES[state.stage], language),
        "wastes": tuple(str(scope) for scope in state.wastes),
        "counterparts": tuple(dict.fromkeys((*state.generators, *(one.receiver for one in state.receivers)))),
    }


def of_period(chain: str, state: PeriodState, log: LogState, language: Language) -> dict[str, object]:
    """What an item says of the closed month that it is about, and of who disputes it."""
    stage = state.stage(log, direction_of(chain))
    return {
        "period": chain,
        "arose_at": format_at(max(state.newest.at_s, *(one.at_s for one in state.disputes), 0)),
        "number": None,
        "stage": stage,
        "stage_text": _word(PERIOD_STAGES[stage], language),
        "counterparts": tuple(dict.fromkeys(one.by for one in state.disputes)),
    }


def of_item(chain: str, state: ItemState, party: str) -> dict[str, object]:
    """What an item of work says of the line of a month that does not match."""
    counterparts = tuple(firm for firm in state.firms if firm != party)
    return {"item": chain, "item_key": state.key, "number": None, "counterparts": counterparts}


def signature_item(row: PendingRow, view: ManifestView | None, party: str, present: Present, kinds: Kinds, language: Language) -> WorkItem:
    """A statement that waits for a signature; ``view`` of its manifest, where it is about one that there is."""
    about: dict[str, object] = {"number": None} if view is None else of_manifest(view, party, row.kind, present, language)
    due_on = day_of(row.ends_s)
    return WorkItem(
        what="signature", what_text=_word(WORDS["signature"], language), kind=row.kind, text=title_of(row.kind, kinds, language),
        term=SIGNATURE, term_text=_word(("会签", "co-signature"), language), signers=signer_answers((("signer", row.missing),), language),
        due_on=due_on, overdue=False, provisional=False, workdays_left=max(present.left(date.fromisoformat(due_on)), 0), since=day_of(row.taken_s),
        article=article_text(OURS, language), alert=None, on_behalf=row.principal or "", case=row.chain if row.chain.startswith("case/") else "",
        statement=row.statement, ends_at=format_at(row.ends_s), **about,  # type: ignore[arg-type]
    )  # fmt: skip


def chains_of(rows: Sequence[PendingRow]) -> list[str]:
    """Manifests that statements are about, on their trunk or in a case."""
    return list(dict.fromkeys(trunk_of(row.chain) for row in rows if row.chain.startswith(("manifest/", "case/"))))


def _word(pair: tuple[str, str], language: Language) -> str:
    return pair[0] if language == "zh" else pair[1]
