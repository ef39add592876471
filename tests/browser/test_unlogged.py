"""The page and ``liandan verify`` give one answer to signed statements that are not in the log: whole, forged, malformed, with pins and without."""

from __future__ import annotations

import json

import pytest

from tests.browser.conftest import Desk, codes
from tests.reports.test_unlogged import (
    CARRIER,
    FORGED,
    MALFORMED,
    OLD,
    PHONE,
    acts,
    before_the_end,
    bench,
    evidence,
    file_of,
    malformed,
    report,
)
from tests.workbench import ORIGIN


def agree(desk: Desk, raw: bytes, pin: str) -> str:
    ours, theirs = report(raw, pin or None), desk.verify(raw, pin)
    assert (theirs["verdict"], theirs["form"]) == (ours.verdict, ours.form)
    assert codes(theirs, "findings")[:1] == tuple(one.code for one in ours.findings)[:1]
    assert codes(theirs, "notes") == tuple(one.code for one in ours.notes)
    if not ours.findings:
        said = ("subject", "kind", "origin", "size", "found", "entries", "signatures")
        assert {name: theirs[name] for name in said} == {name: getattr(ours, name) for name in said}
        assert [one["found"] for one in theirs["notes"]][1:] == [one.found for one in ours.notes][1:]
    return str(ours.verdict)


def test_the_page_says_who_signed_what_and_that_it_is_not_in_the_log(shared_desk: Desk) -> None:
    raw = file_of(*acts(PHONE, PHONE))
    assert agree(shared_desk, raw, bench().found) == "unlogged"
    assert agree(shared_desk, raw, "") == "unpinned"
    entry = bench().entries[-1]
    assert agree(shared_desk, file_of(entry.envelope), bench().found) == "unlogged"
    assert agree(shared_desk, file_of(*acts(PHONE), bundle=b""), bench().found) == "bad", "no key is known"


@pytest.mark.parametrize("name", FORGED)
def test_it_finds_the_same_forgeries(shared_desk: Desk, name: str) -> None:
    assert agree(shared_desk, FORGED[name][0](), bench().found) == "bad"


@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_it_refuses_the_same_files(shared_desk: Desk, number: int) -> None:
    raw = malformed(MALFORMED[number])
    ours, theirs = report(raw, bench().found), shared_desk.verify(raw, bench().found)
    assert theirs["verdict"] == ours.verdict
    assert theirs["findings"]


def test_the_evidence_is_not_taken_for_a_file_of_its_own(shared_desk: Desk) -> None:
    fields = json.loads(file_of(*acts(PHONE)))
    assert (fields["origin"], shared_desk.verify(evidence(), bench().found)["verdict"]) == (ORIGIN, "good")


def test_keys_come_from_a_bundle_that_lies_beside_it(shared_desk: Desk) -> None:
    files = {"road.json": file_of(*acts(PHONE), bundle=b""), "bundle.json": evidence()}
    verdicts = {
        one["file"]: one["verdict"] for one in shared_desk.verify_together(files, {"found": bench().found, "vkeys": [], "policy": ""})
    }
    assert verdicts == {"road.json": "unlogged", "bundle.json": "good"}


def test_evidence_that_lies_beside_it_knows_of_a_key_that_has_ended(shared_desk: Desk) -> None:
    files = {"road.json": file_of(*acts(OLD), bundle=before_the_end()), "bundle.json": evidence()}
    pins = {"found": bench().found, "vkeys": [], "policy": ""}
    assert shared_desk.verify(files["road.json"], bench().found)["verdict"] == "unlogged"
    told = {one["file"]: one for one in shared_desk.verify_together(files, pins)}
    assert (told["road.json"]["verdict"], codes(told["road.json"], "findings")) == ("bad", ("KEY_NOT_VALID",))


def test_a_person_sees_who_signed(shared_desk: Desk) -> None:
    raw = file_of(*acts(PHONE, PHONE))
    assert shared_desk.show(raw, "road.json", "application/json") in ("unlogged", "unpinned")
    told = str(shared_desk.do(lambda page: page.locator("article").first.inner_text()))
    for word in ("manifest.stop/1", CARRIER):
        assert word in told, told
