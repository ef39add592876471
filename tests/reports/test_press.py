"""Printing on request: signed by the keys at hand or not at all, drawn once and kept."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.bundle import open_bundle
from reports import press as module
from reports.certificate.render import render_certificate
from reports.issuing import Signers
from reports.kinds import all_kinds
from reports.press import Cache, Press
from reports.verify import verify_bytes
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.reports.story import Story, ordinary

KINDS = all_kinds()


@cache
def told() -> tuple[Story, PrivateKey, PrivateKey, bytes]:
    """A log with a key for papers and one for codes."""
    story = Story()
    keys = story.issuer(), story.issuer("claim")
    story.ordinary(123)
    with ThreadPoolExecutor(1) as elsewhere:  # a loop may run here
        raw = elsewhere.submit(lambda: asyncio.run(story.bundle(123))).result()
    return story, *keys, raw


def signing() -> tuple[bytes, Signers]:
    """The bundle and what it is signed with."""
    _, paper, code, raw = told()
    return raw, {paper.keyid: paper.sign, code.keyid: code.sign}


def test_a_log_that_signs_prints_nothing_unsigned() -> None:
    story, paper, code, raw = told()
    whole = Press(KINDS, signing()[1]).certificate(raw)
    assert verify_bytes(whole, "c.pdf", story.bench.found).verdict == "good"
    for held, lacking in (((), "pdf"), ((code,), "pdf"), ((paper,), "claim")):
        with pytest.raises(Refusal) as caught:
            Press(KINDS, {key.keyid: key.sign for key in held}).certificate(raw)
        [reason] = caught.value.reasons
        assert (reason.code, reason.field.partition(" ")[0]) == ("ISSUER_KEY", lacking)
        assert reason.expected == (paper if lacking == "pdf" else code).keyid


def test_keys_are_looked_for_when_the_log_tells_a_newer_one(tmp_path: Path) -> None:
    _, paper, code, raw = told()
    at_hand: list[Signers | None] = [None, {paper.keyid: paper.sign}, signing()[1]]
    asked = []

    def look() -> Signers | None:
        asked.append(True)
        return at_hand.pop(0)

    press = Press(KINDS, {}, Cache(tmp_path), look)
    for _ in range(2):
        with pytest.raises(Refusal):
            press.certificate(raw)
    whole = press.certificate(raw)
    assert whole == press.certificate(raw) == Press(KINDS, signing()[1]).certificate(raw)
    assert len(asked) == 3, "not once all keys are at hand"
    kept = Press(KINDS, {paper.keyid: paper.sign, code.keyid: code.sign}, Cache(tmp_path))
    assert kept._cache is not None
    assert kept._cache.get(kept._key(raw, module.layout_of("certificate", "zh"))) == whole, "kept under the keys that signed it"


async def test_a_key_whose_last_day_is_over_is_no_leave_to_print_unsigned() -> None:
    """An oversight must not turn papers into what anybody can print. To sign no more, the operator retires the key."""
    story = Story()
    old, code = story.issuer(last=date(2026, 10, 9)), story.issuer("claim")
    story.ordinary(123)
    signers = {old.keyid: old.sign, code.keyid: code.sign}

    def told() -> tuple[str, ...]:
        with pytest.raises(Refusal) as caught:
            Press(KINDS, signers).certificate(raw)
        return tuple(caught.value.codes)

    raw = await story.bundle(123)
    assert told() == ("ISSUER_LAPSED",)
    printed = render_certificate(open_bundle(raw, KINDS), raw, signers)
    assert verify_bytes(printed, "c.pdf", story.bench.found).verdict == "unchecked"
    new = story.issuer(name="次")
    signers[new.keyid] = new.sign
    raw = await story.bundle(123)
    assert verify_bytes(Press(KINDS, signers).certificate(raw), "c.pdf", story.bench.found).paper == "reprint"
    story.retire(new)
    raw = await story.bundle(123)
    assert told() == ("ISSUER_LAPSED",)
    story.retire(old)
    raw = await story.bundle(123)
    report = verify_bytes(Press(KINDS, signers).certificate(raw), "c.pdf", story.bench.found)
    assert (report.verdict, report.notes[0].code) == ("good", "NOTE_UNSIGNED")


async def test_a_log_without_such_keys_prints_unsigned() -> None:
    raw = await ordinary().bundle(123)
    assert verify_bytes(Press(KINDS, signing()[1]).certificate(raw), "c.pdf", ordinary().bench.found).verdict == "good"


class _Counting:
    """Counts how often a certificate is drawn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn = 0
        draw = module.render

        def counted(*arguments: object) -> bytes:
            self.drawn += 1
            return draw(*arguments)  # type: ignore[arg-type]  # as it was called

        monkeypatch.setattr(module, "render", counted)


def test_a_document_is_drawn_once_and_a_damaged_copy_is_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, signers = signing()
    counting, directory = _Counting(monkeypatch), tmp_path / "documents"
    first = Press(KINDS, signers, Cache(directory)).certificate(raw)
    assert Press(KINDS, signers, Cache(directory)).certificate(raw) == first
    assert counting.drawn == 1
    [kept] = directory.iterdir()
    assert (directory.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)
    whole = kept.read_bytes()
    for damaged in (b"", whole[:40], whole[:-1], whole[:100] + bytes([whole[100] ^ 1]) + whole[101:], bytes([whole[0] ^ 1]) + whole[1:]):
        kept.write_bytes(damaged)
        assert Press(KINDS, signers, Cache(directory)).certificate(raw) == first
    assert counting.drawn == 6
    Press(KINDS, {**signers, "0" * 64: lambda _: b""}, Cache(directory)).certificate(raw)
    monkeypatch.setattr(module, "layout_of", lambda *_: "another")
    Press(KINDS, signers, Cache(directory)).certificate(raw)
    assert counting.drawn == 8, "other keys, another layout: another document"


async def test_the_loop_goes_on_while_documents_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten who ask at once for one document: it is drawn once, and the loop is late by a thread's turn at most, not by a drawing."""
    raw, signers = signing()
    counting, press = _Counting(monkeypatch), Press(KINDS, signers, Cache(tmp_path))
    asked = asyncio.gather(*(press.turn(press.certificate, raw) for _ in range(10)))
    ticks = 0
    while not asked.done():  # it is the loop's own turns that are counted
        await asyncio.sleep(0)
        ticks += 1
    assert len(set(await asked)) == 1
    assert counting.drawn == 1
    assert ticks > 10


def test_the_cache_is_bounded_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "documents", limit=20_000)
    for number in range(100):
        cache.put(f"{number:064x}", bytes(1000))
        assert cache.get("0" * 64) == bytes(1000), "used again and again"
        assert sum(path.stat().st_size for path in (tmp_path / "documents").iterdir()) <= 21_000
    assert cache.get(f"{99:064x}") == bytes(1000)
    assert cache.get(f"{50:064x}") is None


def test_a_cache_that_cannot_be_written_costs_only_the_keeping(tmp_path: Path) -> None:
    (tmp_path / "documents").write_bytes(b"in the way")
    cache = Cache(tmp_path / "documents")
    cache.put("0" * 64, b"x")
    assert cache.get("0" * 64) is None


def test_many_writers_leave_whole_documents(tmp_path: Path) -> None:
    contents = {sha256(bytes([number])).hexdigest(): bytes([number]) * 50_000 for number in range(6)}

    def work(turn: int) -> bool:
        cache = Cache(tmp_path, limit=200_000)
        found = True
        for key, content in contents.items():
            cache.put(key, content)
            found = found and cache.get(key) in (content, None)
        return found

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(40)))
    assert not list(tmp_path.glob(".*"))
