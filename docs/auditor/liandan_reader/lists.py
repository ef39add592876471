"""Permits, lists and approvals (kinds §3, §4): stages, sides, pages, the digest that is countersigned, lines of renewals."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from .approvals import CONSENTS, Approvals
from .roles import Role
from .strict import grams, need, sha256

EAST_S = 8 * 3600  # days are those of Shanghai
ROWS = b"liandan/list-rows/v1\n"


def row_line(row: dict[str, Any]) -> bytes:
    """A row as it is countersigned: twelve cells with tabs between them; of the quota all six decimals; absent is empty."""
    waste, conditions = row["waste"], row.get("conditions", {})
    whole, _, fraction = row["quota_t"].partition(".")
    cells = [row["receiver"], row["permit"], waste["category"], waste["scope"], ",".join(waste.get("codes", ())), ",".join(row["methods"])]
    cells += [f"{whole}.{fraction:0<6}", *(str(conditions.get(name, "")) for name in ("pre_notice_days", "complete_within_days"))]
    cells += ["1" if conditions.get("use_only") else "", ",".join(conditions.get("transit", ())), conditions.get("note", "")]
    return ("\t".join(cells) + "\n").encode()


class Whitelist(Approvals):
    """What the chains of permits, lists and approvals have come to."""

    def __init__(self, log: Any) -> None:
        super().__init__(log)
        self.lists: dict[str, Any] = {}  # chain: kind, proposer, pages and rows announced and come, digest
        self.opened: set[str] = set()  # accounts

    # -- who signs

    def holder_region(self, s: Any) -> Role:
        """The holder's region; of a foreign holder first the authority that covers the site (kinds §1.7)."""
        holders, foreign = self.log.parties.responsible(s.owner[2:8])
        division = s.body.get("division") if s.act == "permit.grant" else getattr(self.permits.get(s.chain), "division", None)
        return Role(self.log.parties.covering(division or "-") or holders, foreign) if foreign else Role(holders)

    def side(self, s: Any, word: str) -> Role:
        """The authority of a list's or an approval's side."""
        parties = self.log.parties
        if s.type == "list":
            sides, known = (s.owner[5:7], s.owner[8:10]), self.lists.get(s.chain)
            of_list = known.kind if known else s.body.get("kind")
            if of_list == "pilot":  # by anybody; where the destination proposed, another countersigns
                if word == "proposer":
                    return Role([known.proposer] if known else list(parties.authorities))
                covering = parties.covering(sides[1])
                return Role([uscc for uscc in parties.authorities if uscc != known.proposer] if known.proposer in covering else covering)
            here, there = sides if (word == "proposer") != (of_list == "unilateral") else sides[::-1]
            holders, foreign = parties.responsible(here, there)
            both = parties.covering(there) if word == "countersigner" else []  # never the hand of the side that proposed
            return Role([uscc for uscc in holders if uscc not in both], foreign)
        approval = self.approvals.get(s.chain) or SimpleNamespace(origin="-", destination="-")
        destination = approval.destination  # as it was applied for, wherever the permit has been amended to since
        origin = Role(*parties.responsible(approval.origin, destination))
        if word == "origin":
            return origin
        covering = parties.covering(destination)
        return Role(covering) if covering else Role(origin.holders, True)  # no authority over there: origin's, with that province's letter

    def opening(self, s: Any, word: str) -> Role:
        """Both sides of a list or an approval; a permit's region and another (kinds §9). Never one hand for two sides of a list."""
        parties = self.log.parties
        if s.type == "approval":
            return self.side(s, "origin" if word == "this_side" else "destination")
        if s.type == "permit":
            others = [uscc for uscc in parties.authorities if uscc != (s.principal or s.by[0])]
            return self.holder_region(s) if word == "this_side" else Role(others)
        here, there = s.owner[5:7], s.owner[8:10]
        elsewhere = [uscc for uscc in parties.authorities if uscc not in parties.covering(there)]
        found = [uscc for uscc in parties.covering(here) if uscc in elsewhere]
        this_side = Role(elsewhere) if here == "00" else Role(found or elsewhere, not found)
        if word == "this_side":
            return this_side
        covering = parties.covering(there)
        return Role(covering or [uscc for uscc in parties.authorities if uscc not in (this_side.holders or ())], not covering)

    # -- what an act changes; each gives the stage after it

    def take(self, s: Any, a: Any) -> str:
        signed = getattr(self.approvals.get(s.chain), "signed", {})
        for proposed in CONSENTS.get(s.act, ()):
            self._need_another_hand(s, proposed, signed.get(proposed))
        effect = getattr(self, "_" + s.act.replace(".", "_"), None)
        stage = str(effect(s, a, s.body)) if effect is not None else s.row.after[0]
        if s.chain in self.approvals:
            self.approvals[s.chain].signed[s.act] = (s.by[0], s.principal or s.by[0])
        return stage

    def _permit_grant(self, s: Any, a: Any, body: Any) -> str:
        old, root = body.get("renews"), s.chain
        if old is not None:
            renewed = self.permits.get(old)
            fits = renewed and not renewed.renewed and self.log.stages.get(old) != "revoked" and old.split("/")[1] == s.owner
            # A withdrawn division is its successor.
            fits = fits and self.log.place(renewed.division) == self.log.place(body["division"]) and renewed.kind == body.get("class")
            need(fits, "RENEWS", "body.renews", old, "the last of its line, same holder, division and class, not revoked")
            renewed.renewed, root = True, renewed.root
        self.permits[s.chain] = SimpleNamespace(division=body["division"], kind=body.get("class"), root=root, renewed=False)
        return "active"

    def _permit_amend(self, s: Any, a: Any, body: Any) -> str:
        permit = self.permits[s.chain]
        division = body.get("division", permit.division)
        need(division[:2] == permit.division[:2], "PERMIT_TRANSITION", "body.division", division, f"in {permit.division[:2]}")
        permit.division = division
        return "="

    def _permit_usage(self, s: Any, a: Any, body: Any) -> str:
        self.log.check(
            ("SELF_STATED" in a.tags) == (s.owner in (s.by[0], s.principal)), "DECISION_WRONG", "admission.decision.tags", a.tags
        )
        return "="

    def _list_propose(self, s: Any, a: Any, body: Any) -> str:
        sides = (s.owner[5:7], s.owner[8:10])
        need(sides[0] != sides[1], "SAME_PROVINCE", "chain", s.chain)
        need(sides[0] != "00" or body["kind"] != "mutual", "WL_DIRECTION", "chain", s.chain, "from every other province: never mutual")
        listed = {"kind": body["kind"], "proposer": s.principal or s.by[0], "pages": body["pages"], "rows": body["rows"]}
        self.lists[s.chain] = SimpleNamespace(**listed, page=0, count=0, lines=[ROWS])
        return "announced"

    def _list_rows(self, s: Any, a: Any, body: Any) -> str:
        listed, rows = self.lists[s.chain], body["rows"]
        need(body["page"] == listed.page, "LIST_PAGE", "body.page", body["page"], listed.page)
        listed.page, listed.count = listed.page + 1, listed.count + len(rows)
        listed.lines += [row_line(row) for row in rows]
        is_last = listed.page == listed.pages
        need(listed.count == listed.rows if is_last else listed.count < listed.rows, "LIST_SIZE", "body.rows", listed.count, listed.rows)
        alone = listed.kind == "unilateral" or (listed.kind == "pilot" and not self.side(s, "countersigner").holders)
        return "announced" if not is_last else "in_force" if alone else "complete"

    def _list_countersign(self, s: Any, a: Any, body: Any) -> str:
        digest = sha256(b"".join(self.lists[s.chain].lines)).hex()
        need(body["rows_hash"] == digest, "LIST_DIGEST", "body.rows_hash", body["rows_hash"], digest)
        return "in_force"

    def _quota_open(self, s: Any, a: Any, body: Any) -> str:
        item, account, day = body.get("item"), self._opened_account(s), datetime.fromtimestamp(a.at + EAST_S, UTC).date().isoformat()
        need(body["as_of_on"] <= day, "DATE_ORDER", "body.as_of_on", body["as_of_on"], f"not after {day}")
        if s.type == "permit":
            need(item is None, "FIELD_TYPE", "body.item", item, "a permit has one account")
        elif s.type == "list":
            listed = self.lists.get(s.chain)
            is_row = listed is not None and listed.kind != "pilot" and item is not None and item < listed.count
            need(is_row, "ROW_UNKNOWN", "body.item", item, "a row of the list, which is no pilot's")
        else:
            granted = getattr(self.approvals.get(s.chain), "lines", {})
            need(item in granted, "APPROVAL_LINE", "body.item", item, sorted(granted))
        need(account not in self.opened, "QUOTA_OPENED", "body.item", account, "once")
        self.opened.add(account)
        moved, opened = {row["account"]: row["after_g"] - row["before_g"] for row in a.accounts}, grams(body["used_t"])
        self.log.check(moved == ({account: opened} if opened else {}), "ACCOUNT_WRONG", "admission.decision.accounts", moved, opened)
        return "="

    # -- accounts that an act may move

    def _opened_account(self, s: Any) -> str:
        numbered = f"{s.chain} {s.body.get('item')}"
        return f"Q3 {self.root(s.chain)}" if s.type == "permit" else f"Q1 {numbered}" if s.type == "list" else f"Q2 {numbered}"

    def accounts(self, s: Any) -> set[str]:
        if s.act == "quota.open":
            return {self._opened_account(s)}
        if s.act == "approval.decide":
            listings = self.approvals[s.chain].listings if s.chain in self.approvals else []
            return {f"Q1 {listing['list']} {listing['row']}" for listing in listings if listing}
        return {f"Q3 {self.root(s.chain)}"} if s.act == "permit.usage" else set()
