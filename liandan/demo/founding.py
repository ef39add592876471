"""``log.found`` of the demonstration: operator, two authorities, the data in force, a simulated clock."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

from ledger.admission.personality import CURRENT, RULESETS
from ledger.admission.statement import Draft
from ledger.chain import founding_prev
from ledger.directory import LOG_MAIN
from ledger.kinds.founding import Adopted, FoundingAuthority, FoundingParty, LogFound
from ledger.times import format_at
from ledger.tree.checkpoint import log_vkeys
from liandan.demo import calendar
from liandan.demo.cast import CHONGQING, OPERATOR, SICHUAN
from liandan.demo.keys import Keyring
from signing.envelope import Envelope
from whitelist.adopted import DataFile

ORIGIN = "demo.liandan.example/2026"


NO_WITNESSES = ("quorum none",)


def founding(
    keyring: Keyring, seed: int, files: Iterable[tuple[DataFile, bytes]], witness_policy: tuple[str, ...] = NO_WITNESSES
) -> Envelope:
    """The signed founding statement. ``files`` are the data sets to adopt with their content."""
    authorities = (SICHUAN, CHONGQING)
    ruleset = RULESETS[CURRENT]
    body = LogFound(
        origin=ORIGIN,
        nonce=b64encode(sha256(f"liandan/demo/{seed}/nonce".encode()).digest()).decode(),
        log_keys=tuple(log_vkeys(ORIGIN, [keyring.key("log")])),
        operator=FoundingParty(OPERATOR.uscc, OPERATOR.name, (keyring.registration(ORIGIN, OPERATOR.uscc),)),
        authorities=tuple(
            FoundingAuthority(firm.uscc, firm.name, (firm.province,), (keyring.registration(ORIGIN, firm.uscc),)) for firm in authorities
        ),
        ruleset=Adopted(ruleset.name, ruleset.version, ruleset.sha256),
        data=tuple(sorted((Adopted(file.name, file.version, sha256(raw).hexdigest()) for file, raw in files), key=lambda one: one.name)),
        witness_policy=witness_policy,
        clock="simulated",
    )
    by = (OPERATOR.uscc, *(firm.uscc for firm in authorities))
    draft = Draft(kind="log.found/1", chain=LOG_MAIN, seq=0, prev=founding_prev(ORIGIN), by=by, at=format_at(calendar.FOUNDED), body=body)
    return draft.sign([keyring.key(uscc) for uscc in by])
