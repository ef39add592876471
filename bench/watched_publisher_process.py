"""``liandan.publisher_process`` with a watch over its stages: SIGUSR1 starts counting, SIGUSR2 ends it and writes the file named."""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

from bench.watch import STAGES, Watch
from liandan import publisher_process


def main(found: Path) -> None:
    """Run the publisher as the server would."""
    watch, main_thread = Watch(STAGES), threading.get_ident()
    signal.signal(signal.SIGUSR1, lambda *_: watch.begin(main_thread))
    signal.signal(signal.SIGUSR2, lambda *_: found.write_text(json.dumps(watch.end())))
    publisher_process.main()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
