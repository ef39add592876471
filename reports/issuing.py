"""Which keys sign documents and claims in the name of a log: what its evidence tells (``issuer.key``, kinds §2), and nothing else."""

from collections.abc import Callable, Mapping

from ledger.bundle import Bundle
from ledger.kinds.issuer import Issuer, issuer_key
from ledger.times import day_of, parse_at

Signers = Mapping[str, Callable[[bytes], bytes]]
"""Signing functions at hand, by keyid."""


def issuers(bundle: Bundle, use: str) -> dict[str, Issuer]:
    """Keys of this use that count at the bundle's checkpoint, by keyid, newest registration first.

    One for documents has a certificate, without which no reader of PDF takes its signature. One that was retired counts no more: what it signed before is told by a bundle of before. Its days are those of the newest entry.
    """
    prefix, today = issuer_key(""), day_of(parse_at(bundle.entries[-1].admission.at))
    known = {name.removeprefix(prefix): value for name, value in bundle.facts.values.items() if name.startswith(prefix)}
    good = {
        name: issuer
        for name, issuer in known.items()
        if issuer is not None
        and issuer.use == use
        and issuer.retired is None
        and issuer.valid_from <= today <= issuer.valid_to
        and (issuer.cert or use != "pdf")
    }
    return dict(sorted(good.items(), key=lambda item: -item[1].added))
