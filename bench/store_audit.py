"""Audit of the checkpoint store: the promise against the published tree, the publisher's memory against the replay, row by row.

Not covered, because nothing follows from it: ``promise.epoch`` (a fencing counter that only grows; any value fences) and ``promise.digest``
once the promised size is published (it names a bundle that is not needed again). Bytes of the file outside live rows are not read by us;
SQLite refuses a file whose structure is broken.
"""

from ledger.auditing.disk_map import DiskFacts
from ledger.auditing.replay import Replay
from ledger.auditing.report import Finding, difference
from ledger.publishing.checkpoint_store import CheckpointStore


def audit_store(checkpoints: CheckpointStore, replay: Replay, *, origin: str, size: int, root: bytes) -> list[Finding]:
    """Findings, each with its row; ``replay`` has seen the ``size`` published entries under ``root``. The log must not be publishing."""
    promise = checkpoints.read()
    shadow_size, at_s = checkpoints.shadow_size()
    bound = checkpoints.bind(origin)
    compared: list[tuple[str, object, object]] = [
        ("origin.origin", bound, origin),
        ("promise.size", None if promise is None else promise.size, size),
        ("promise.root", None if promise is None else promise.root.hex(), root.hex()),
        ("shadow_size.size", shadow_size, replay.size),
        ("shadow_size.at_s", at_s, replay.at_s),
    ]
    findings = [_differs(field, "", found, expected) for field, found, expected in compared if found != expected]
    return findings + _memory(checkpoints, replay)


def _memory(checkpoints: CheckpointStore, replay: Replay) -> list[Finding]:
    """What the publisher decides from must be what the entries give."""
    assert isinstance(replay.facts, DiskFacts), "the audit keeps its facts in a file"
    expected = dict(replay.facts.disk.items())
    findings: list[Finding] = []
    for key, value in checkpoints.shadow():
        wanted = expected.pop(key, None)
        if wanted != value:
            findings.append(_differs("shadow.value", key, value.hex(), "no row" if wanted is None else wanted.hex()))
    return findings + [_differs("shadow.key", key, "missing", wanted.hex()) for key, wanted in expected.items()]


def _differs(field: str, key: str, found: object, expected: object) -> Finding:
    return difference("STORE_DIFFERS", field, found, expected, chain=key)
