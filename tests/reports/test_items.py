"""item.comment and item.settle: whose matter a line of a month is, who settles it, and what the thread then says (kinds §9, formats §3)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.caller import Caller
from ledger.kinds.delegation import DelegationGrant
from reports.items.acts.comment import ItemComment
from reports.items.acts.settle import ItemSettle
from reports.items.model import parts_of
from reports.items.threads import is_for
from signing.refusal import Refusal
from tests.reports.story import CARRIERS, GENERATOR, PERMIT, RECEIVER, Story, trunk
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, uscc
from whitelist.item import ItemState

COMMENT, SETTLE = "item.comment/1", "item.settle/1"
HEIR = uscc("510112", 77)
KEY = f"M4 {trunk(1)} 0"
CLOSED: dict[str, Any] = {"closed_on": "2026-10-08", "reason": "注销（虚构）"}


@pytest.fixture
def story() -> Story:
    """One load that has departed, and an heir to be."""
    story = Story()
    story.bench.register(HEIR)
    story.issue(1)
    story.depart(1)
    return story


def thread(number: int = 1) -> str:
    return f"item/2026-10/01K90000000000000000TEM{number:03d}"


def comment(story: Story, by: str, key: str = KEY, number: int = 1, **more: Any) -> tuple[str, ...]:
    """The tags of a comment that is admitted."""
    entry = story.bench.post(COMMENT, thread(number), (by,), ItemComment(key=key, text="请核对磅单（虚构）"), **more)
    return tuple(code for code, *_ in entry.admission.decision.tags)


def settle(story: Story, *by: str, number: int = 1, **body: Any) -> ItemState:
    """The state of a thread that was settled."""
    story.bench.post(SETTLE, thread(number), by, ItemSettle(**{"outcome": "agreed", **body}))
    state: ItemState = story.bench.facts.state(thread(number))
    return state


def refused(act: Any, *args: Any, **more: Any) -> list[str]:
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    return caught.value.codes


def test_parties_of_the_manifest_and_any_authority_speak_and_nobody_else(story: Story) -> None:
    for party in (GENERATOR, RECEIVER, CARRIERS[0], AUTHORITY_51, AUTHORITY_50):
        assert comment(story, party) == ()
    assert story.bench.facts.state(thread()) == ItemState(key=KEY, firms=(GENERATOR, RECEIVER))
    for stranger in (CARRIERS[1], OPERATOR, HEIR):
        assert refused(comment, story, stranger) == ["NOT_CONCERNED"]
    assert refused(comment, story, GENERATOR, f"M4 {trunk(9)} 0", 2) == ["NOT_CONCERNED"]
    assert refused(comment, story, AUTHORITY_51, f"M4 {trunk(9)}", 2) == ["NOT_CONCERNED"], "there is no such manifest to speak about"
    assert refused(comment, story, GENERATOR, f"M4 {trunk(1)} 1", 2) == ["LINE_UNKNOWN"]
    assert refused(comment, story, GENERATOR, f"M4 {trunk(1)}") == ["ITEM_STATE"], "a thread is about one key"


@pytest.mark.parametrize("chain", [PERMIT, f"party/{RECEIVER}", f"book/{RECEIVER}/c1-2026-10/1.7"])
def test_what_is_named_after_a_firm_is_its_matter_and_an_authority_s(story: Story, chain: str) -> None:
    comment(story, RECEIVER, f"M1 {chain}")
    assert refused(comment, story, GENERATOR, f"M1 {chain}", 2) == ["NOT_CONCERNED"]
    assert refused(settle, story, RECEIVER) == ["SIGNER_ROLE"], "nobody settles with himself"
    assert settle(story, AUTHORITY_51, outcome="written_off").settled is not None


def test_a_delegate_a_successor_and_the_authority_of_a_closed_party_speak_for_it(story: Story) -> None:
    kinds = ("item.comment",)
    story.bench.post("delegation.grant/1", f"party/{GENERATOR}", (GENERATOR,), DelegationGrant(delegate=HEIR, kinds=kinds))
    assert comment(story, HEIR, principal=GENERATOR) == ("ON_BEHALF",)
    story.bench.post("party.amend/1", f"party/{RECEIVER}", (AUTHORITY_50,), {"successor": HEIR, **CLOSED})
    assert comment(story, HEIR) == ("ON_BEHALF",)
    assert settle(story, GENERATOR, HEIR).settled is not None


def test_both_firms_or_one_authority_settle_once_and_what_was_settled_stays(story: Story) -> None:
    comment(story, GENERATOR)
    for by in ((GENERATOR,), (RECEIVER,), (RECEIVER, GENERATOR), (AUTHORITY_51, AUTHORITY_50), (GENERATOR, CARRIERS[0])):
        assert refused(settle, story, *by)[0] in ("SIGNER_ROLE", "SIGNER_MISSING"), by
    settled = settle(story, GENERATOR, RECEIVER, outcome="written_off", amount_t="0.052").settled
    assert settled is not None
    assert (settled.outcome, settled.amount_g, settled.by) == ("written_off", 52_000, (GENERATOR, RECEIVER))
    assert refused(settle, story, AUTHORITY_50) == ["ITEM_STATE"]
    comment(story, RECEIVER)
    assert story.bench.facts.state(thread()).settled == settled
    comment(story, RECEIVER, number=2)
    assert settle(story, AUTHORITY_50, number=2).settled is not None, "another thread on the same item is settled for itself"


def test_keys_are_taken_apart_as_they_were_put_together() -> None:
    case = trunk(1).replace("manifest/", "case/") + "/01K9000000000000000000CASE"
    assert (parts_of(KEY).check, parts_of(KEY).manifest, parts_of(KEY).line) == ("M4", trunk(1), 0)
    assert (parts_of(f"M7 {case}").manifest, parts_of(f"M7 {case}").line) == (trunk(1), None)
    assert parts_of("M12 period/2026-10/51-50 3").manifest is None
    for form in ("M4", f"m4 {trunk(1)}", f"M4  {trunk(1)}", f"M4 {trunk(1)} 12345", f"M {trunk(1)}"):
        assert refused(comment, Story(), GENERATOR, form) == ["FIELD_TYPE"]


def test_what_authorities_say_among_themselves_is_not_for_a_firm_that_stands_beside_it() -> None:
    """A receiver's statement has the row of a list, a generator's decision and a number that several hold; their threads are not for it."""
    ours = (f"M4 {trunk(1)} 0", f"M10 permit/{RECEIVER}/a", f"M1 book/{RECEIVER}/c1-2026-10/x")
    others = ("M9 list/2026-51-50-cy 0", f"M9 approval/{GENERATOR}/a 0", "M6 number/20265101000001")
    firm, office = Caller(RECEIVER, "party", ""), Caller(AUTHORITY_50, "authority", "")
    assert [is_for(firm, key) for key in (*ours, *others)] == [True] * 3 + [False] * 3
    assert all(is_for(office, key) for key in (*ours, *others))
    assert is_for(Caller(CARRIERS[0], "party", "", stands_for=(GENERATOR,)), others[1]), "a successor reads what concerns the closed one"
