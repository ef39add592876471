"""``python -m tests.vectors.corpus [DIRECTORY]``: make the frozen corpus again.

``frozen.txt`` lists the hash of every statement that ever stood there: new ones are added, none is ever taken out.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.vectors.corpus.story import corpus_log
from tests.vectors.second_reader import VECTORS

FROZEN = Path(__file__).with_name("frozen.txt")


def frozen() -> list[str]:
    """Statement hashes in the order in which they were frozen."""
    return FROZEN.read_text(encoding="utf-8").split() if FROZEN.exists() else []


def main(directory: Path) -> None:
    """Write the export, and what is new to the list."""
    log, known = corpus_log(), frozen()
    shutil.rmtree(directory, ignore_errors=True)
    log.export(directory)
    hashes = [*known, *(digest for digest in log.hashes if digest not in known)]
    FROZEN.write_text("".join(f"{digest}\n" for digest in hashes), encoding="utf-8")
    sys.stdout.write(f"{len(log.entries)} entries in {directory}, {len(hashes) - len(known)} statements new\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else VECTORS / "log")
