"""Named places where a crash must be survivable: a drill arms one, and the process dies there as if by ``kill -9``.

Nothing outside the process can arm a point: there is no setting and no variable for it, only :func:`arm`, which the crash campaign calls
in the server process it is about to lose (bench/crash.py). Unarmed, reaching a point is one comparison. What each crash leaves behind and
who mends it stands at the place itself: ledger/admission/sequencer.py and ledger/publishing/publisher.py.
"""

import os
import signal

POINTS = (
    *("append.before_commit", "append.after_commit", "publish.after_decision", "publish.before_stage", "publish.after_stage"),
    *("publish.after_swap", "publish.after_unpack", "publish.after_sign", "publish.after_witness", "publish.after_show"),
)
"""In the order in which a statement passes them. Each is the after of the one before it."""
PENDING_POINTS = ("pending.after_last", "pending.before_settle")
"""What only a statement passes that several have signed at the relay (ledger/pending): between its last signature and its posting, and between
its entry and the note of it."""

_armed: dict[str, int] = {}  # passages that are left before the process dies, by point


def arm(name: str, passages: int = 1) -> None:
    """Die at the ``passages``-th time that ``name`` is reached from now on."""
    assert name in POINTS + PENDING_POINTS, name
    assert passages > 0
    _armed[name] = passages


def crash_point(name: str) -> None:
    """Say that a point is reached; returns unless a drill has armed it."""
    if name in _armed:
        _armed[name] -= 1
        if _armed[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
