"""Where the published vectors lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parent.parent / "vectors"


def load(path: str) -> Any:
    """A vector file, parsed; its origin stands in SOURCE beside it."""
    return json.loads((VECTORS / path).read_text("utf-8"))
