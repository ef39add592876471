"""Who signs the log's own kinds: operator, authorities, the party of the chain, or the guardians of its keys (formats §3).

None of these kinds moves an account.
"""

from functools import partial

from msgspec import Struct

from ledger.admission.personality import Kind, Role, Window
from ledger.directory import LOG_MAIN, authorities_of_party, is_founder, log_state
from ledger.model import Facts, Statement

AUTHORITIES_MAX = 7


def everyone(statement: Statement, facts: Facts) -> list[Role]:
    """Acts on ``log/main``: the operator, then every authority in force, in order of admission."""
    log = log_state(facts)
    return [Role("operator", (log.operator,)), *(Role(f"authority {a.name}", (a.uscc,)) for a in log.authorities)]


def operator(statement: Statement, facts: Facts) -> list[Role]:
    """Acts of the operator alone."""
    return [Role("operator", (log_state(facts).operator,))]


def the_party(statement: Statement, facts: Facts) -> list[Role]:
    """Acts of the party whose chain it is."""
    return [Role("party", (statement.owner,))]


def guardians(statement: Statement, facts: Facts) -> list[Role]:
    """Who may act on a party's keys in its stead: the authority of its region (any authority for a foreign party); for an authority the
    operator and all others, for the operator all authorities."""
    log, uscc = log_state(facts), statement.owner
    if uscc == log.operator:
        return [Role(f"authority {a.name}", (a.uscc,)) for a in log.authorities]
    if is_founder(facts, uscc):
        others = [a for a in log.authorities if a.uscc != uscc]
        return [Role("operator", (log.operator,)), *(Role(f"authority {a.name}", (a.uscc,)) for a in others)]
    holders, foreign = authorities_of_party(log, uscc)
    return [Role("authority of the region", holders, foreign)]


def party_or_guardians(statement: Statement, facts: Facts) -> list[Role]:
    """The party itself, or who may act in its stead."""
    return the_party(statement, facts) if statement.by == (statement.owner,) else guardians(statement, facts)


class Counted(Struct, frozen=True, gc=False):
    """State of ``log/erasures`` and ``log/issuers``: how many acts opened something there."""

    count: int


def one_more(statement: Statement, facts: Facts) -> Counted:
    """The state of such a chain after one act more."""
    state: Counted | None = facts.state(statement.chain)
    return Counted(1 if state is None else state.count + 1)


act_of_everyone = partial(
    Kind, chain_type="log", chain=LOG_MAIN, roles=("operator", "authority …"), signers=everyone, window=Window.MONTH, books=None
)
act_of_operator = partial(
    Kind, chain_type="log", roles=("operator",), signers=operator, window=Window.DAY, books=None, opens=True, again=True
)
act_of_party = partial(
    Kind, chain_type="party", roles=("the party",), signers=the_party, window=Window.DAY, books=None, opens=True, again=True
)
