"""The audit of the feed's index: for whom each entry stands there, compared with what the entries say.

Whoever edits the index hides an entry from somebody's feed and webhooks, or shows it to a stranger; nothing else in the log would tell.
"""

from collections.abc import AsyncIterator
from hashlib import blake2b

import msgspec

from ledger.admission.entry import Entry
from ledger.auditing.disk_map import DiskMap
from ledger.auditing.report import Finding
from manifests.naming import Reports, noted
from manifests.readers import Begun, begun_after, goes_by_its_beginning, readers_of
from manifests.referring import ReferenceFold
from manifests.view import ManifestView, ViewFold, concerns, position

MARK = 8
"""Bytes kept of the keys of an entry: a million entries take 8 MB. To edit the index unseen somebody has to meet 64 bits of each entry."""
FOUND_MAX = 100
_UNSEEN = bytes(MARK)


class FeedFold:
    """Marks of the keys that each entry must stand under, made while the audit reads, after the views of the same entries."""

    def __init__(self, views: ViewFold, references: ReferenceFold | None = None) -> None:
        """``references`` are told who reads each entry, too."""
        self._views, self._marks, self._references, self._reports = views, bytearray(), references, Reports()
        self._begun = DiskMap(None, msgspec.msgpack.encode, lambda _, raw: msgspec.msgpack.decode(raw, type=Begun), hot=4_000)

    def watch(self, entry: Entry) -> None:
        """Give this to the audit, entry after entry; it passes them on to the views."""
        trunk = concerns(entry)
        before = None if trunk is None else self._views.views.get(trunk)
        self._views.watch(entry)
        named = self._note_named(entry)
        view = None if trunk is None else self._views.views.get(trunk)
        keys = readers_of(entry, view, self._note_begun(entry), named)
        if self._references is not None:
            self._references.note(entry, view, before, keys)
        at = entry.index * MARK
        self._marks.extend(bytes(max(0, at + MARK - len(self._marks))))
        self._marks[at : at + MARK] = _mark(keys)

    def about(self, entry: Entry) -> tuple[str, ...]:
        """Manifests whose views an entry changes: its own, or those that it names from another chain."""
        trunk = concerns(entry)
        return self._reports.named_by(entry) if trunk is None else (trunk,)

    def _note_begun(self, entry: Entry) -> Begun | None:
        """What is known of the readers of a chain after an entry, where it goes by that."""
        if not goes_by_its_beginning(entry):
            return None
        chain, is_first = entry.statement.chain, entry.statement.seq == 0
        begun: Begun | None = None if is_first else self._begun.get(chain)
        if is_first or entry.statement.chain_type == "list":
            begun = begun_after(begun, entry)
            self._begun.put(chain, begun)
        return begun

    def _note_named(self, entry: Entry) -> list[ManifestView]:
        """Views of the manifests that an entry of another chain names, after it."""
        found = list[ManifestView]()
        for chain in self._reports.named_by(entry):
            if (view := self._views.views.get(chain)) is not None:
                found.append(noted(view, entry))
                self._views.views.put(chain, found[-1])
        return found

    async def compare(self, rows: AsyncIterator[tuple[int, list[str]]], size: int) -> list[Finding]:
        """Findings VIEW_DIFFERS of the index up to ``size``, where the projection stands; ``rows`` are its entries in order with their keys.
        Entries that could not be read are passed over: the audit has named them."""
        findings: list[Finding] = []
        following = 0
        async for index, keys in rows:
            if index >= size:
                findings.append(position(size, f"more than {index}"))
                break
            findings += [_differs(missed, "no row") for missed in range(following, index) if self._at(missed) != _UNSEEN]
            if self._at(index) not in (_UNSEEN, _mark(keys)):
                findings.append(_differs(index, " ".join(sorted(keys))))
            following = index + 1
            if len(findings) >= FOUND_MAX:
                return findings[:FOUND_MAX]
        findings += [_differs(missed, "no row") for missed in range(following, size) if self._at(missed) != _UNSEEN]
        return findings[:FOUND_MAX]

    def _at(self, index: int) -> bytes:
        return bytes(self._marks[index * MARK : (index + 1) * MARK]) or _UNSEEN

    def close(self) -> None:
        """Forget everything."""
        self._begun.close()


def _mark(keys: list[str] | tuple[str, ...]) -> bytes:
    """No key holds a line feed: they are made of codes of parties, topics and divisions."""
    return blake2b("\n".join(sorted(keys)).encode(), digest_size=MARK).digest()


def _differs(index: int, found: str) -> Finding:
    expected = "the keys of everybody whom the entry is for (manifests.readers)"
    return Finding(code="VIEW_DIFFERS", index=index, field="feed_reader", found=found[:300], expected=expected)
