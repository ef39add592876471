"""The worked example on its morning, as a log to be asked: who asks, for what, and the words for changing it."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.manifests.driver import GENERATOR, NUMBER, an_issue
from tests.manifests.test_worked_example import Example
from tests.workbench import AUTHORITY_50, AUTHORITY_51, uscc
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.list_propose import ListPropose
from whitelist.acts.list_rows import ListRows, Row
from whitelist.acts.permit import PermitGrant
from whitelist.fields import Method, PermitItem, Place, Scope

OTHER_GENERATOR = uscc("510300", 301)
OTHER_RECEIVER = uscc("500103", 302)
OTHER_PERMIT = f"permit/{OTHER_RECEIVER}/01K9000000000000000000PRM2"
OTHER_APPROVAL = f"approval/{OTHER_GENERATOR}/01K9000000000000000000APR3"
OTHER_LIST = "list/2026-50-51-cy"
ZINC = "336-051-17"
METHODS: tuple[Method, ...] = ("R4", "R5", "R15")


def transfer(**changes: Any) -> dict[str, Any]:
    """The first load of 2026-11-05 as a dry run asks for it; ``None`` leaves a field out."""
    asked = {"generator": GENERATOR, **msgspec.json.decode(msgspec.json.encode(an_issue(number=NUMBER))), **changes}
    return {name: value for name, value in asked.items() if value is not None}


def strangers(bench: Example) -> Example:
    """Two more parties with a permit, a pending application and a list of their own, other wastes, other direction."""
    bench.register(OTHER_GENERATOR, "自贡锐锋表面处理有限公司（虚构）")
    bench.register(OTHER_RECEIVER, "重庆渝北固废利用有限公司（虚构）")
    grant_permit(bench, OTHER_PERMIT)
    line = ApplicationLine(name="含铜污泥", code=ZINC, category="HW17", hazards=("T",), mass_t="10", method="R4")
    body = ApprovalApply(
        receiver=OTHER_RECEIVER,
        permit=OTHER_PERMIT,
        origin=Place(division="510304", address="自贡市大安区三路3号（虚构）"),
        applied_to="2026-12-31",
        lines=(line,),
    )
    bench.post("approval.apply/1", OTHER_APPROVAL, (OTHER_GENERATOR,), body)
    propose_list(bench, OTHER_LIST, AUTHORITY_50)
    return bench


def grant_permit(bench: Example, chain: str) -> None:
    """A permit for HW17."""
    item = PermitItem(category="HW17", scope="ALL", methods=METHODS)
    body = PermitGrant(
        no="CQ2",
        permit_class="permit",
        valid_from="2026-01-01",
        valid_to="2027-12-31",
        division="500103",
        address="重庆市渝中区二路2号（虚构）",
        items=(item,),
        scale_t="100",
    )
    bench.post("permit.grant/1", chain, (AUTHORITY_50,), body)


def propose_list(bench: Example, chain: str, by: str = AUTHORITY_51, count: int = 3) -> None:
    """A proposed list of some rows, 1 t each, one method a row."""

    def listing(method: Method) -> Row:
        waste = Scope(category="HW17", scope="ALL")
        return Row(receiver=OTHER_RECEIVER, permit=OTHER_PERMIT, waste=waste, methods=(method,), quota_t="1")

    terms = ListPropose(
        letter_no="函〔2026〕1号（虚构）",
        letter_date="2026-10-20",
        effective_from="2026-01-01",
        effective_to="2026-12-31",
        kind="mutual",
        suspension_stops="issue",
        rows=count,
        pages=1,
    )
    bench.post("list.propose/1", chain, (by,), terms)
    bench.post("list.rows/1", chain, (by,), ListRows(page=0, rows=tuple(map(listing, METHODS[:count]))))
