"""Who is asking: what a bearer token proves, as routes need it. A token speaks for one key of one party; reading is scoped by it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Caller(Struct, frozen=True):
    """An authenticated reader or poster."""

    uscc: str
    role: Literal["party", "authority", "operator"]
    keyid: str
    scope: tuple[str, ...] = ("read", "post")
    """What the token may be used for."""

    @property
    def reads_all(self) -> bool:
        """Authorities and the operator read every entry; a party reads what it takes part in (design §5)."""
        return self.role != "party"
