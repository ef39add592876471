"""The check: may this transfer be made, and if not, for which reasons, all at once.

Pure, deterministic and total over any ``Transfer`` that its form lets in. ``manifest.issue`` admits by it and ``POST /v1/checks`` answers
from it, so a dry run and the act cannot differ. Source: design §7, law §7 with its corrections, kinds §5.
"""

from collections.abc import Sequence

from ledger.admission.personality import Reads
from ledger.directory import party_chain
from ledger.kinds.site import site_key
from ledger.model import Facts, Findings, chain_key
from whitelist.anew import of_transfer
from whitelist.approval import approval_at
from whitelist.checked import Asked, Checked, approval_of, emergency_of, look_up, pilot_of, refused_of
from whitelist.emergency import emergency_key
from whitelist.permit import permit_at
from whitelist.plan import plan_registers, plans_of, used_g
from whitelist.quota import newest_permit, q1_account, q2_account, q3_account, q3_key
from whitelist.remaining import balances, decided_lines, draws_of
from whitelist.rules import RULES, CheckRule
from whitelist.rules.number import number_key
from whitelist.rules.place import origin_owner, place_registers
from whitelist.rules.refused import refused_key
from whitelist.transfer import Answer, Transfer


def reads(transfer: Transfer, generator: str, at_s: int, facts: Facts) -> Reads:
    """What :func:`check` needs of a transfer that its generator states at ``at_s``. Call again once ``chains`` are loaded: permit, decision and
    plan then name what stands behind them."""
    plans = plans_of(transfer, generator, at_s)
    chains = [*map(party_chain, transfer.carriers), *plans]
    accounts: list[str] = []
    owner = origin_owner(generator, refused_of(transfer, facts))
    registers = [*place_registers(transfer.origin, owner), *place_registers(transfer.destination, transfer.receiver)]
    if transfer.returns is None:
        registers.append(refused_key(generator, transfer.receiver))
    if carried_on := transfer.carried_on:
        chains += carried_on
        registers += registers_of_carried(transfer)
    if transfer.plan is not None:
        site = transfer.plan.site
        registers += [] if site is None else [site_key(generator, site)]
        numbers = (line.plan_line for line in transfer.lines if line.plan_line is not None)
        registers += plan_registers(plans, site, numbers, facts)
    if transfer.number is not None:
        registers.append(number_key(transfer.number))
    if transfer.permit is not None:
        chains.append(transfer.permit)
        permit = permit_at(facts, transfer.permit) if facts.holds(chain_key(transfer.permit)) else None
        if permit is not None:
            accounts.append(q3_account(permit.root))
            registers.append(q3_key(permit.root))
            if facts.holds(q3_key(permit.root)):
                chains.append(newest_permit(facts, permit.root))
    if (emergency := emergency_of(transfer)) is not None:
        chains.append(emergency)
        registers.append(emergency_key(emergency))
    if (pilot := pilot_of(transfer, facts)) is not None:
        chains.append(pilot.list)
    approval = approval_of(transfer, facts)
    if approval is not None:
        chains.append(approval)
        if facts.holds(chain_key(approval)):
            for number, decided in decided_lines(transfer, approval_at(facts, approval)):
                accounts.append(q2_account(approval, number))
                if decided.listing is not None:
                    chains.append(decided.listing.list)
                    accounts.append(q1_account(decided.listing.list, decided.listing.row))
    return Reads(chains=tuple(chains), accounts=tuple(accounts), registers=tuple(registers))


def registers_of_carried(transfer: Transfer) -> list[str]:
    """What stands beside the manifests whose grams it carries on: their cases and returns, and what of their lines went on before. The values
    are the floor's above."""
    lots = [lots_key(lot.manifest, lot.line) for line in transfer.lines for lot in line.lots or ()]
    return [*map("manifest-cases:".__add__, transfer.carried_on), *lots]


def lots_key(manifest: str, line: int) -> str:
    """Key of the register of a line whose grams a collector sends on (kinds §1.5)."""
    return f"lots:{manifest} {line}"


def listed(transfer: Transfer, generator: str, at_s: int, facts: Facts) -> list[str]:
    """The chains of :func:`reads` alone, once all is loaded."""
    chains = [*map(party_chain, transfer.carriers), *plans_of(transfer, generator, at_s)]
    if transfer.permit is not None:
        chains.append(transfer.permit)
        permit = permit_at(facts, transfer.permit)
        if permit is not None:
            chains.append(newest_permit(facts, permit.root))
    chains += transfer.carried_on
    if (emergency := emergency_of(transfer)) is not None:
        chains.append(emergency)
    if (pilot := pilot_of(transfer, facts)) is not None:
        chains.append(pilot.list)
    approval = approval_of(transfer, facts)
    if approval is not None:
        decided = decided_lines(transfer, approval_at(facts, approval))
        chains += [approval, *[line.listing.list for _, line in decided if line.listing is not None]]
    return chains


def check(asked: Asked, facts: Facts, rules: Sequence[CheckRule] = RULES) -> Answer:
    """Judge a transfer by every rule; everything that :func:`reads` names must be loaded. Raises nothing a user could cause.

    ``rules`` are those of the ruleset in force: ``Kind.asks`` of ``manifest.issue/1``.
    """
    out = Findings()
    checked = judge(asked, facts, rules, out)
    return Answer(
        route=checked.route,
        reasons=tuple(out.reasons),
        draws=draws_of(checked),
        remaining=balances(checked),
        tags=out.sorted_tags(),
        alerts=out.sorted_alerts(),
        said=out.said,
        plan_left_g=tuple([_plan_left_g(checked, line.plan_line) for line in checked.transfer.lines]),
        listings=tuple(None if line is None or line.listing is None else (line.listing.list, line.listing.row) for line in checked.decided),
        anew=of_transfer(checked) if out.reasons else (),
    )


def judge(asked: Asked, facts: Facts, rules: Sequence[CheckRule], out: Findings) -> Checked:
    """What was looked up for the rules; what they found goes into ``out``."""
    checked = look_up(asked, facts)
    for rule in rules:
        rule(checked, out)
    return checked


def _plan_left_g(checked: Checked, number: int | None) -> int | None:
    """Grams left on a line of the plan."""
    plan, named = checked.plan, checked.transfer.plan
    line = None if plan is None else plan.line(number)
    if line is None or named is None or number is None or checked.transfer.goes_back:
        return None
    return line.mass_g - used_g(checked.facts, checked.plan_chain or "", named.site or "", number)
