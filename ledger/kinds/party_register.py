"""``party.register/1``: a party enters the log with its first keys, signed by the authority of its region (formats §3)."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Role, Window
from ledger.directory import PartyState, is_founder, log_state
from ledger.fields import Text, label
from ledger.findings import Findings
from ledger.kinds.registration import added_keys, judge_keys, key_registers, reads_new_keys, reserved_keys
from ledger.kinds.roles import guardians
from ledger.model import Admission, Statement
from signing.possession import KeyRegistration


class PartyRegister(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``party.register/1``."""

    name: Annotated[Text, label("单位名称", "name of the party")]
    keys: Annotated[tuple[KeyRegistration, ...], label("密钥", "first keys")]


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The authority of the region, any authority for a foreign party."""
    return guardians(facts, statement.owner)


def is_no_founder(judged: Judged, out: Findings) -> None:
    """Founders are registered at the founding."""
    if is_founder(judged.facts, judged.statement.owner):
        out.refuse("CHAIN_OWNER", "chain", judged.statement.owner, "neither operator nor authority")


def has_keys(judged: Judged, out: Findings) -> None:
    """At least one key, which proves possession and was never used here."""
    body: PartyRegister = judged.statement.body
    log = log_state(judged.facts)
    if not body.keys:
        out.refuse("FIELD_MISSING", "body.keys")
    judge_keys(out, body.keys, log.found, judged.statement.owner, "body.keys", reserved_keys(log), facts=judged.facts)


def evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The party exists, with its keys."""
    return added_keys(PartyState(name=statement.body.name), key_registers(statement.body.keys, statement.owner, admission.index))


KIND = Kind(
    name="party.register/1",
    zh="登记单位",
    en="registration of a party",
    body=PartyRegister,
    chain_type="party",
    roles=("authority of the region",),
    signers=signers,
    window=Window.DAY,
    reads=reads_new_keys,
    reads_doc="Nothing beside log/main: keys are compared with the register of all earlier keys.",
    rules=(is_no_founder, has_keys),
    evolve=evolve,
    books=None,
    effect=("该单位可以用所列密钥签署。", "The party may sign with the keys named."),
    opens=True,
)
