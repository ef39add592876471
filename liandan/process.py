"""How a server process runs its interpreter. Set once, by whoever begins the process; a library never does.

Collecting: whatever a request makes is freed by counting references. The collector of cycles would look through all that lives, statements
that wait and facts that are kept among it, after every 700 new objects; it took a fifth of the CPU of a post. So it comes rarely, and never
looks at what was there before the first request.

Switching: the event loop gives the interpreter lock away at every read and write of a socket, and while the publisher decides entries
again on its thread, it waits a whole switching interval to get it back. The default of 5 ms is longer than a whole request.
"""

from __future__ import annotations

import gc
import sys

COLLECT_AFTER = (50_000, 20, 20)
SWITCH_S = 0.0005


def tune() -> None:
    """Call after the imports and before serving."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_S)
