"""How much of an account is used, as the newest entry of the bundle that moved it says; what moved it later is not in the bundle."""

from msgspec import Struct

from ledger.bundle import Bundle


class Used(Struct, frozen=True):
    """Grams used after the entry at ``index``; ``index`` is ``None`` for an account that no entry of the bundle moved."""

    grams: int
    index: int | None

    def left_g(self, limit_g: int) -> int:
        """What is left of a limit; negative where it was overdrawn."""
        return limit_g - self.grams


def used_of(bundle: Bundle) -> dict[str, Used]:
    """By name of the account."""
    return {row.account: Used(row.after_g, entry.index) for entry in bundle.entries for row in entry.admission.decision.accounts}
