"""The log, entry by entry: place in the tree and in the chain, times, signers, signatures, effect; every deviation becomes a finding."""

import csv
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from .cases import Cases, read_thresholds
from .custody import Manifests
from .emergencies import Emergencies
from .incidents import Incidents
from .items import Items
from .kinds import STAGE_CODE
from .listed import LATER, Listed
from .lists import Whitelist
from .notes import Tree, open_note, parse_checkpoint, parse_vkey, split_note
from .parties import DAY_S, Parties, policy_vkeys
from .periods import BEIJING, Periods
from .plans import Plans
from .roles import check_roles
from .statements import HEX64, read_entry
from .strict import Bad, instant, need, sha256, unb64

LATE_S, LONG_S, AHEAD_S = 7_200, 15 * DAY_S, 300  # §6: LATE, LATE_LONG; how far ahead or back a clock may be
WINDOWS = {"D": DAY_S, "M": 30 * DAY_S, "C": 2**53, "N": 2**53}


class Log:
    """Registries that grow entry by entry. ``data`` gives a file of data/ by its name."""

    def __init__(self, data: Callable[[str], bytes | None]) -> None:
        self.data, self.tree = data, Tree()
        self.findings, self.signatures = list[dict[str, Any]](), Counter[tuple[str, bool]]()  # by suite, whether this reader computes it
        self.heads: dict[str, tuple[int, str, int]] = {}  # chain: seq, statement hash, index
        self.stages: dict[str, str] = {}  # chain: stage, where the table has stages
        self.accounts: dict[str, tuple[int | None, int]] = {}  # account: index of its last touch, grams after it
        self.policies: list[tuple[int, list[str]]] = []  # index, vkeys of witnesses in force after it
        self.successors: dict[str, str] = {}  # withdrawn division: what took its place
        self.tails: dict[str, tuple[int, int]] = {}  # hash of a statement that was cut: its old admission.at, that of the cut
        self.months: list[tuple[int, str]] = []  # index from which entries were admitted in another month, and which
        self.found = self.origin = self.ruleset = self.clock = self.chain = ""
        self.last_at, self.not_before, self.closed, self.page = 0, 0, False, ("", 0, 0)
        self.log_keys, self.widest = list[str](), (0, 0)  # longest wait for witnesses, of which entry
        self.waiting: tuple[int, int] | None = None  # admission.at and index of the first entry that no cosigned checkpoint holds yet
        self.thresholds: dict[str, int] = {}
        self.parties, self.whitelist, self.manifests, self.cases = Parties(self), Whitelist(self), Manifests(self), Cases(self)
        self.plans, self.incidents, self.listed = Plans(self), Incidents(self), Listed(self)
        self.emergencies, self.items = Emergencies(self), Items(self)
        self.periods = Periods(self)

    @property
    def size(self) -> int:
        return self.tree.size

    def root(self, size: int) -> bytes:
        return self.tree.root(size)

    def mth(self, start: int, end: int) -> bytes:
        return self.tree.mth(start, end)

    # -- findings

    def flag(self, bad: Bad, index: int | None = None) -> None:
        """Note a finding: at the entry in hand, or at another place."""
        place = {"index": self.size - 1, "chain": self.chain} if index is None else {"index": index, "chain": ""}
        self.findings.append({"code": bad.code} | place | dict(zip(("field", "found", "expected"), bad.args[1:], strict=True)))

    def attempt(self, file: str, check: Callable[..., Any], *arguments: Any) -> None:
        """Run a check; what it raises is a finding, of the file if one is named."""
        try:
            check(*arguments)
        except Bad as bad:
            self.flag(Bad(bad.code, f"{file} {bad.args[1]}".strip(), *bad.args[2:]), -1 if file else None)

    def check(self, holds: object, *bad: Any) -> None:
        """A finding unless it holds; reading goes on."""
        self.attempt("", need, holds, *bad)

    # -- one entry

    def add(self, raw: bytes) -> None:
        """Check one entry and take it in."""
        self.tree.append(raw)
        self.chain = ""
        self.attempt("", self._entry, raw)

    def _entry(self, raw: bytes) -> None:
        s, a = read_entry(raw)
        s.index, self.chain = self.size - 1, s.chain
        if s.index == 0:
            need(s.act == "log.found", "FOUNDING", "kind", s.act)
            self._found(s.hash, s.body)
        s.judged_at = self._judged_at(s, a)
        for check in (self._admission, self._place, self._times, check_roles_of(self), self.parties.signatures, self._take):
            self.attempt("", check, s, a)
        if s.chain not in self.heads or s.seq > self.heads[s.chain][0]:
            self.heads[s.chain] = (s.seq, s.hash, s.index)
        self.last_at, month = a.at, datetime.fromtimestamp(a.at, BEIJING).isoformat()[:7]
        if not self.months or self.months[-1][1] != month:
            self.months.append((s.index, month))

    def _admission(self, s: Any, a: Any) -> None:
        """The operator's half of the entry, as far as it follows from earlier entries alone (§4)."""
        self.check(a.ruleset == self.ruleset, "ADMISSION_RULESET", "admission.ruleset", a.ruleset, self.ruleset)
        self.check(a.index == s.index, "ADMISSION_INDEX", "admission.index", a.index, s.index)
        routed = not a.route or s.act in ("approval.decide", "manifest.issue")
        self.check(routed, "DECISION_WRONG", "admission.decision.route", s.act)
        always = (s.chain, "log/main", *(f"party/{party}" for party in s.by))
        for chain, index in a.facts:
            newest = self.heads.get(chain, (0, "", -1))[2]
            self.check(chain not in always and index == newest, "FACTS_WRONG", "admission.facts", f"{chain} {index}", newest)
        for row in a.accounts:
            before = self.accounts.get(row["account"], (None, 0))
            linked = (row.get("prev_index"), row["before_g"]) == before and row["before_g"] != row["after_g"] >= 0
            linked &= row["account"].split(" ")[1] in self.heads
            self.check(linked, "ACCOUNT_WRONG", "admission.decision.accounts", row, f"prev_index {before[0]}, before_g {before[1]}")
            self.accounts[row["account"]] = (s.index, row["after_g"])
        if s.row.moves != "Q23":  # of a manifest's acts the very grams are compared (custody)
            moved, may = {row["account"] for row in a.accounts}, self.whitelist.accounts(s)
            self.check(moved <= may, "ACCOUNT_WRONG", "admission.decision.accounts", sorted(moved), f"{s.act} moves {sorted(may)}")
        if s.seen is not None:
            root = self.root(s.seen[0]) if s.seen[0] <= s.index else b""
            self.check(root == s.seen[1], "SEEN_MISMATCH", "seen", f"{s.seen[0]} {s.seen[1].hex()}", root.hex())

    def _place(self, s: Any, _: Any) -> None:
        """The statement's place in its chain (§2). A second entry with the same hash fails here: the hash binds chain and seq."""
        self.check(not self.closed, "LOG_CLOSED", "kind", s.act, "nothing after log.close")
        first = sha256(f"liandan/chain/v1\n{self.found}\n{s.chain}".encode() if s.index else f"liandan/found/v1\n{self.origin}".encode())
        head, prev, _ = self.heads.get(s.chain, (-1, first.hex(), 0))
        founder = s.type == "party" and self.parties.is_founder(s.owner)
        opens = s.row.place != "!" if head >= 0 or founder else s.row.place in "!?"
        if s.seq <= head:
            self.check(False, "STATEMENT_TWICE" if s.hash == prev else "CHAIN_CONFLICT", "seq", s.seq, head + 1)
        elif s.seq > head + 1:
            self.check(False, "PREDECESSOR_MISSING", "seq", s.seq, head + 1)
        else:
            self.check(opens, "CHAIN_NOT_OPEN", "kind", s.act, f"seq {s.seq}")
            self.check(s.prev == prev, "PREV_MISMATCH", "prev", s.prev, prev)

    def _judged_at(self, s: Any, a: Any) -> int:
        """admission.at, or the old one of a statement that was cut and comes again within 30 days (§5)."""
        old, cut = self.tails.pop(s.hash, (0, -(2**53)))
        again = a.at - cut <= 30 * DAY_S
        self.check(("RECUT" in a.tags) == again, "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), f"RECUT: {again}")
        return old if again else int(a.at)

    def _times(self, s: Any, a: Any) -> None:
        """§6, and §4's bracket between cosigned checkpoints."""
        self.waiting = self.waiting or (a.at, s.index)
        self.check(a.at >= self.last_at, "ADMISSION_AT", "admission.at", a.at, f"not before {self.last_at}")
        not_before = self.not_before - AHEAD_S
        self.check(a.at >= not_before, "CHECKPOINT_TIME", "admission.at", a.at, f"not before witnesses' {self.not_before} - 300")
        late, window, is_long = s.judged_at - s.at, WINDOWS[s.row.window], False
        if s.row.is_custody:
            trip = self.manifests.trips[s.chain]
            is_long = late > LONG_S and not trip.is_backfill
            window = LONG_S if is_long and s.act == "manifest.depart" else window
            is_long = is_long and s.act != "manifest.depart"
            self.check(s.at >= trip.latest - AHEAD_S, "AT_BACKWARDS", "at", s.at, f"not before {trip.latest} - 300")
        due = {"LATE": late} if s.row.is_custody and late > LATE_S else {}
        tagged = {"LATE": a.tags["LATE"]} if "LATE" in a.tags else {}
        self.check(tagged == due, "DECISION_WRONG", "admission.decision.tags", a.tags, due)
        self.check(("LATE_LONG" in a.alerts) == is_long, "DECISION_WRONG", "admission.decision.alerts", a.alerts, f"LATE_LONG: {is_long}")
        in_window = -AHEAD_S <= late <= window or s.index == 0
        self.check(in_window, "STATEMENT_STALE", "at", late, f"-300 to {window} seconds before admission")

    def _take(self, s: Any, a: Any) -> None:
        """The order of acts by the table's stages, and what the act changes."""
        before = self.stages.get(s.chain, "-")
        if s.row.after:
            need(before in s.row.before, STAGE_CODE[s.type], "kind", f"{s.act} at {before}", s.row.before)
        if s.act in LATER:
            after = self.listed.take(s, a)
        elif s.type in ("permit", "list", "approval"):
            after = self.whitelist.take(s, a)
        elif s.type in ("plan", "period"):
            (self.plans if s.type == "plan" else self.periods).take(s, a)
            return
        elif s.type in ("manifest", "case"):
            after = self.manifests.take(s, a)
        elif s.type in ("incident", "number"):
            after = self.incidents.take(s, a)
        elif s.type == "emergency":
            after = self.emergencies.take(s, a)
        elif s.type == "item":
            after = self.items.take(s)
        else:
            self.parties.take(s, a)
            self._own(s, a)
            return
        if s.row.after:
            self.stages[s.chain] = before if after == "=" else after

    # -- kinds of the log itself (§3, §5, §8)

    def _own(self, s: Any, a: Any) -> None:
        body = s.body
        match s.act:
            case "log.close":
                self.closed = True
            case "witness.set":
                self._policy(body["witness_policy"])
            case "authority.admit":
                self.parties.register(body, self.found)
            case "ruleset.adopt":
                self.ruleset = body["version"]
                self._data(body["sha256"])
            case "data.adopt":
                self._adopted(body)
            case "log.refusals":
                self._refusals(body, s.index, a.at)
            case "log.cut":
                cut = body["size"] == s.index and unb64(body["root"], "body.root") == self.root(s.index)
                self.check(cut, "CUT_WRONG", "body", body, f"{s.index} {self.root(s.index).hex()}")
                self._tail(self._data(body["tail"]), a.at)

    def _tail(self, raw: bytes, cut_at: int) -> None:
        for line in raw.decode(errors="replace").splitlines():
            digest, _, old = line.partition(" ")
            need(HEX64.fullmatch(digest), "CUT_WRONG", "body.tail", line, "hash, space, old admission.at")
            self.tails[digest] = (instant(old, "body.tail", "CUT_WRONG"), cut_at)

    def _refusals(self, body: Any, index: int, at: int) -> None:
        """§8: hours ascending and over, pages in order, items by time, none after its hour, each statement with its codes once."""
        (hour, last, of), self.page, items = self.page, (body["hour"], body["page"], body["of"]), body["items"]
        follows = self.page == (hour, last + 1, of) if last + 1 < of else body["hour"] > hour and body["page"] == 0 < body["of"]
        self.check(follows, "PAGE_ORDER", "body.page", self.page, f"after {hour} {last}/{of}")
        times = [*(instant(item["at"], "body.items") for item in items), instant(f"{body['hour']}:59:59+08:00", "body.hour")]
        sound = times == sorted(times) and times[-1] < at and len({(item["statement"], *item["codes"]) for item in items}) == len(items) > 0
        sound &= all(HEX64.fullmatch(item["statement"]) and 0 < item["size"] <= index for item in items)
        sound &= all([] != item["codes"] == sorted({*item["codes"]}) for item in items)
        self.check(sound, "FIELD_TYPE", "body.items", body["hour"], "an hour that is over, items by time, codes sorted, each once")

    def _found(self, found: str, body: Any) -> None:
        self.found, self.origin, self.clock, self.log_keys = found, body["origin"], body["clock"], body["log_keys"]
        self.ruleset, self.parties.operator = body["ruleset"]["version"], body["operator"]["uscc"]
        self._policy(body["witness_policy"])
        for member in (body["operator"], *body["authorities"]):
            self.parties.register(member, self.origin)
        for pin in (body["ruleset"], *body["data"]):
            self._adopted(pin)
        own = [parse_vkey(text)[1] for text in self.log_keys]
        sound = {key.name for key in own} == {self.origin} and own[0].type == 1 and len(unb64(body["nonce"], "body.nonce")) == 32
        need(sound and self.clock in ("real", "simulated"), "FOUNDING", "body", body, "first log key Ed25519, named as origin; nonce of 32")

    def _policy(self, lines: list[str]) -> None:
        witnesses = policy_vkeys(lines)
        self.policies.append((self.size - 1, witnesses))
        self.parties.reserve([*self.log_keys, *witnesses])

    def _adopted(self, pin: Any) -> None:
        raw = self._data(pin["sha256"])
        if pin["name"] == "thresholds":
            self.thresholds = read_thresholds(raw)
        if pin["name"] == "divisions":
            with suppress(csv.Error):  # a table out of form is its adopters' affair
                rows = [*csv.DictReader(raw.decode(errors="replace").splitlines())]
                self.successors = {str(row.get("code")): str(row["successor"]) for row in rows if row.get("successor")}

    def place(self, division: str) -> str:
        """The division that a withdrawn one has become (kinds §0), by the data set ``divisions`` in force."""
        for _ in self.successors:  # no longer than that, should the table run in a circle
            division = self.successors.get(division, division)
        return division

    def _data(self, name: str) -> bytes:
        raw = self.data(name)
        found = "missing" if raw is None else sha256(raw).hex()
        need(raw is not None and found == name, "DATA_HASH", f"data/{name}", found, name)
        return raw or b""

    # -- checkpoints

    def checkpoint(self, raw: bytes) -> tuple[int, int]:
        """Check a checkpoint of any size up to ours; its size, and how many of its lines are by unknown keys."""
        origin, size, root = parse_checkpoint(split_note(raw)[0])
        witnesses = next((vkeys for start, vkeys in reversed(self.policies) if start < size), [])
        _, stamps, unknown = open_note(raw, [*self.log_keys, *witnesses])
        need(origin == self.origin, "ORIGIN", "origin", origin, self.origin)
        need(root == self.root(size), "ROOT_MISMATCH", "root", f"{size} {root.hex()}", self.root(size).hex())
        cosigned = min((stamp for stamp in stamps.values() if stamp), default=0)
        if cosigned and self.clock == "real" and size == self.size:
            self.not_before, (first_at, first) = max(self.not_before, cosigned), self.waiting or (cosigned, size)
            self.widest, self.waiting = max(self.widest, (cosigned - first_at, first)), None
            self.check(self.last_at <= cosigned + 300, "CHECKPOINT_TIME", "admission.at", self.last_at, f"not after {cosigned} + 300")
        return size, unknown


def check_roles_of(log: Log) -> Callable[[Any, Any], None]:
    """The check of roles, bound to a log."""
    return lambda s, a: check_roles(log, s, a)
