"""Who is asking: what a bearer token proves, as routes need it. A token speaks for one key of one party; reading is scoped by it."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from ledger.directory import Grant


class Caller(Struct, frozen=True):
    """An authenticated reader or poster."""

    uscc: str
    role: Literal["party", "authority", "operator"]
    keyid: str
    scope: tuple[str, ...] = ("read", "post")
    """What the token may be used for."""
    grants: tuple[Grant, ...] = ()
    """What authorities let it read beyond what it takes part in (``access.grant``), in force now."""

    @property
    def reads_all(self) -> bool:
        """Authorities and the operator read every entry; a party reads what it takes part in (design §5)."""
        return self.role != "party"


def reads(caller: Caller, topic: str, places: Iterable[str]) -> bool:
    """Whether a reader may read something of a topic (manifest, approval, list, permit, incident) that touches these places.

    Places are divisions (origin, destination, facility, place of an event) and characters 3-8 of the USCCs of the parties concerned, or
    shorter codes. What a party takes part in, it reads besides: that is for whoever asks to judge.
    """
    if caller.reads_all:
        return True
    known = tuple(places) if caller.grants else ()
    return any(grant.covers(topic, known) for grant in caller.grants)
