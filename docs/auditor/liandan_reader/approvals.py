"""Applications and decisions (kinds §4): one hand, notices, stops of lines, and that what is stopped is neither issued on nor departs."""

from types import SimpleNamespace
from typing import Any

from .strict import need

ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"
CONSENTS = {"approval.reply": ("approval.apply", "approval.consult"), "approval.decide": ("approval.apply", "approval.reply")}
"""Acts of an approval that consent to, or confirm, what others of it proposed."""


class Approvals:
    """What the chains of approvals have come to."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.permits: dict[str, Any] = {}  # chain: division, class, root, renewed
        self.approvals: dict[str, Any] = {}  # chain: origin, destination, listings, whether a notice was given, changes by granted line

    def _need_another_hand(self, s: Any, proposed: str, before: Any) -> None:
        """Nobody consents to what he proposed, by delegation either; what falls on the proposer himself is given (kinds §1.7)."""
        name = s.principal or s.by[0]
        is_given = before is None or before[1] == name or not {s.by[0], name} & set(before)
        need(is_given, "SIGNER_ROLE", "by.0", [s.by[0], name], f"another hand than {proposed}: {before}")

    def _approval_apply(self, s: Any, a: Any, body: Any) -> str:
        listings = [line.get("listing") for line in body["lines"]]
        destination = getattr(self.permits.get(body["permit"]), "division", "-")
        noticed = s.chain in self.approvals  # it comes again after a notice alone
        sides = {"origin": body["origin"]["division"], "destination": destination}
        self.approvals[s.chain] = SimpleNamespace(**sides, listings=listings, noticed=noticed, signed={}, lines={})
        return "applied"

    def _approval_notice(self, s: Any, a: Any, body: Any) -> str:
        need(not self.approvals[s.chain].noticed, "APPROVAL_STAGE", "kind", "a second notice", "it is given once")
        return "noticed"

    def _approval_reply(self, s: Any, a: Any, body: Any) -> str:
        return "agreed" if body["agree"] else "disagreed"

    def _approval_decide(self, s: Any, a: Any, body: Any) -> str:
        no_reply = body.get("outcome") == "no_reply"
        need(
            not no_reply or self.log.stages[s.chain] == "consulted",
            "DECISION_FORM",
            "body.outcome",
            "no_reply",
            "after consult, before reply",
        )
        tagged = "REFUSED_NO_REPLY" in a.tags
        self.log.check(tagged == no_reply, "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), f"REFUSED_NO_REPLY: {no_reply}")
        self.log.check(body["approve"] or not a.route, "DECISION_WRONG", "admission.decision.route", a.route, "none: it refuses")
        if not body["approve"]:
            return "refused"
        self.approvals[s.chain].lines = {line["line"]: [] for line in body["lines"]}
        return "approved"

    def _stop(self, s: Any, a: Any, status: str, *before: str) -> str:
        """Suspend, resume, revoke: the granted lines that are named, else all that have one of the statuses before; the stage is what is left."""
        lines = self.approvals[s.chain].lines
        now = {line: changes[-1][1] if changes else ACTIVE for line, changes in lines.items()}
        named = s.body.get("lines", [line for line, known in now.items() if known in before])
        need(bool(named), "APPROVAL_STAGE", "kind", s.act, f"a line that is {before}")
        fits = len(set(named)) == len(named) and all(now.get(line) in before for line in named)
        need(fits, "APPROVAL_LINE", "body.lines", named, f"granted lines that are {before}, each once")
        for line in named:
            lines[line].append((a.at, status))
            now[line] = status
        return "approved" if ACTIVE in now.values() else "suspended" if SUSPENDED in now.values() else "revoked"

    def _approval_suspend(self, s: Any, a: Any, body: Any) -> str:
        return self._stop(s, a, SUSPENDED, ACTIVE)

    def _approval_resume(self, s: Any, a: Any, body: Any) -> str:
        return self._stop(s, a, ACTIVE, SUSPENDED)

    def _approval_revoke(self, s: Any, a: Any, body: Any) -> str:
        return self._stop(s, a, REVOKED, ACTIVE, SUSPENDED)

    def draws(self, a: Any, trip: Any, body: Any) -> list[list[str]]:
        """The accounts that each line of an issue draws on; of a decision that stands, but where its statuses are those of another day."""
        permit = f"Q3 {self.root(body['permit'])}" if "permit" in body and not trip.is_return else ""
        by_decision = a.route in ("LISTED", "APPROVED")
        is_named = "approval" in body and all("decision_line" in line for line in body["lines"])
        need(is_named or not by_decision, "MISSING", "body.approval", body.get("approval"), f"a decision and its lines: {a.route}")
        decision = [f"Q2 {body.get('approval')} {line.get('decision_line')}" if by_decision else "" for line in body["lines"]]
        accounts = [[account for account in (permit, of_line) if account] for of_line in decision]
        self.need_standing(accounts if not trip.is_backfill else [], a.at, {"OVERTOOK"})
        return accounts

    def root(self, permit: str) -> str:
        """First permit of the line of renewals: it holds the account of the site (kinds §1.6)."""
        return str(self.permits[permit].root) if permit in self.permits else permit

    def need_standing(self, accounts: list[list[str]], at: int, alerts: Any) -> None:
        """Kinds §1.3: no line of a decision on which a manifest draws is stopped at that moment; what was stopped later is said."""
        drawn = {account for line in accounts for account in line if account.startswith("Q2 ")}
        for _, approval, line in sorted(account.split(" ") for account in drawn):
            changes = getattr(self.approvals.get(approval), "lines", {}).get(int(line), [])
            stands = next((status for since, status in reversed(changes) if since <= at), ACTIVE)
            need(stands == ACTIVE, "APPROVAL_STATUS", "at", stands, ACTIVE)
            overtook = any(since > at and status != ACTIVE for since, status in changes)
            self.log.check(not overtook or "OVERTOOK" in alerts, "DECISION_WRONG", "admission.decision.alerts", alerts, "OVERTOOK")
