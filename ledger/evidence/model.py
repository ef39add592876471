"""What the evidence store answers, and what a look at files finds."""

from msgspec import Struct


class EvidenceTaken(Struct, frozen=True, kw_only=True):
    """A file that was taken in. ``is_new`` is about this party: whether others have it, nobody is told."""

    sha256: str
    size: int
    media_type: str
    """What it goes out with, by its own first bytes."""
    is_new: bool
    unnamed_until: str
    """Kept until then at least; for ever once an entry names it that this party takes part in."""


class HeldFile(Struct, frozen=True, kw_only=True):
    """A file that a reader may have."""

    sha256: str
    size: int
    media_type: str


class FilesChecked(Struct, frozen=True, kw_only=True):
    """Files compared with their hashes, and with those that entries name. What is missing is no fault of the log: it is said, by hash."""

    named: int
    here: int
    """Of those, the ones that are there and whole."""
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    """Files whose bytes have another hash than their name says."""
    unnamed: int
    """Whole files that no entry names."""
