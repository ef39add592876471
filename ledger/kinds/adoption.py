"""Which files a statement adopts. A log that adopts what it does not hold could never be audited, nor decide anything."""

from __future__ import annotations

from collections.abc import Callable

from ledger.kinds.founding import Adopted, LogFound
from ledger.model import Statement
from signing.refusal import Reason


def missing_files(statement: Statement, has: Callable[[str], bool]) -> list[Reason]:
    """DATA_MISSING for each adopted file that ``has(path)`` does not find under ``data/``."""
    body = statement.body
    if isinstance(body, LogFound):
        adopted = {"body.ruleset": body.ruleset} | {f"body.data.{position}": item for position, item in enumerate(body.data)}
    elif isinstance(body, Adopted):
        adopted = {"body": body}
    else:
        return []
    return [
        Reason("DATA_MISSING", f"{field}.sha256", item.sha256[:64], f"data/<sha256> for {item.name} {item.version}"[:200])
        for field, item in adopted.items()
        if not has(f"data/{item.sha256}")
    ]
