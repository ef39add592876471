"""The manifests' part of the audit of a live database: every row of the projection against views folded from the audited entries."""

from contextlib import suppress
from typing import Any

import msgspec

from ledger.admission.entry import Entry
from ledger.auditing.disk_map import DiskMap
from ledger.auditing.report import Finding
from manifests.view import ManifestView, columns, concerns, fold

_DECODE = msgspec.msgpack.Decoder(ManifestView).decode
_STUMBLES = (LookupError, ValueError, TypeError, AttributeError, AssertionError)
"""What a fold may raise over entries that should not be in the log; the audit has named them."""


class ViewFold:
    """Views of all manifests, folded while the audit reads; most of them wait in a file."""

    def __init__(self) -> None:
        self.views = DiskMap(None, msgspec.msgpack.Encoder().encode, lambda _, raw: _DECODE(raw), hot=4_000)

    def watch(self, entry: Entry) -> None:
        """Give this to the audit."""
        chain = concerns(entry)
        if chain is None:
            return
        with suppress(*_STUMBLES):
            self.views.put(chain, fold(self.views.get(chain), entry))

    def compare(self, row: dict[str, Any]) -> list[Finding]:
        """Findings VIEW_DIFFERS of one row of ``manifest_view``: the view and every column made from it."""
        expected: ManifestView | None = self.views.get(row["chain"])
        if expected is None:
            return [_differs(row["chain"], "view", "a row", "no such manifest")]
        return [_differs(expected.chain, name, row[name], value) for name, value in columns(expected).items() if row[name] != value]

    def close(self) -> None:
        """Forget everything."""
        self.views.close()


def missing(chain: str) -> Finding:
    """A manifest of the log that has no row."""
    return _differs(chain, "view", "no row", "a row")


def position(found: int, expected: str, chain: str = "") -> Finding:
    """A projection that does not stand where its rows and the log say."""
    return Finding(code="VIEW_DIFFERS", chain=chain, field="projection_position.idx", found=str(found), expected=expected)


def _differs(chain: str, column: str, found: object, expected: object) -> Finding:
    return Finding(code="VIEW_DIFFERS", chain=chain, field=f"manifest_view.{column}", found=str(found)[:300], expected=str(expected)[:300])
