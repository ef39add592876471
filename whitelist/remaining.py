"""What a load draws, and what is left on every account that bounds it: before it and after it."""

from collections import Counter

from whitelist.approval import ApprovalState, DecisionLine
from whitelist.checked import Checked
from whitelist.emergency import ceiling_used_g, emergency_key
from whitelist.plan import plan_used_key, used_g
from whitelist.quota import AccountBalance, q1_account, q2_account, q3_account, q3_used_g
from whitelist.transfer import Transfer


def decided_lines(transfer: Transfer, approval: ApprovalState | None) -> list[tuple[int, DecisionLine]]:
    """Numbers and lines of the decision that the transfer names and that were approved."""
    if approval is None:
        return []
    numbers = dict.fromkeys(line.decision_line for line in transfer.lines if line.decision_line is not None)
    return [(number, line) for number in numbers if (line := approval.line(number)) is not None]


def draws_of(checked: Checked) -> dict[str, int]:
    """Grams that an issue would add: Q2 per decision line, Q3 for all lines together."""
    draws: dict[str, int] = {}
    for _, number, grams in checked.drawn():
        account = q2_account(checked.transfer.approval or "", number)
        draws[account] = draws.get(account, 0) + grams
    if checked.permit is not None:
        draws[q3_account(checked.permit.root)] = checked.total_g
    return draws


def balances(checked: Checked) -> tuple[AccountBalance, ...]:
    """Q2 of each decision line and Q1 of the listing that it was given on, Q3 of the site, the ceiling of the emergency, lines of the plan.

    A load draws nothing on Q1: the decision has committed its line there. A plan binds by an alert alone, so it may be filled without end.
    """
    found: list[AccountBalance] = []
    facts, transfer, draws = checked.facts, checked.transfer, draws_of(checked)
    for number, line in decided_lines(transfer, checked.approval):
        account = q2_account(transfer.approval or "", number)
        mass_g = line.mass_g
        found.append(
            AccountBalance(
                quota="Q2",
                account=account,
                limit_g=mass_g,
                most_g=mass_g,
                used_g=facts.used_g(account),
                this_g=draws.get(account, 0),
            )
        )
        listed = None if line.listing is None else checked.lists.get(line.listing.list)
        row = None if listed is None or line.listing is None else listed.row(line.listing.row)
        if listed is not None and row is not None and line.listing is not None:
            account = q1_account(line.listing.list, line.listing.row)
            used, held = facts.used_g(account), {transfer.approval or "": mass_g}
            limit_g = listed.limit_g(line.listing.row, checked.today, held)
            found.append(AccountBalance(quota="Q1", account=account, limit_g=limit_g, most_g=limit_g, used_g=used))
    if (permit := checked.permit) is not None:
        account, limits = q3_account(permit.root), checked.thresholds
        found.append(
            AccountBalance(
                quota="Q3",
                account=account,
                limit_g=permit.scale_g,
                most_g=permit.scale_g if limits is None else permit.scale_g * limits.scale_limit_permille // 1000,
                used_g=q3_used_g(facts, permit.root, checked.year),
                this_g=draws[account],
            )
        )
    if checked.emergency is not None and checked.emergency_chain is not None:
        account, limit_g = emergency_key(checked.emergency_chain), checked.emergency.ceiling_g
        used = ceiling_used_g(facts, checked.emergency_chain)
        found.append(
            AccountBalance(quota="emergency", account=account, limit_g=limit_g, most_g=limit_g, used_g=used, this_g=checked.total_g)
        )
    return (*found, *_of_plan(checked))


def _of_plan(checked: Checked) -> list[AccountBalance]:
    """Lines of the plan that the load moves out on; none of what goes home."""
    plan, named, chain = checked.plan, checked.transfer.plan, checked.plan_chain
    if plan is None or named is None or chain is None or checked.transfer.goes_back:
        return []
    masses = Counter[int]()
    for line, grams in zip(checked.transfer.lines, checked.masses, strict=True):
        if plan.line(line.plan_line) is not None and line.plan_line is not None:
            masses[line.plan_line] += grams
    site, found = named.site or "", []
    for number, grams in masses.items():
        limit_g, used = plan.lines[number].mass_g, used_g(checked.facts, chain, site, number)
        account = plan_used_key(chain, site, number)
        found.append(AccountBalance(quota="plan", account=account, limit_g=limit_g, most_g=limit_g, used_g=used, this_g=grams))
    return found
