"""A log that grows by appending entries and can be written out as an export directory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bytes_v1 as v1

Signer = tuple[str, v1.Key]


@dataclass(frozen=True)
class Act:
    """What a party is about to sign."""

    kind: str
    chain: str
    body: Mapping[str, Any]
    by: tuple[Signer, ...]
    at: str
    principal: str | None = None
    seen: Mapping[str, Any] | None = None
    spaced: bool = False


def body_bytes(act: Act, seq: int, prev: str) -> bytes:
    """The signed JSON; ``spaced`` acts show that white space and field order inside a body are free."""
    fields: dict[str, Any] = {"kind": act.kind, "chain": act.chain, "seq": seq, "prev": prev, "by": [party for party, _ in act.by]}
    if act.principal is not None:
        fields["for"] = act.principal
    fields["at"] = act.at
    if act.seen is not None:
        fields["seen"] = dict(act.seen)
    fields["body"] = dict(act.body)
    if act.spaced:
        return json.dumps(dict(reversed(fields.items())), ensure_ascii=False, indent=1).encode()
    return v1.compact(fields)


@dataclass
class Log:
    """Entries in order, with the heads of their chains."""

    origin: str
    log_key: v1.Key
    witnesses: dict[str, v1.Key]
    found: str = ""
    ruleset: str = ""
    entries: list[bytes] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    heads: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    data: dict[str, bytes] = field(default_factory=dict)
    checkpoints: dict[int, bytes] = field(default_factory=dict)

    @property
    def leaves(self) -> list[bytes]:
        return [v1.leaf_hash(entry) for entry in self.entries]

    def next_link(self, chain: str) -> tuple[int, str]:
        """seq and prev of the next statement of a chain."""
        if chain in self.heads:
            seq, prev, _ = self.heads[chain]
            return seq + 1, prev
        return 0, v1.found_prev(self.origin) if not self.found else v1.genesis_prev(self.found, chain)

    def add(self, act: Act, admitted: str, facts: Iterable[str] = (), **decision: Any) -> int:
        """Sign and append; ``facts`` are chain names, ``decision`` may hold route, tags, alerts, accounts."""
        seq, prev = self.next_link(act.chain)
        body = body_bytes(act, seq, prev)
        index = len(self.entries)
        admission = {
            "index": index,
            "at": admitted,
            "ruleset": self.ruleset,
            "facts": [[chain, self.heads[chain][2]] for chain in sorted(facts)],
            "decision": {
                **({"route": decision["route"]} if "route" in decision else {}),
                **{name: decision.get(name, []) for name in ("tags", "alerts", "accounts")},
            },
        }
        frozen = v1.envelope(body, [signer for _, signer in act.by])
        self.entries.append(v1.compact({"v": 1, "statement": frozen, "admission": admission}))
        self.hashes.append(v1.statement_hash(body))
        self.heads[act.chain] = (seq, self.hashes[-1], index)
        if act.kind == "log.found/1":
            self.found = self.hashes[-1]
        return index

    def adopt(self, raw: bytes) -> str:
        """Keep a data file; its SHA-256 in hex."""
        name = v1.sha256(raw).hex()
        self.data[name] = raw
        return name

    def checkpoint(self, stamps: Mapping[str, int]) -> bytes:
        """Sign the present size; witnesses cosign with the given timestamps."""
        leaves = self.leaves
        text = v1.checkpoint_text(self.origin, len(leaves), v1.tree_root(leaves))
        lines = [v1.log_line(self.origin, self.log_key, text)]
        for name in sorted(stamps, key=lambda n: v1.vkey(n, 4, self.witnesses[n].raw)):
            lines.append(v1.witness_line(name, self.witnesses[name], text, stamps[name]))
        note = (text + "\n" + "".join(lines)).encode()
        self.checkpoints[len(leaves)] = note
        return note

    def export(self, directory: Path) -> None:
        """Write the static files of the newest checkpoint's size."""
        size = max(self.checkpoints)
        leaves = self.leaves[:size]
        files: dict[str, bytes] = {"checkpoint": self.checkpoints[size]}
        files |= {f"checkpoints/{at}": note for at, note in self.checkpoints.items()}
        files |= {f"data/{name}": raw for name, raw in self.data.items()}
        files["log.vkey"] = (v1.vkey(self.origin, 1, self.log_key.raw) + "\n").encode()
        for start in range(0, size, 256):
            part = self.entries[start : min(start + 256, size)]
            bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
            files[v1.tile_path("entries", start // 256, len(part))] = bundle
        level, step = 0, 1
        while size // step:
            nodes = [v1.tree_root(leaves[i * step : (i + 1) * step]) for i in range(size // step)]
            for start in range(0, len(nodes), 256):
                part = nodes[start : start + 256]
                files[v1.tile_path(str(level), start // 256, len(part))] = b"".join(part)
            level, step = level + 1, step * 256
        for path, raw in files.items():
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw)
