"""How much of an account is used, as the newest entry of the bundle that moved it says; what moved it later is not in the bundle."""

from msgspec import Struct

from ledger.bundle import Bundle
from reports.paper.grid import tonnes
from reports.paper.tongue import say


class Used(Struct, frozen=True):
    """Grams used after the entry at ``index``; ``index`` is ``None`` for an account that no entry of the bundle moved."""

    grams: int
    index: int | None

    def left_g(self, limit_g: int) -> int:
        """What is left of a limit; negative where it was overdrawn."""
        return limit_g - self.grams

    @property
    def text(self) -> str:
        """Tonnes, and the entry that says so."""
        mass = tonnes(self.grams, weighed=False)
        return mass if self.index is None else say(f"{mass}（序位 {self.index}）", f"{mass} (at {self.index})")


def used_of(bundle: Bundle) -> dict[str, Used]:
    """By name of the account."""
    return {row.account: Used(row.after_g, entry.index) for entry in bundle.entries for row in entry.admission.decision.accounts}
