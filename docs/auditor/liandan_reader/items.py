"""Threads about lines of a month that do not match (kinds §9): whose matter a key is, one key a thread, settled once."""

import re
from types import SimpleNamespace
from typing import Any

from .strict import need

HELD = re.compile("(?:party|permit|licence|vehicle|plan|approval|incident|book)/([0-9A-HJ-NPQRTUWXY]{18})(?:/.*)?")


class Items:
    """The key of every thread."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.keys: dict[str, str] = {}

    def _manifest(self, key: str) -> tuple[str, Any]:
        """The manifest that a key is about, of a case its trunk, and what is known of it; "" where it is about something else."""
        chain = key.split(" ")[1]
        parts = chain.split("/")
        if parts[0] == "case" and len(parts) == 4:
            chain = "/".join(("manifest", *parts[1:3]))
        elif parts[0] != "manifest":
            return "", None
        return chain, self.log.manifests.trips[chain] if chain in self.log.heads else None

    def _concerned(self, key: str) -> list[str]:
        manifest, trip = self._manifest(key)
        if manifest:
            return [] if trip is None else list(self.log.cases.concerned(SimpleNamespace(chain=manifest), trip))
        held = HELD.fullmatch(key.split(" ")[1])
        return [held[1]] if held else []

    def speaking(self, s: Any) -> list[str]:
        """P of the key's manifest, or who the chain is named after, and all authorities; a stranger stands for himself, and is refused later."""
        parties, opener = self.log.parties, s.principal or s.by[0]
        may = [*self._concerned(s.body["key"]), *parties.authorities]
        stand_ins = [uscc for closed in filter(parties.is_closed, may) for uscc in self._instead(closed)]
        return may if opener in (*may, *stand_ins) else [opener]

    def _instead(self, closed: str) -> list[str]:
        parties = self.log.parties
        return list(parties.successors(closed) or parties.responsible(closed[2:8])[0])

    def settling(self, s: Any) -> list[list[str]]:
        """Generator and receiver; one authority, and nobody else where the key is about no manifest."""
        authorities, key = self.log.parties.authorities, self.keys.get(s.chain)
        trip = self._manifest(key)[1] if key else None
        if trip is None or (len(s.by) == 1 and (s.principal or s.by[0]) in authorities):
            return [authorities]
        return [[trip.generator], [trip.receiver]]

    def take(self, s: Any) -> str:
        """The stage of the chain after it."""
        if s.act == "item.settle":
            case, (manifest, _) = s.body.get("case"), self._manifest(self.keys[s.chain])
            fits = case is None or (case in self.log.heads and case.split("/")[1:3] == manifest.split("/")[1:])
            need(fits, "TRUNK_UNKNOWN", "body.case", case, f"a case of {manifest}")
            return "settled"
        key, opener = s.body["key"], s.principal or s.by[0]
        manifest, trip = self._manifest(key)
        is_there = not manifest or trip is not None
        need(
            is_there and (self.speaking(s) != [opener] or self._may(key, opener)),
            "NOT_CONCERNED",
            "body.key",
            key,
            "a matter of the signer",
        )
        line = key.split(" ")[2:]
        need(trip is None or not line or int(line[0]) < len(trip.declared), "LINE_UNKNOWN", "body.key", key, "a line of the manifest")
        need(self.keys.setdefault(s.chain, key) == key, "ITEM_STATE", "body.key", key, self.keys[s.chain])
        return "=" if s.seq else "open"

    def _may(self, key: str, opener: str) -> bool:
        return [*self._concerned(key), *self.log.parties.authorities] == [opener]
