"""The table of kinds: what it prepares before threads use it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import pytest

from ledger import chain
from ledger.chain import check_chain_name
from reports.kinds import all_kinds
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_50, OPERATOR, Workbench
from whitelist.acts import PERSONALITY as WHITELIST

READERS = """
import sys, threading
from ledger.admission.form import read_body
from reports.kinds import all_kinds
from signing.refusal import Refusal

sys.setswitchinterval(1e-6)
kinds, begun = all_kinds(), []

def read():
    begun.append(1)
    while len(begun) < 4:
        pass
    for kind in kinds.by_name.values():
        try:
            read_body(dict.fromkeys(kind.body.__struct_encode_fields__, "x"), kind.body)
        except Refusal:
            pass

threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_what_a_closed_party_never_signs_and_what_may_begin_a_chain() -> None:
    """Kinds §1.2 and §1.8, read from the kinds themselves."""
    kinds = all_kinds().by_name.values()
    assert {kind.name for kind in kinds if kind.barred_when_closed} == {"manifest.issue/1", "approval.apply/1", "manifest.depart/1"}
    own = {kind.name for kind in kinds if kind.chain_type == "party" and kind.name not in ("party.register/1", "party.amend/1")}
    again = {kind.name for kind in kinds if kind.opens and kind.again}
    others = {
        "approval.apply/1",
        "log.refusals/1",
        "pd.erase/1",
        "issuer.key/1",
        "case.report/1",
        "plan.file/1",
        "number.settle/1",
        "item.comment/1",
        "period.close/1",
    }
    assert again == own | others
    first = {"log.found/1", "party.register/1", "permit.grant/1", "list.propose/1", "manifest.issue/1"}
    cases = {
        "case.number/1",
        "case.hold/1",
        "case.close_with_gap/1",
        "case.contest/1",
        "case.amend_propose/1",
        "emergency.declare/1",
        "incident.report/1",
        "incident.unmanifested/1",
    }  # each its own chain
    found = {kind.name for kind in kinds if kind.opens and not kind.again}
    assert found - first == {kind.name for kind in kinds if kind.name in cases}
    assert found >= first


@pytest.mark.parametrize(
    ("chain", "parties"),
    [
        ("list/2026-51-50-mercury", ()),
        (f"permit/{OPERATOR}/01KB2Z8Q6V0000000000000011", (OPERATOR,)),
        (f"party/{OPERATOR}", (OPERATOR,)),
        (f"case/{OPERATOR}/01KB2Z8Q6V0000000000000031/01KB2Z8Q6V0000000000000041", (OPERATOR,)),
        ("log/main", ()),
    ],
)
def test_a_chain_is_named_after_parties_where_its_grammar_says_so(chain: str, parties: tuple[str, ...]) -> None:
    """A list may be named ``mercury``, which makes 18 characters (kinds §14)."""
    assert all_kinds().parties_in(chain) == parties


@pytest.mark.parametrize(("name", "refused"), [("mercury", ["PREDECESSOR_MISSING"]), ("Mercury", ["CHAIN_FORM"])])
def test_18_characters_are_no_party_by_themselves(name: str, refused: list[str]) -> None:
    bench = Workbench([WHITELIST])
    body = {"rows_hash": "0" * 64, "letter_no": "x", "letter_date": "2026-01-01"}
    with pytest.raises(Refusal) as caught:
        bench.post("list.countersign/1", f"list/2026-51-50-{name}", (AUTHORITY_50,), body, seq=1)
    assert caught.value.codes == refused


def test_names_that_no_chain_of_ours_can_have_are_not_kept() -> None:
    """They are read before any signature holds: 8,192 names of 24 KiB would be 200 MB."""
    before = chain._is_chain_name.cache_info().currsize
    for name in ("a" * 24_000 + "/b", "铅" * 6_000):
        with suppress(Refusal):
            check_chain_name(name)
    assert chain._is_chain_name.cache_info().currsize == before


def test_threads_may_be_the_first_to_read_a_kind() -> None:
    done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", READERS], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[:1000]
