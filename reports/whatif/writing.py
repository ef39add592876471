"""The result as files: the same result, the same bytes."""

from collections.abc import Sequence
from pathlib import Path

from reports.paper.tongue import Tongue, speaking
from reports.whatif.page import to_html
from reports.whatif.result import WhatIf
from reports.whatif.text import to_json, to_text
from reports.whatif.workbook import to_xlsx

FORMS = {"html": to_html, "xlsx": to_xlsx, "txt": to_text}
"""By suffix; the JSON has no language."""


def stem(result: WhatIf) -> str:
    """``whatif-2026-51-50-cy``."""
    return f"whatif-{result.list.removeprefix('list/')}"


def write(result: WhatIf, directory: Path, tongues: Sequence[Tongue] = ("zh",)) -> list[Path]:
    """Write everything in these languages; OSError where that fails."""
    directory.mkdir(parents=True, exist_ok=True)
    made = {f"{stem(result)}.json": to_json(result)}
    for tongue in tongues:
        with speaking(tongue):
            for suffix, to_bytes in FORMS.items():
                made[f"{stem(result)}.{suffix}" if tongue == "zh" else f"{stem(result)}.{tongue}.{suffix}"] = to_bytes(result)
    for name, content in made.items():
        (directory / name).write_bytes(content)
    return [directory / name for name in made]
