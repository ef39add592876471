"""Months (kinds §9): in their order, once each but after a dispute, at a size and root of this very log; and what authorities say of a close."""

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

from .strict import need, unb64

BEIJING = timezone(timedelta(hours=8))


class Periods:
    """Every month of every direction that was closed."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.known: dict[str, Any] = {}  # chain: its newest close and what was said of it
        self.last: dict[str, str] = {}  # direction: the newest month that is closed

    def either(self, s: Any) -> tuple[list[str], bool]:
        """The authorities of both provinces; where there is none of either any, as FOREIGN."""
        covering = self.log.parties.covering
        found = [uscc for province in s.chain.split("/")[2].split("-") for uscc in covering(province)]
        return found or [*self.log.parties.authorities], not found

    def take(self, s: Any, a: Any) -> None:
        """What the act changes."""
        if s.act == "period.close":
            self._close(s, a)
            return
        need(s.chain in self.known, "CHAIN_NOT_OPEN", "kind", s.act, "a month that is closed")
        close, speaker = self.known[s.chain], s.by[0]
        need(speaker not in close.said, "PERIOD_STATE", "by", speaker, "one word of each authority on a close")
        need(s.body["json"] == close.json, "PERIOD_DIGEST", "body.json", s.body["json"], close.json)
        close.said.add(speaker)
        if s.act == "period.dispute":
            close.disputed = s.index

    def _close(self, s: Any, a: Any) -> None:
        month, direction, body = s.owner, s.chain.split("/")[2], s.body
        need(direction[:2] != direction[3:], "FIELD_TYPE", "chain", direction, "two provinces")
        now = datetime.fromtimestamp(a.at, BEIJING).date().isoformat()[:7]
        need(month < now and all(one < month for one in body.get("adjusts", ())), "PERIOD_MONTH", "chain", month, f"over by {now}")
        last, old = self.last.get(direction), self.known.get(s.chain)
        need(last is None or last <= month <= _after(last), "PERIOD_STATE", "chain", month, f"{last}, or the month after")
        need(old is None or old.disputed is not None, "PERIOD_STATE", "kind", s.act, "open or disputed")
        size, base = body["size"], self.known.get(f"period/{_before(month)}/{direction}")
        held = max((one for one in (base and base.index, old and old.disputed) if one is not None), default=-1)
        need(size > held, "PERIOD_STATE", "body.size", size, f"above {held}")
        root = self.log.root(size) if size <= s.index else b""
        need(root == unb64(body["root"], "body.root"), "SEEN_MISMATCH", "body.root", body["root"], root.hex())
        reached = max((start, name) for start, name in self.log.months if start < size)[1]
        need(month < reached, "PERIOD_MONTH", "body.size", size, f"a size at which {month} was over")
        self.known[s.chain] = SimpleNamespace(index=s.index, json=body["json"], said=set(), disputed=None)
        self.last[direction] = month


def _after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def _before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"
