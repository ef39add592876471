"""Clocks that run on chains, found by who must act and by since when: ``clock``, one row a holder, term and chain.

A row is a text in its view (``manifest_view.clocks``, ``registry_view.clocks``) and columns in the table. What a term is and how long it runs
nobody knows here: a due day is worked out by whoever asks, who gives the moments between which he wants to see each term.
"""

from __future__ import annotations

from msgspec import Struct

ANYBODY = "*"
"""Holder of a row by which a chain is found whoever must act."""
FILE_TERM = "attachment"
"""The term of files that are owed; its item names the file and who may have brought it."""


class ClockRow(Struct, frozen=True, gc=False, order=True):
    """One row; ``item`` tells clocks of one term and chain apart: a case, or a file with everybody who may have brought it, by commas."""

    who: str
    term: str
    since_s: int
    chain: str
    item: str = ""
    is_over: bool = False
    """Of a file: that the store has it."""


class Stretch(Struct, frozen=True, gc=False):
    """Rows of one term that are wanted: behind a place, and before a moment."""

    term: str
    since_s: int
    chain: str = ""
    item: str = ""
    before_s: int = 2**62


def clock_text(who: str, term: str, since_s: int, item: str) -> str:
    """A row as its view has it."""
    return f"{who} {term} {since_s} {item}"
