"""Management plans (kinds §3, §5 R-14, R-15): what was filed of a year and site, which manifests name it, how much they have moved out on each line."""

from collections import Counter
from typing import Any

from .matrix import year_of
from .strict import grams, need

DAY_S, AHEAD_S, LINES = 86_400, 300, 256


class Plans:
    """Plans by chain and site, and grams by line."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.filed: dict[tuple[str, str], tuple[list[str], list[Any]]] = {}  # filing numbers, lines
        self.used = Counter[tuple[str, str, int]]()

    def take(self, s: Any, a: Any) -> None:
        """plan.file and plan.amend."""
        key = (s.chain, s.body.get("site", ""))
        known = self.filed.get(key)
        if s.act == "plan.file":
            need("site" not in s.body or self.log.parties.sites.get((s.owner, key[1])), "SITE_UNKNOWN", "body.site", key[1], "an open site")
            need(known is None, "PLAN_FILED", "body.site", key[1], "once a year and site")
            self._codes(s.body["lines"])
            self.filed[key] = [s.body["filing_no"]], [*map(dict, s.body["lines"])]
            return
        need(known is not None, "PLAN_FILED", "body.site", key[1], "a plan that was filed")
        numbers, lines = known or ([], [])
        changes, more = s.body.get("set", []), s.body.get("add", [])
        need(changes or more or "filing_no" in s.body, "MISSING", "body", "", "filing_no, set or add")
        named = [change["line"] for change in changes]
        need(set(named) <= set(range(len(lines))) and len(set(named)) == len(named), "PLAN_LINE", "body.set", named, "lines, each once")
        need(len(lines) + len(more) <= LINES, "PLAN_LINE", "body.add", len(lines) + len(more), LINES)
        self._codes(more)
        for change in changes:
            need(len(change) > 1, "MISSING", "body.set", change, "mass_t, method or receivers")
            lines[change["line"]] |= {name: value for name, value in change.items() if name != "line"}
        lines += [dict(line) for line in more]
        numbers += [s.body["filing_no"]] if "filing_no" in s.body else []
        less = [change["line"] for change in changes if "mass_t" in change and self.used[*key, change["line"]] > grams(change["mass_t"])]
        self.log.manifests.alerted(a, PLAN_OVER="M" if less else None)

    def _codes(self, lines: Any) -> None:
        for line in lines:
            need(line["code"][-2:] == line["category"][-2:], "CODE_CATEGORY", "body.lines", line["category"], line["code"])

    def chain_of(self, s: Any, a: Any) -> str:
        """The plan of the year of the admission, of a back-fill that of its departure on paper (kinds §1.1). A statement knows its own year, and the
        next within a day: of what was cut and comes again later, the last of these counts."""
        paper = s.body.get("paper") if s.body.get("type", "").startswith("backfill_") else None
        years = [year_of(paper["departed_at"])] if paper else [year_of(s.at - AHEAD_S), year_of(s.at + DAY_S)]
        return f"plan/{s.owner}/{next((year for year in years if year == year_of(a.at)), years[-1])}"

    def issued(self, s: Any, a: Any, trip: Any) -> None:
        """R-14, and R-15 of what an issue adds."""
        trip.plan = self.chain_of(s, a)
        self.judge(a, trip)
        over, due = False, self._due(trip, trip.declared)
        for (chain, site, line), mass in due.items():
            lines = self.filed[chain, site][1]
            over |= line < len(lines) and self.used[chain, site, line] + mass > grams(lines[line]["mass_t"])
        self.log.manifests.alerted(a, PLAN_OVER="M" if over else None)

    def judge(self, a: Any, trip: Any) -> None:
        """R-14: every line is one of the plan, where it is on the log; of a return it rests, and a way home counts nowhere."""
        named = trip.record.get("plan")
        key = (trip.plan, (named or {}).get("site", ""))
        there = key in self.filed and named is not None
        off = "PLAN_OFF_LOG" in a.tags
        self.log.check(not (there and off), "DECISION_WRONG", "admission.decision.tags", sorted(a.tags), f"{key} is on the log")
        trip.planned = there and not trip.is_return
        if named is None or not there or trip.returned:
            return
        numbers, lines = self.filed[key]
        need(named["filing_no"] in numbers, "PLAN_LINE", "body.plan.filing_no", named["filing_no"], numbers)
        for number, line in enumerate(trip.record["lines"]):
            where, at = f"body.lines.{number}.plan_line", line.get("plan_line")
            need(at is not None, "MISSING", where, at, "a line of the plan")
            need(at < len(lines), "PLAN_LINE", where, at, len(lines))
            same = [(line[name], lines[at][name]) for name in ("code", "method")]
            need(all(one == other for one, other in same), "PLAN_LINE", where, same, "its code and method")
            need(
                trip.receiver in lines[at].get("receivers", [trip.receiver]), "PLAN_LINE", where, trip.receiver, lines[at].get("receivers")
            )

    def _due(self, trip: Any, masses: list[int]) -> Counter[tuple[str, str, int]]:
        found = Counter[tuple[str, str, int]]()
        for line, mass in zip(trip.record["lines"], masses, strict=True) if trip.planned else ():
            if "plan_line" in line:
                found[trip.plan, trip.record["plan"].get("site", ""), line["plan_line"]] += mass
        return found

    def count(self, trip: Any, masses: list[int]) -> None:
        """What a manifest counts now instead of what it counted before."""
        self.used.subtract(trip.counted)
        trip.counted = self._due(trip, masses) if trip.record.get("lines") else Counter()
        self.used.update(trip.counted)
