"""The faces of the desk, where each lands, and the words that stand on top of its pages.

A face is what somebody does, not who he is: one firm may be generator, carrier and receiver, and sees the way to each of its desks. At most
six words a face. Rights are not judged here: a page asks the services, which refuse.
"""

from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.directory import KeyRecord


class Tab(Struct, frozen=True):
    """One word of a navigation: where it leads and how it is called (zh, en)."""

    path: str
    zh: str
    en: str


class Face(Struct, frozen=True, kw_only=True):
    """One face: its name (zh, en), its first page, its tabs, and the addresses that are its own."""

    key: str
    zh: str
    en: str
    home: str
    tabs: tuple[Tab, ...]
    rooms: tuple[str, ...] = ()
    """Beginnings of addresses that belong to this face and no other of the same party."""


SIGN, KEYS, EVIDENCE, SEARCH = (
    Tab("/desk/sign", "待我签署", "To sign"),
    Tab("/desk/keys", "密钥", "Keys"),
    Tab("/desk/evidence", "存证", "Evidence"),
    Tab("/desk/search", "查找", "Search"),
)
CLERK = Face(
    key="clerk", zh="企业", en="Firm", home="/desk",
    tabs=(
        Tab("/desk", "今日", "Today"), Tab("/desk/manifests", "联单", "Manifests"), Tab("/desk/decisions", "批准与额度", "Decisions"), SIGN, EVIDENCE,
        KEYS,
    ),
)  # fmt: skip
DRIVER = Face(
    key="driver", zh="司机", en="Driver", home="/drive/", rooms=("drive",),
    tabs=(Tab("/drive/", "本趟", "This trip"), SIGN, EVIDENCE),
)  # fmt: skip
SCALE = Face(
    key="scale", zh="地磅", en="Weighbridge", home="/scale/", rooms=("scale",),
    tabs=(
        Tab("/scale/", "今日来车", "Arrivals"), Tab("/scale/due", "待确认", "To confirm"), Tab("/scale/stock", "待利用处置", "To be treated"), SIGN,
        Tab("/desk/months", "月度", "Month"), KEYS,
    ),
)  # fmt: skip
PROVINCE = Face(
    key="province", zh="主管部门", en="Authority", home="/province", rooms=("province",),
    tabs=(
        Tab("/province", "待办", "Inbox"), Tab("/province/lists", "白名单", "Whitelist"), Tab("/province/approvals", "审批", "Approvals"),
        Tab("/road", "在途", "On the road"), Tab("/province/months", "月度对账", "Months"), Tab("/province/audit", "审计", "Audit"),
    ),
)  # fmt: skip
INSPECTOR = Face(
    key="inspector", zh="执法", en="Inspector", home="/road", rooms=("road", "desk/search", "desk/evidence", "desk/keys"),
    tabs=(Tab("/road", "在途", "On the road"), SEARCH, Tab("/province", "待办", "Inbox"), EVIDENCE, KEYS),
)  # fmt: skip
READER = replace(INSPECTOR, tabs=(INSPECTOR.tabs[0], SEARCH, EVIDENCE, KEYS))
"""An office that an authority lets read: it inspects, and has no inbox of an authority's."""
OPERATOR = Face(
    key="operator", zh="运营单位", en="Operator", home="/province/audit",
    tabs=(Tab("/province/audit", "审计", "Audit"), Tab("/road", "在途", "On the road"), Tab("/province/months", "月度对账", "Months"), EVIDENCE, KEYS),
)  # fmt: skip
PUBLIC = Face(
    key="public", zh="公众", en="Public", home="/public",
    tabs=(Tab("/public", "公开与核验", "Open to everybody"), Tab("/v", "核验", "Verify")),
)  # fmt: skip
FACES: Mapping[str, Face] = {face.key: face for face in (CLERK, DRIVER, SCALE, PROVINCE, INSPECTOR, OPERATOR, PUBLIC)}
DRIVING = frozenset({"manifest.depart", "manifest.stop", "manifest.hand_over", "manifest.transship", "manifest.arrive"})
"""Kinds, without version, of a key that belongs into a truck."""


def faces_of(caller: Caller | None, record: KeyRecord | None, does: Collection[str] = ()) -> tuple[Face, ...]:
    """The faces of whoever asks, the one that he lands on first; ``record`` is his key, ``does`` as what manifests name his party."""
    if caller is None:
        return (PUBLIC,)
    if caller.role == "operator":
        return (OPERATOR,)
    if caller.role == "authority":
        return (INSPECTOR, PROVINCE) if record is not None and record.kinds else (PROVINCE, INSPECTOR)
    if record is not None and record.kinds and DRIVING.issuperset(record.kinds):
        return (DRIVER,)
    if caller.grants and not does:  # an office that an authority lets read: traffic police, a county's bureau
        return (READER,)
    own = [face for role, face in (("carrier", DRIVER), ("receiver", SCALE)) if role in does]
    return (SCALE, CLERK) if does == {"receiver"} else (CLERK, *own)


def face_of(faces: tuple[Face, ...], path: str) -> Face:
    """The face that a page belongs to: the one whose room it is, else the first."""
    asked = f"{path.strip('/')}/"
    return next((face for face in faces if any(asked.startswith(f"{room}/") for room in face.rooms)), faces[0])


def current_tab(face: Face, path: str) -> Tab | None:
    """The tab that a page is under: the longest one that its address begins with; the home page's own alone."""
    asked = path.rstrip("/") or "/"
    fitting = [
        tab
        for tab in face.tabs
        if asked == tab.path.rstrip("/") or (tab.path != face.home and asked.startswith(f"{tab.path.rstrip('/')}/"))
    ]
    return max(fitting, key=lambda tab: len(tab.path), default=None)
