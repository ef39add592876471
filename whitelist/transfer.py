"""The question that the check answers: a transfer as somebody wants to make it.

``WasteLine`` is wire form: the same Struct stands in ``manifest.issue`` and in ``POST /v1/checks``. ``Transfer`` is what both become.
Masses travel as decimal tonne strings (``"5.600000"``, at most 6 decimals, unit t) and are integer grams inside.
Source: law §2 part 1 of the form (Order 23 Art. 10(4), 13, 27).
"""

from __future__ import annotations

from msgspec import Struct

from ledger.model import Alert, Tag
from signing.refusal import Reason


class Pieces(Struct, frozen=True, forbid_unknown_fields=True):
    """Piece count beside the mass (HJ 1259 5.5): ``{"count":120,"unit":"只"}``."""

    count: int
    unit: str


class WasteLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One waste (废物) of one vehicle-trip, as part 1 of the form asks. Content is judged by rules R-06 to R-10, not by types."""

    name: str
    """废物名称: the name on the decision line; with ``code`` it identifies the line (R-31)."""
    code: str
    """废物代码 ``NNN-NNN-CC``."""
    category: str
    """废物类别 ``HWnn``."""
    hazards: tuple[str, ...]
    """危险特性: T C I R In."""
    components: str | None = None
    """有害成分."""
    form: str
    """形态: S 固态, SS 半固态, L 液态, G 气态."""
    packing: str
    """包装方式: bag 袋, drum 桶, tank 罐, box 箱, other 其他."""
    packs: int
    """包装数量."""
    mass_t: str
    """移出量, tonnes."""
    unit: str = "t"
    pieces: Pieces | None = None
    method: str
    """拟利用处置方式, e.g. ``R4``."""
    decision_line: int | None = None
    """Line of the approval, from 0; required when the transfer names an approval."""
    identification: str | None = None
    """Reference of the identification report (鉴别报告) for ``900-000-CC`` (R-07)."""
    exemption: int | None = None
    """Item of the exemption list (豁免管理清单) that the generator claims and whose conditions it attests.

    It waives one link, never the manifest.
    """


class Transfer(Struct, frozen=True, kw_only=True):
    """A transfer to be checked."""

    generator: str
    """USCC of 移出人."""
    origin: str
    """GB/T 2260 division (6 digits) of the site it leaves."""
    receiver: str
    """USCC of 接受人."""
    destination: str
    """Division of the site it goes to."""
    consignor: str
    """托运人: ``generator`` or ``receiver`` (R-12)."""
    mode: str = "road"
    """运输方式: road rail water pipeline other; ``sea`` is refused (R-13)."""
    permit: str
    """Chain of the receiver's permit, ``permit/<receiver>/<ULID>``."""
    approval: str | None = None
    """Chain of the decision, ``approval/<generator>/<ULID>``; absent inside one province."""
    number: str | None = None
    """National 14-digit number (联单编号), if it has been given already."""
    lines: tuple[WasteLine, ...]


class Answer(Struct, frozen=True, kw_only=True):
    """What ``check`` answers. With reasons the transfer is refused; ``draws`` are grams that an issue would add, by account name."""

    route: str
    """``INTRA``, ``LISTED`` or ``APPROVED``."""
    reasons: tuple[Reason, ...] = ()
    draws: dict[str, int]
    left_g: dict[str, int]
    """Grams left on each account before this transfer (Q1 of the listing too, for information)."""
    tags: tuple[Tag, ...] = ()
    alerts: tuple[Alert, ...] = ()
    listings: tuple[tuple[str, int] | None, ...] = ()
    """Per line: the listing (list chain, row) its decision line was given on, or ``None``."""
