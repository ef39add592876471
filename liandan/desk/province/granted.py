"""/province for an office below the province: no office of the log, but a reader whom an authority lets read about its regions (``access.grant``)."""

from __future__ import annotations

from msgspec import Struct

from ledger.caller import Caller
from ledger.kinds.access import TOPICS
from ledger.log import Log
from ledger.problem import Language
from ledger.times import day_at, format_at
from liandan.desk.names import names_for


class GrantRow(Struct, frozen=True, kw_only=True):
    """What one authority lets the reader read, in words."""

    authority: str
    regions: str
    topics: str
    until: str
    """Empty where it has no end."""


async def read_granted(log: Log, caller: Caller, language: Language) -> tuple[GrantRow, ...]:
    """Grants in force, as they were given."""
    codes = {region: region.ljust(6, "0") for grant in caller.grants for region in grant.regions}
    named = await names_for(log, language, (grant.authority for grant in caller.grants), codes.values())
    return tuple(
        GrantRow(
            authority=named([grant.authority]),
            regions=named(codes[region] for region in grant.regions),
            topics=("、" if language == "zh" else ", ").join(
                TOPICS[topic] if language == "zh" else topic.replace("_", " ") for topic in grant.topics
            ),
            until="" if grant.until_s is None else day_at(format_at(grant.until_s)),
        )
        for grant in caller.grants
    )
