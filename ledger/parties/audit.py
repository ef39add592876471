"""The audit of the names of parties: what a part of a name finds, compared with what the entries say."""

from collections.abc import AsyncIterator

import msgspec

from ledger.admission.entry import Entry
from ledger.auditing.disk_map import DiskMap
from ledger.auditing.report import Finding
from ledger.parties.model import NameRows, PartyRow
from ledger.parties.names import grams, lines_of, named_in, told


class NameFold:
    """Names as of the newest entry, made while the audit reads."""

    def __init__(self) -> None:
        self._rows = DiskMap(None, msgspec.msgpack.encode, lambda _, raw: msgspec.msgpack.decode(raw, type=PartyRow), hot=4_000)

    def watch(self, entry: Entry) -> None:
        """Give this to the audit, entry after entry."""
        for one in named_in(entry):
            self._rows.put(one.uscc, told(self._rows.get(one.uscc) or PartyRow(one.uscc, "", "", one.index), one))

    async def compare(self, rows: AsyncIterator[NameRows], size: int) -> list[Finding]:
        """Findings VIEW_DIFFERS of the names up to ``size``, where the projection stands; a party of which a later entry speaks is passed over."""
        findings: list[Finding] = []
        seen: set[str] = set()
        async for found in rows:
            seen.add(found.uscc)
            expected: PartyRow | None = self._rows.get(found.uscc)
            if expected is not None and expected.idx >= size:
                continue
            if expected is None or found.row != expected:
                findings.append(_differs(found.uscc, "party_name", str(found.row), str(expected)))
            elif found.folded != lines_of(expected.names) or frozenset(found.grams) != grams(found.folded):
                findings.append(_differs(found.uscc, "party_gram", "other rows", "what the name is found by"))
        for uscc, raw in self._rows.items():
            if uscc not in seen and msgspec.msgpack.decode(raw, type=PartyRow).idx < size:
                findings.append(_differs(uscc, "party_name", "no row", "a row"))
        return findings

    def close(self) -> None:
        """Forget everything."""
        self._rows.close()


def _differs(uscc: str, field: str, found: str, expected: str) -> Finding:
    return Finding(code="VIEW_DIFFERS", chain=f"party/{uscc}", field=field, found=found[:300], expected=expected[:300])
