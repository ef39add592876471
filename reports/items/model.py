"""The nouns of an item (未符项): its key, whose matter it is, and what the log keeps of its thread (kinds §9, formats §3).

A key is ``<check> <chain> [line]``: what a check of the month found, on which chain, in which line from 0. A thread is about one key.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Struct

from ledger.chain import ULID, USCC
from ledger.directory import log_state
from ledger.fields import form, label, words
from ledger.model import Facts
from manifests.model import ManifestState, trunk_of
from manifests.sides import concerned
from signing.phrase import Phrase

ITEM = rf"item/20[0-9]{{2}}-(?:0[1-9]|1[0-2])/{ULID}"
KEY_PATTERN = r"^[A-Z0-9-]{2,8} [a-z]+/\S{1,150}( [0-9]{1,4})?$"
KEY_WORDS = Phrase(
    "<核对项> <链> [行号]，如 M4 manifest/<移出人代码>/<存证标识> 0", "<check> <chain> [line], e.g. M4 manifest/<generator>/<ULID> 0"
)
ItemKey = Annotated[str, form(KEY_PATTERN, "FIELD_TYPE", KEY_WORDS), label("未符项", "item")]
Outcome = Annotated[
    Literal["agreed", "corrected", "written_off", "invalid"],
    label("处理结果", "outcome"),
    words({"agreed": "认可", "corrected": "更正", "written_off": "核销", "invalid": "误报"}),
]
_HELD = re.compile(rf"(?:party|permit|licence|vehicle|plan|approval|incident|book)/({USCC})(?:/.*)?")
"""Chains that are named after a firm whose matter they are; ``book/`` is no chain of a log: what stands there is a line of a firm's own books."""


class ItemKeyParts(Struct, frozen=True, gc=False):
    """A key taken apart."""

    check: str
    chain: str
    line: int | None = None

    @property
    def manifest(self) -> str | None:
        """The manifest that it is about, of a case that of its trunk; ``None`` where it is about something else."""
        match self.chain.partition("/")[0]:
            case "manifest":
                return self.chain
            case "case" if self.chain.count("/") == 3:
                return trunk_of(self.chain)
        return None


def parts_of(key: str) -> ItemKeyParts:
    """A key in form, taken apart."""
    check, chain, *line = key.split(" ")
    return ItemKeyParts(check, chain, int(line[0]) if line else None)


def firm_of(chain: str) -> str:
    """The firm that a chain other than a manifest's is named after; empty where it is none's."""
    held = _HELD.fullmatch(chain)
    return held[1] if held else ""


def concerned_by(facts: Facts, key: str) -> tuple[str, ...]:
    """P: the parties of the key's manifest, its authorities among them; of another chain the firm that it is named after (formats §3: party
    concerned). Nobody for a manifest that the log lacks, and for a chain named after nobody."""
    parts = parts_of(key)
    if (manifest := parts.manifest) is not None:
        state: ManifestState | None = facts.state(manifest)
        return () if state is None else concerned(facts, state)
    firm = firm_of(parts.chain)
    return (firm,) if firm else ()


def both_of(facts: Facts, key: str) -> tuple[str, str] | None:
    """移出人 and 接受人 of the key's manifest; ``None`` where there is none: nobody settles with himself."""
    manifest = parts_of(key).manifest
    state: ManifestState | None = None if manifest is None else facts.state(manifest)
    return None if state is None else (state.generator, state.receiver)


def authorities_of(facts: Facts) -> tuple[str, ...]:
    """A: every authority of the log."""
    return tuple(known.uscc for known in log_state(facts).authorities)
