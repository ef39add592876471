"""A party as it is kept for searches by name."""

from msgspec import Struct


class PartyRow(Struct, frozen=True):
    """A party as it is listed; ``idx`` is the newest entry about its name or its end."""

    uscc: str
    name: str
    closed_on: str
    idx: int
    names: tuple[str, ...] = ()  # Every name, the present one last.
    since: tuple[int, ...] = ()  # The entry that gave each of them.
    successor: str = ""  # Of a closed party.


class NameRows(Struct, frozen=True):
    """All that is kept of one party's name; ``row`` is ``None`` where only pairs of it are left."""

    uscc: str
    row: PartyRow | None
    folded: str
    grams: list[str]
