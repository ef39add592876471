"""What becomes of a list in force (kinds §4): stops and their ends, what waits for the other side and what it does when it is confirmed."""

from types import SimpleNamespace
from typing import Any

from .lists import ROWS, row_line
from .roles import Role
from .strict import need, sha256

ROWS_MAX = 2000

LATER = ("list.amend", "list.suspend", "list.resume", "list.remove", "list.confirm", "list.exceed_consent", "list.report")
AFTER = {"list.suspend": "suspended", "list.resume": "active", "list.remove": "removed"}
BEFORE = {"list.suspend": ("active",), "list.resume": ("suspended",), "list.remove": ("active", "suspended")}


class Listed:
    """Every list that is in force: how each row stands, and the acts that wait."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.known: dict[str, Any] = {}

    def _of(self, s: Any) -> Any:
        if s.chain not in self.known:
            rows = ["active"] * self.log.whitelist.lists[s.chain].count
            self.known[s.chain] = SimpleNamespace(rows=rows, waits={}, is_removed=False)
        return self.known[s.chain]

    def sides(self, s: Any) -> tuple[list[str], list[str]]:
        """The side that proposed and the other one: both provinces; of a unilateral list the destination alone; of a pilot list who proposed it
        and who countersigns."""
        covering, known = self.log.parties.covering, self.log.whitelist.lists.get(s.chain)
        origin, destination = covering(s.owner[5:7]), covering(s.owner[8:10])
        if known is None:
            return [], []
        if known.kind == "pilot":
            return [known.proposer], list(self.log.whitelist.side(s, "countersigner").holders or ())
        return (destination, []) if known.kind == "unilateral" else (origin, destination)

    def either(self, s: Any) -> Role:
        """An authority of one of the sides."""
        one, two = self.sides(s)
        return Role([*one, *two])

    def _others(self, s: Any, who: str) -> list[str]:
        """Who confirms what an authority signed: never its own side; nobody where there is no other."""
        one, two = self.sides(s)
        if who in one and who in two:
            return [uscc for uscc in (*one, *two) if uscc != who]
        mine, theirs = (one, two) if who in one else (two, one)
        return [uscc for uscc in theirs if uscc not in mine]

    def take(self, s: Any, a: Any) -> str:
        """The stage of the list after the act."""
        listed, body = self._of(s), s.body
        if s.act == "list.confirm":
            act = listed.waits.get(body["act"])
            need(act is not None and s.by[0] in self._others(s, act.by), "LIST_ACT", "body.act", body["act"], sorted(listed.waits))
            self._apply(listed, listed.waits.pop(body["act"]))
        elif s.act == "list.amend":
            self._amend(s, listed)
        elif s.act == "list.exceed_consent":
            _need_rows(listed, (("body.row", body["row"]),))
        elif s.act == "list.report":
            rows = [one["row"] for one in body["rows"]]
            _need_rows(listed, [("body.rows", row) for row in rows])
            need(len(set(rows)) == len(rows), "ROW_TWICE", "body.rows", rows, "each row once")
        else:
            self._status(s, listed)
        return "removed" if listed.is_removed else "="

    def _status(self, s: Any, listed: Any) -> None:
        row, body = s.body.get("row"), s.body
        _need_rows(listed, (("body.row", row),) if row is not None else ())
        fits = any(status in BEFORE[s.act] for status in _reached(listed, row))
        need(fits, "ROW_STATE", "body.row", _reached(listed, row), BEFORE[s.act])
        act = SimpleNamespace(kind=s.act, row=row, by=s.by[0], body=body)
        if s.act == "list.suspend":  # no older word that these rows go on counts against it
            meets = [
                digest for digest, one in listed.waits.items() if one.kind == "list.resume" and (None in (one.row, row) or one.row == row)
            ]
            for digest in meets:
                del listed.waits[digest]
        if s.act == "list.suspend" or not self._others(s, act.by):
            self._apply(listed, act)
        else:
            self._wait(s, listed, act)

    def _amend(self, s: Any, listed: Any) -> None:
        """Rows of the list by their numbers, each once an amendment; the digest of what is added. Rows go on counting when it is confirmed."""
        body = s.body
        need(any(body.get(name) for name in ("add", "end", "quota")), "MISSING", "body", sorted(body), "add, end or quota")
        for name in ("end", "quota"):
            rows = [one["row"] for one in body.get(name, ())]
            _need_rows(listed, [(f"body.{name}", row) for row in rows])
            need(len(set(rows)) == len(rows), "ROW_TWICE", f"body.{name}", rows, "each row once")
        need(body["effective_from"][:4] == s.owner[:4], "WL_YEAR", "body.effective_from", body["effective_from"], s.owner[:4])
        need(len(listed.rows) + len(body.get("add", ())) <= ROWS_MAX, "LIST_SIZE", "body.add", len(listed.rows), f"{ROWS_MAX} at most")
        digest = sha256(ROWS + b"".join(map(row_line, body.get("add", ())))).hex()
        need(body.get("rows_hash", digest) == digest, "LIST_DIGEST", "body.rows_hash", body.get("rows_hash"), digest)
        act = SimpleNamespace(kind=s.act, row=None, by=s.by[0], body=body)
        if self._others(s, act.by):
            self._wait(s, listed, act)
        else:
            self._apply(listed, act)

    def _wait(self, s: Any, listed: Any, act: Any) -> None:
        """Pending, in the place of an older one of the same side, kind and row."""
        one, two = self.sides(s)
        for digest, old in list(listed.waits.items()):
            mine = old.by == act.by or any(old.by in side and act.by in side for side in (one, two))
            if mine and (old.kind, old.row) == (act.kind, act.row):
                del listed.waits[digest]
        listed.waits[s.hash] = act

    def _apply(self, listed: Any, act: Any) -> None:
        if act.kind == "list.amend":
            listed.rows += ["active"] * len(act.body.get("add", ()))
            return
        for number in range(len(listed.rows)) if act.row is None else (act.row,):
            if listed.rows[number] != "removed":
                listed.rows[number] = AFTER[act.kind]
        listed.is_removed |= act.kind == "list.remove" and act.row is None
        for digest, old in list(listed.waits.items()):  # what has no sense any more waits no longer
            moot = old.kind in BEFORE and not any(status in BEFORE[old.kind] for status in _reached(listed, old.row))
            if listed.is_removed or moot:
                del listed.waits[digest]


def _need_rows(listed: Any, named: Any) -> None:
    for path, row in named:
        need(row < len(listed.rows), "ROW_UNKNOWN", path, row, f"0 to {len(listed.rows) - 1}")


def _reached(listed: Any, row: Any) -> list[str]:
    return list(listed.rows) if row is None else [listed.rows[row]]
