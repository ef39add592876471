"""A hostile operator: the log of ``acts.py`` with one change, everything after it linked, hashed, signed and sealed as if it were true.

Whoever holds the keys can write such a log, so neither hashes nor tiles give the change away: only what the bytes say does.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.vectors.second_reader import VECTORS

sys.path.insert(0, str(VECTORS))
acts, bodies, story, v1, writer = (importlib.import_module(name) for name in ("acts", "bodies", "story", "bytes_v1", "writer"))
sys.path.remove(str(VECTORS))

# Of some hundred forgeries of one log nearly all statements are those of the log, and what a key says of one is the same each time.
v1.Key.sign = lru_cache(16_384)(v1.Key.sign)
v1.Key.spki = property(lru_cache(1_024)(v1.Key.spki.fget))

Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Forgery:
    """Changes the ``nth`` statement of ``kind``: the ``act`` before it is signed, its ``link`` (seq, prev), the signed ``text``, the
    ``frozen`` envelope, the ``admission``, the entry's ``raw`` bytes; or ``grow`` appends to the log; or the newest ``note`` is changed.
    """

    name: str
    kind: str = ""
    nth: int = 0
    act: Change = lambda act: act
    link: Change = lambda link: link
    text: Change = lambda text: text
    frozen: Change = lambda frozen: frozen
    admission: Change = lambda admission: admission
    raw: Change = lambda raw: raw
    grow: Callable[[Any], None] | None = None
    note: Change = lambda note: note
    where: str = ""
    """What both auditors name, where it is a file and not the entry."""


class ForgedLog(writer.Log):  # type: ignore[misc, name-defined]
    """The independent writer's log with a hook at each step from act to entry."""

    forgery = Forgery("none")
    forged = -1
    """Index of the changed entry."""

    def add(self, act: Any, admitted: str, facts: Any = (), **decision: Any) -> int:
        """As the writer does it, with the forgery's changes."""
        self.__dict__.setdefault("seen_kinds", Counter())[act.kind] += 1
        is_forged = (act.kind.removesuffix("/1"), self.__dict__["seen_kinds"][act.kind] - 1) == (self.forgery.kind, self.forgery.nth)
        forgery, index = self.forgery if is_forged else Forgery("none"), len(self.entries)
        self.forged = index if is_forged else self.forged
        act = forgery.act(act)
        seq, prev = forgery.link(self.next_link(act.chain))
        body = forgery.text(writer.body_bytes(act, seq, prev))
        decided = {name: decision.get(name, []) for name in ("tags", "alerts", "accounts")}
        route = {"route": decision["route"]} if "route" in decision else {}
        listed = [[chain, self.heads[chain][2]] for chain in sorted(facts)]
        admission = {"index": index, "at": admitted, "ruleset": self.ruleset, "facts": listed, "decision": route | decided}
        frozen = forgery.frozen(v1.envelope(body, [signer for _, signer in act.by]))
        entry = v1.compact({"v": 1, "statement": frozen, "admission": forgery.admission(json.loads(json.dumps(admission)))})
        self.entries.append(forgery.raw(entry))
        self.hashes.append(v1.statement_hash(body))
        self.heads[act.chain] = (seq, self.hashes[-1], index)
        if act.kind == "log.found/1":
            self.found = self.hashes[-1]
        return index


@contextmanager
def _acts_with(log: type) -> Iterator[None]:
    honest, acts.Log = acts.Log, log
    try:
        yield
    finally:
        acts.Log = honest


def forge(forgery: Forgery, directory: Path) -> int:
    """Write the export of the forged log; the index of the changed entry, -1 for a change of the checkpoint alone."""
    with _acts_with(type("Log", (ForgedLog,), {"forgery": forgery})):
        log = acts.acts_log()
    if forgery.grow is not None:
        log.forged = len(log.entries)
        forgery.grow(log)
        log.checkpoint(story.stamps("17:00:00"))
    size = max(log.checkpoints)
    log.checkpoints[size] = forgery.note(log.checkpoints[size])
    log.export(directory)
    return int(log.forged)


def at(fields: dict[str, Any], path: str) -> tuple[Any, Any]:
    """The container and the last name of a dotted path."""
    *parents, last = path.split(".")
    for name in parents:
        fields = fields[int(name) if isinstance(fields, list) else name]
    return fields, int(last) if isinstance(fields, list) else last


def setting(path: str, value: Any) -> Change:
    """Sets a field of a JSON object; ``None`` removes it."""

    def change(fields: dict[str, Any]) -> dict[str, Any]:
        target, last = at(fields, path)
        if value is None:
            del target[last]
        else:
            target[last] = value
        return fields

    return change


def body_with(**changes: Any) -> Change:
    """Other fields in the body; ``None`` removes one."""
    return lambda act: replace(act, body={name: value for name, value in {**act.body, **changes}.items() if value is not None})


def signed_by(*names: str) -> Change:
    """Other signers."""
    return lambda act: replace(act, by=story.signers(*names))
