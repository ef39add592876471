"""The documents that a bundle can be printed as (文书), by the name that stands in the file: which, about what chain, and how.

A verifier prints the one that the file says it is, and compares; what a file says decides nothing else.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from ledger.bundle import Bundle
from ledger.kinds.issuer import USES
from reports import attestation, transit
from reports.certificate import fields
from reports.certificate import render as certificate
from reports.dossier import render as dossier
from reports.dossier import single
from reports.excerpt import approval, listing
from reports.issuing import NO_SIGNERS, Signers
from reports.paper.tongue import Tongue
from signing.refusal import refuse

ATTESTATION = attestation.NAME
"""The document that no evidence proves: its paper counts by the issuer's signature alone, so nothing is printed again."""


class Document(Struct, frozen=True, kw_only=True):
    """One kind of document."""

    title: tuple[str, str]
    """Chinese and English."""
    chain_type: str
    """What the bundle is about."""
    render: Callable[[Bundle, bytes, Signers, Tongue], bytes]
    layout: int
    """Version of what is printed and where."""
    uses: tuple[str, ...]
    """Uses of the keys that sign it, where the log has such keys (``ledger.kinds.issuer.USES``)."""


_CLAIMED = tuple(USES)
DOCUMENTS: Mapping[str, Document] = {
    "certificate": Document(
        title=certificate.TITLE, layout=fields.LAYOUT, chain_type="manifest", render=certificate.render_certificate, uses=_CLAIMED
    ),
    "transit": Document(title=transit.TITLE, layout=transit.LAYOUT, chain_type="manifest", render=transit.render_transit, uses=_CLAIMED),
    "approval": Document(
        title=approval.TITLE, layout=approval.LAYOUT, chain_type="approval", render=approval.render_approval, uses=("pdf",)
    ),
    dossier.NAME: Document(title=dossier.TITLE, layout=dossier.LAYOUT, chain_type="party", render=dossier.render_dossier, uses=("pdf",)),
    single.NAME: Document(title=single.TITLE, layout=single.LAYOUT, chain_type="manifest", render=single.render_inspection, uses=("pdf",)),
    "list": Document(title=listing.TITLE, layout=listing.LAYOUT, chain_type="list", render=listing.render_list, uses=("pdf",)),
}


def layout_of(name: str, tongue: Tongue) -> str:
    """What a document says it is: ``certificate 7 zh``."""
    return f"{name} {DOCUMENTS[name].layout} {tongue}"


def title_of(name: str) -> tuple[str, str]:
    """What a document is called, in Chinese and English."""
    return attestation.TITLE if name == ATTESTATION else DOCUMENTS[name].title


def document_of(bundle: Bundle, said: str) -> str:
    """Which document a bundle is printed as: the one that is said if it is about such a chain, else the first that is.

    Refusal CERT_SUBJECT where there is none.
    """
    chain_type = bundle.subject.partition("/")[0]
    fitting = [name for name, document in DOCUMENTS.items() if document.chain_type == chain_type]
    if not fitting:
        raise refuse("CERT_SUBJECT", field="subject", found=bundle.subject, expected="manifest/…, approval/…, list/…, party/…")
    return said if said in fitting else fitting[0]


def render(
    name: str, bundle: Bundle, raw: bytes, signers: Signers = NO_SIGNERS, tongue: Tongue = "zh", days: tuple[str, str] = ("", "")
) -> bytes:
    """A document by its name; ``days``: first and last, of one that is about a period."""
    if name == dossier.NAME:
        return dossier.render_dossier(bundle, raw, signers, tongue, days)
    return DOCUMENTS[name].render(bundle, raw, signers, tongue)
