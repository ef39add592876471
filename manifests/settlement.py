"""What a manifest does to the quota accounts: issue reserves, the receipt settles to what was accepted, void and rejection release.

Q2 belongs to a decision line, Q3 to the receiver's permit; a line of the manifest draws its own decision line's account and the permit's.
Settling is exact: afterwards a manifest holds on each account the grams that stayed with the receiver, no more and no less (design §7).
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.admission.facts import Facts
from ledger.findings import Findings
from ledger.model import Admission, Moment
from ledger.times import year_of
from manifests.model import ManifestState
from signing.refusal import texts
from whitelist.approval import approval_at
from whitelist.permit import permit_at
from whitelist.quota import Q3_PREFIX, SiteYear, q2_account, q3_change, q3_key, q3_used_g
from whitelist.thresholds import thresholds_of


def account_chains(state: ManifestState) -> tuple[str, ...]:
    """Chains that say how much the accounts may hold: the permit and the decision."""
    return (state.permit,) if state.approval is None else (state.permit, state.approval)


def account_registers(state: ManifestState) -> tuple[str, ...]:
    """Registers that go with the accounts a manifest holds."""
    return tuple(q3_key(account.removeprefix(Q3_PREFIX)) for account in state.drawn if account.startswith(Q3_PREFIX))


def years_after(before: ManifestState, after: ManifestState, admission: Admission, facts: Facts) -> dict[str, SiteYear]:
    """Registers of the site's years after an act: a receipt or a void takes out what was reserved, and what was accepted is its year's."""
    found: dict[str, SiteYear] = {}
    if _is_reserved(before) and not _is_reserved(after):
        for account in before.drawn:
            if account.startswith(Q3_PREFIX):
                accepted_s = after.times.accepted_s
                settled = () if accepted_s is None else ((year_of(accepted_s), after.drawn[account]),)
                root = account.removeprefix(Q3_PREFIX)
                found |= q3_change(facts, root, admission, reserved_g=-before.drawn[account], settled_g=settled)
    return found


def _is_reserved(state: ManifestState) -> bool:
    return state.times.received_s is None and state.times.voided_s is None


def settle(state: ManifestState, kept_g: Sequence[int]) -> dict[str, int]:
    """Changes by account so that the manifest holds exactly ``kept_g`` (grams by line) on them; accounts that stay are left out."""
    changes = {account: _holding(state, account, kept_g) - held for account, held in state.drawn.items()}
    return {account: change for account, change in changes.items() if change}


def release(state: ManifestState) -> dict[str, int]:
    """Changes that give back everything the manifest holds."""
    return settle(state, [0] * len(state.lines))


def _holding(state: ManifestState, account: str, kept_g: Sequence[int]) -> int:
    """Grams of ``kept_g`` that belong on an account."""
    if account.startswith(Q3_PREFIX):
        return sum(kept_g)
    return sum(kept for line, kept in zip(state.lines, kept_g, strict=True) if account == _decision_account(state, line.decision_line))


def _decision_account(state: ManifestState, decision_line: int | None) -> str | None:
    return None if state.approval is None or decision_line is None else q2_account(state.approval, decision_line)


def note_overdraft(state: ManifestState, changes: dict[str, int], facts: Facts, moment: Moment, out: Findings) -> None:
    """A receipt is a fact: it may take an account beyond its limit; then ALERT H QUOTA_OVERDRAWN, and the check refuses new issues."""
    year = year_of(moment.at_s)
    for account, change in changes.items():
        if change <= 0:
            continue
        if account.startswith(Q3_PREFIX):
            permit, limits = permit_at(facts, state.permit), thresholds_of(facts)
            total_g = q3_used_g(facts, account.removeprefix(Q3_PREFIX), year) + change
            over = permit is not None and limits is not None and total_g * 1000 > permit.scale_g * limits.scale_limit_permille
        else:
            over = facts.used_g(account) + change > _decided_g(state, account, facts)
        if over:
            out.alert("H", "QUOTA_OVERDRAWN")


def _decided_g(state: ManifestState, account: str, facts: Facts) -> int:
    assert state.approval is not None, "a Q2 account belongs to a decision"
    approval = approval_at(facts, state.approval)
    assert approval is not None, "a decision that was drawn on is on the log"
    return approval.lines[int(account.rpartition(" ")[2])].mass_g


TEXTS = texts("""
QUOTA_OVERDRAWN | R-33 | both_authorities | Order 23 Art. 28(1) [READ]; design §7 [DESIGN]
按接受量结算后，额度已超出批准数量或经营规模上限。 || 停止在该额度下新开联单，重新申请或等待额度恢复。
Settled by the accepted mass, an account is beyond the decision or the permit's limit. || Issue nothing more on this account; apply anew or wait for quota.
""")
