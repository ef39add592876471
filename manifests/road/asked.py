"""What one field was filled in with: a plate, a number, a firm, a site, a label, the code of a paper, or a part of any of them.

Plates, waybills and tickets are read in normal form, labels as their scanner gives them. What is none of them is looked for by how it begins.
"""

import re
from typing import Literal

from msgspec import Struct

from ledger.chain import ULID, USCC
from ledger.fields import normal
from manifests.labels import read_label
from manifests.vehicles import is_plate
from signing.phrase import Phrase
from signing.refusal import refuse
from signing.uscc import check_uscc
from whitelist.transfer import NUMBER

ASKED_MAX = 1_024
"""Characters: the address that the code of a paper holds is the longest of what is scanned."""
What = Literal["all", "manifest", "ulid", "number", "firm", "site", "label", "plate", "waybill", "text"]
_MANIFEST = re.compile(rf"(?:.*/)?({USCC}/{ULID})(?:[/?#].*)?")
_SITE = re.compile(rf"({USCC})[/ ]([^/ ]{{1,40}})")


class RoadAsked(Struct, frozen=True):
    """What is asked about; ``value`` is its normal form: ``<generator>/<ULID>``, ``<USCC>/<site>``, a label of 37 characters."""

    what: What
    value: str
    text: str
    """As it was written, without blanks around it."""


EVERYTHING = RoadAsked("all", "", "")
"""Nothing in particular: all that moves, is late or contradicts itself."""


def read_asked(written: str) -> RoadAsked:
    """The reading of a field; Refusal QUERY_FORM for nothing, and for more than is ever scanned."""
    text = " ".join(written.split())
    found = normal(text)
    if not found or not found.isprintable() or len(text) > ASKED_MAX:
        expected = Phrase("车牌、联单编号、单位、场所或者标签", "a plate, a number, a firm, a site or a label")
        raise refuse("QUERY_FORM", field="q", found=ascii(text[:60]), expected=expected)
    upper = text.upper()
    if match := _MANIFEST.fullmatch(text) or _MANIFEST.fullmatch(upper):
        return RoadAsked("manifest", match[1], text)
    if match := _SITE.fullmatch(text):
        return RoadAsked("site", f"{match[1]}/{match[2]}", text)
    if NUMBER.fullmatch(found):
        return RoadAsked("number", found, text)
    if re.fullmatch(ULID, upper):
        return RoadAsked("ulid", upper, text)
    if re.fullmatch(USCC, found) and check_uscc(found):
        return RoadAsked("firm", found, text)
    if read_label(text) is not None:
        return RoadAsked("label", found, text)
    return RoadAsked("plate" if is_plate(found) else "text", found, text)
