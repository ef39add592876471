"""What the bodies of the acts on a manifest are made of."""

from typing import Annotated

from msgspec import field

from ledger.fields import Commitments, Count, Files, form, label
from whitelist.transfer import BodyPart

LineMassOrZero = Annotated[
    str, form(r"^(100000(\.0{1,6})?|(0|[1-9][0-9]{0,4})(\.[0-9]{1,6})?)$", "QTY", "tonnes, at most 100000, e.g. 5.600000")
]
"""R-09: no vehicle carries more; a receipt is bound by no quota, and no account may leave 2^53."""
LegNumber = Annotated[Count, label("运输段号", "leg, from 0")]


class Body(BodyPart, frozen=True, kw_only=True):
    """What every act has: commitments to personal data."""

    commit: Commitments = field(default_factory=dict)


class FiledBody(Body, frozen=True, kw_only=True):
    """An act that may come with attachments."""

    files: Files = ()
