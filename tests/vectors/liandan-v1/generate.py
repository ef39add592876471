"""Write all vector files of this directory: ``python tests/vectors/liandan-v1/generate.py [DIRECTORY]``.

Running it twice gives the same bytes; a test compares a fresh run with the committed files.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import good
from story import closed_log, small_log


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(directory: Path) -> None:
    log = small_log()
    write(directory / "keys.json", {"party": good.keys(), "note": good.note_keys()})
    write(directory / "possession.json", good.possessions(log))
    write(directory / "payloads.json", good.payloads())
    write(directory / "envelopes.json", good.envelopes(log))
    write(directory / "statements.json", good.statements(log))
    write(directory / "log.json", good.log_file(log))
    write(directory / "log-closed.json", good.log_file(closed_log()))
    write(directory / "checkpoints.json", good.checkpoints(log))
    write(directory / "proofs.json", good.proofs(log))
    shutil.rmtree(directory / "export", ignore_errors=True)
    log.export(directory / "export")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
