"""What a manifest does to the quota accounts: issue reserves, departure adds, the receipt settles to what was accepted, void releases.

Q2 belongs to a decision line, Q3 to the receiver's site; a line of the manifest draws its own decision line's account and the site's.
Settling is exact: afterwards a manifest holds on each account the grams that stayed with the receiver, no more and no less (kinds §1.6).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.admission.personality import Judged
from ledger.model import Findings
from ledger.times import year_of
from manifests.act import Entered
from manifests.mass import limits_of
from manifests.model import ManifestState
from whitelist.approval import approval_at
from whitelist.permit import permit_at
from whitelist.quota import Q3_PREFIX, q2_account, q3_account, q3_change, q3_key, q3_used_g


def root_of(state: ManifestState) -> str | None:
    """The site whose yearly scale the manifest draws on, by the first permit of its line; ``None`` where it draws on none."""
    last = next(reversed(state.drawn), "")  # accounts stand by name
    return last[len(Q3_PREFIX) :] if last.startswith(Q3_PREFIX) else None


def site_keys(state: ManifestState) -> tuple[str, ...]:
    """The register beside the site's account."""
    root = root_of(state)
    return () if root is None else (q3_key(root),)


def settle(state: ManifestState, kept_g: Sequence[int]) -> dict[str, int]:
    """Changes by account so that the manifest holds exactly ``kept_g`` (grams by line) on them; accounts that stay are left out."""
    return {account: change for account, held in state.drawn.items() if (change := _holding(state, account, kept_g) - held)}


def added(state: ManifestState, more_g: Sequence[int]) -> dict[str, int]:
    """Changes that reserve ``more_g`` (grams by line) beyond what the manifest holds."""
    return {account: change for account in state.drawn if (change := _holding(state, account, more_g))} if any(more_g) else {}


def _holding(state: ManifestState, account: str, grams: Sequence[int]) -> int:
    """Grams by line that belong on an account."""
    if account.startswith(Q3_PREFIX):
        return sum(grams)
    return sum(mass_g for line, mass_g in zip(state.lines, grams, strict=True) if account == decision_account(state, line.decision_line))


def decision_account(state: ManifestState, decision_line: int | None) -> str | None:
    """Account of the decision line that a line draws on."""
    return None if state.approval is None or decision_line is None else q2_account(state.approval, decision_line)


def site_reserved(entered: Entered, more_g: int) -> Mapping[str, Any]:
    """The site's register after a departure: more is reserved."""
    root = root_of(entered.before)
    return {} if root is None else q3_change(entered.facts, root, entered.admission, reserved_g=more_g)


def site_settled(entered: Entered, *kept: tuple[int, int]) -> Mapping[str, Any]:
    """The site's register after a void or a receipt: nothing is reserved any more; ``kept`` are the year of an acceptance and its grams."""
    root = root_of(entered.before)
    if root is None:
        return {}
    return q3_change(entered.facts, root, entered.admission, reserved_g=-entered.before.drawn[q3_account(root)], settled_g=kept)


def note_overdraft(judged: Judged, out: Findings, accepted_s: int, kept_g: Sequence[int]) -> None:
    """A receipt is a fact and may take an account beyond its limit: ALERT H QUOTA_OVERDRAWN; no new issue fits then."""
    state: ManifestState = judged.state
    decision = None if state.approval is None else approval_at(judged.facts, state.approval)
    for account, change in out.accounts.items():
        if change > 0 and not account.startswith(Q3_PREFIX):
            assert decision is not None, "a Q2 account belongs to a decision, and one that was drawn on is on the log"
            if judged.facts.used_g(account) + change > decision.lines[int(account.rpartition(" ")[2])].mass_g:
                out.alert("H", "QUOTA_OVERDRAWN")
    root, permit = root_of(state), permit_at(judged.facts, state.permit)
    if root is None or permit is None:
        return
    this_year, of_year = year_of(judged.moment.at_s), year_of(accepted_s)
    # Grams accepted in an earlier year were reserved in this one until now: they are new in theirs.
    change = sum(kept_g) - (state.drawn[q3_account(root)] if of_year >= this_year else 0)
    if change <= 0:
        return
    used_g = q3_used_g(judged.facts, root, this_year, of_year) + change
    if used_g * 1000 > permit.scale_g * limits_of(judged.facts).scale_limit_permille:
        out.alert("H", "QUOTA_OVERDRAWN")
