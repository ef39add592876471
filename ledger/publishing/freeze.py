"""Freezing: why the log stopped, kept where people find it (design §5).

Reads go on; ``liandan log status`` explains, ``liandan log cut`` leads on.
"""

import json
from collections.abc import Sequence

from ledger.publishing.cosigning import Contradicted
from ledger.publishing.files import LogFiles
from ledger.witnessing.answers import Contradiction
from signing.b64 import encode

EVIDENCE = "evidence"


class Mismatch(Exception):
    """The database contradicts itself or what was promised. Nothing may be signed until people have looked."""

    def __init__(self, why: str, proof: Sequence[bytes] = ()) -> None:
        super().__init__(why)
        self.proof = tuple(proof)  # the consistency proof that does not hold, if it is one


def write_evidence(files: LogFiles, error: Exception, ours: bytes | None) -> str:
    """Write what is known about a freeze under ``evidence/``; returns the path. The same finding again adds no file."""
    found: dict[str, object] = {"why": str(error), "kind": type(error).__name__, "published": None if ours is None else ours.decode()}
    name = "mismatch"
    if isinstance(error, Mismatch) and error.proof:
        found["proof"] = list(map(encode, error.proof))
    if isinstance(error, Contradicted):
        name = "contradiction"
        found["theirs"] = [_theirs(one) for one in error.contradictions]
    content = json.dumps(found, ensure_ascii=False, indent=1).encode()
    path = f"{EVIDENCE}/{name}-{len(files.evidence()):04d}.json"
    known = [files.read(f"{EVIDENCE}/{old}") for old in files.evidence()]
    if content in known:
        return f"{EVIDENCE}/{files.evidence()[known.index(content)]}"
    files.write(path, content)
    return path


def _theirs(one: Contradiction) -> dict[str, object]:
    notes = {"note": one.note.decode("utf-8", "replace"), "ours": one.ours.decode()}
    return {
        "witness": one.witness,
        "kind": one.kind.value,
        "size": one.size,
        "root": one.root.hex(),
        **notes,
        "proof": list(map(encode, one.proof)),
    }


def contradicting_notes(files: LogFiles) -> list[tuple[str, bytes]]:
    """Notes of our own key that froze the log, with the file that keeps each: they are held against the tree at every start."""
    notes: list[tuple[str, bytes]] = []
    for name in files.evidence():
        raw = files.read(f"{EVIDENCE}/{name}")
        if raw is not None and name.startswith("contradiction-"):
            notes += [(name, str(one["note"]).encode()) for one in json.loads(raw)["theirs"]]
    return notes
