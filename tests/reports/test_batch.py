"""A month's certificates from files: those of the server, byte for byte, on all cores; interrupted and gone on with."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.bundle import open_bundle
from liandan.cli import main
from liandan.keyring import ServerKeys, write_keyring
from liandan.settings import Settings
from reports.attachment import layout_in, says_layout
from reports.batch import FiledLog
from reports.certificate.fields import LAYOUT
from reports.certificate.render import render_certificate
from reports.crew import in_order
from reports.documents import render
from reports.kinds import all_kinds
from reports.verify import verify_bytes
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.reports.story import Story, trunk
from tests.workbench import OPERATOR, ORIGIN, key_of

COUNT = 5


@cache
def told() -> tuple[Story, tuple[tuple[str, PrivateKey], ...]]:
    """A log that signs, with enough received manifests for several processes."""
    story = Story()
    keys = (("pdf", story.issuer()), ("claim", story.issuer("claim")))
    for number in range(1, COUNT + 1):
        story.ordinary(number)
    return story, keys


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Files of the log, and beside them an installation with its keys."""
    story, keys = told()
    for name, content in story.bench.export().items():
        (path := tmp_path / "data" / "log" / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    settings = Settings(data_dir=tmp_path / "data")
    held = ServerKeys(origin=ORIGIN, operator=key_of(OPERATOR), issuers=keys)
    write_keyring(held, settings.key_path, settings.passphrase_path)
    return settings.data_dir


def run(own: Path, *arguments: str | Path) -> Result:
    return CliRunner(env={"LIANDAN_DATA_DIR": str(own)}).invoke(main, ["certificate", *map(str, arguments)])


async def test_a_month_is_printed_once_and_gone_on_with(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.crew.FEW", 2)
    list(in_order(abs, range(3), 3, begin=dict, given=()))  # processes come from one that was started before, with another environment
    story, keys = told()
    out, month = tmp_path / "out", ("--month", "2026-10", "--out", tmp_path / "out", "--json")
    first = run(own, *month)
    assert first.exit_code == 0, first.output
    said = json.loads(first.output)
    assert (said["count"], said["new"], said["not_made"], said["provisional"]) == (COUNT, COUNT, [], True)
    signers = {key.keyid: key.sign for _, key in keys}
    for number in (1, COUNT):
        raw = await story.bundle(number)
        assert (out / f"2026510100{number:04d}.pdf").read_bytes() == render_certificate(open_bundle(raw, all_kinds()), raw, signers)
    files = sorted(out.iterdir())
    before = {path: path.stat().st_mtime_ns for path in files}
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes()[:-1])
    files[2].write_bytes(files[3].read_bytes())
    raw = await story.bundle(4)
    files[3].write_bytes(render("transit", open_bundle(raw, all_kinds()), raw, signers))  # the same evidence, signed by the same key
    again = json.loads(run(own, *month).output)
    assert (again["count"], again["new"]) == (COUNT, 4)
    assert sorted(out.iterdir()) == files
    assert all(path.stat().st_mtime_ns == before[path] for path in files[4:]), "what was there and whole is not written again"
    for path in files:
        assert verify_bytes(path.read_bytes(), path.name, story.bench.found).verdict == "good"
    assert json.loads(run(own, "--month", "2026-11", "--out", out, "--json").output)["count"] == 0


def test_a_month_comes_in_both_languages_side_by_side(own: Path, tmp_path: Path) -> None:
    month = ("--month", "2026-10", "--out", tmp_path / "out", "--json", "--lang")
    assert json.loads(run(own, *month, "en").output)["new"] == COUNT
    english = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(english) == {f"2026510100{number:04d}.en.pdf" for number in range(1, COUNT + 1)}
    both = json.loads(run(own, *month, "both").output)
    assert (both["count"], both["new"]) == (2 * COUNT, COUNT), "what is there in English stays"
    for name, content in english.items():
        assert (tmp_path / "out" / name).read_bytes() == content
        pair = [layout_in(raw) for raw in (content, (tmp_path / "out" / name.replace(".en", "")).read_bytes())]
        assert pair == [("certificate", "en"), ("certificate", "zh")]


def test_signed_paper_of_another_layout_or_language_is_made_anew(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its evidence is this very evidence and its signature ours: good paper, but not what is asked for."""
    out, month = tmp_path / "out", ("--month", "2026-10", "--out", tmp_path / "out", "--json")
    with monkeypatch.context() as before:
        before.setattr("reports.certificate.render.LAYOUT", LAYOUT - 1)
        before.setattr("reports.batch.layout_of", lambda *_: f"certificate {LAYOUT - 1} zh")
        assert json.loads(run(own, *month).output)["new"] == COUNT
    old = {path.name: path.read_bytes() for path in out.iterdir()}
    assert all(says_layout(raw, f"certificate {LAYOUT - 1} zh") for raw in old.values())
    assert json.loads(run(own, *month).output)["new"] == COUNT
    assert all(says_layout((out / name).read_bytes(), f"certificate {LAYOUT} zh") for name in old)
    assert json.loads(run(own, *month, "--lang", "en").output)["new"] == COUNT
    first = out / "20265101000001.pdf"
    first.write_bytes(first.with_suffix(".en.pdf").read_bytes())
    assert json.loads(run(own, *month).output)["new"] == 1


def test_one_certificate_comes_in_both_languages(own: Path, tmp_path: Path) -> None:
    answer = run(own, "20265101000003", "--from", own / "log", "--lang", "both", "--out", tmp_path / "c.pdf", "--json")
    assert json.loads(answer.output)["paths"] == [str(tmp_path / "c.pdf"), str(tmp_path / "c.en.pdf")]
    assert [layout_in((tmp_path / name).read_bytes()) for name in ("c.pdf", "c.en.pdf")] == [("certificate", "zh"), ("certificate", "en")]


async def test_one_certificate_comes_from_an_export_too(own: Path, tmp_path: Path) -> None:
    story, keys = told()
    raw = await story.bundle(3)
    wanted = render_certificate(open_bundle(raw, all_kinds()), raw, {key.keyid: key.sign for _, key in keys})
    for name in ("20265101000003", trunk(3).rpartition("/")[2], trunk(3).removeprefix("manifest/")):
        assert run(own, name, "--from", own / "log", "--out", tmp_path / "c.pdf").exit_code == 0
        assert (tmp_path / "c.pdf").read_bytes() == wanted
    unknown = run(own, "20265101999999", "--from", own / "log")
    assert (unknown.exit_code, "MANIFEST_UNKNOWN" in unknown.output) == (2, True)


def test_without_the_keys_nothing_is_printed(own: Path, tmp_path: Path) -> None:
    (own / "keys.pem").unlink()
    answer = run(own, "--month", "2026-10", "--out", tmp_path / "out")
    assert (answer.exit_code, "ISSUER_KEY" in answer.output) == (2, True)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_cannot_be_asked_is_said_in_words(own: Path, tmp_path: Path) -> None:
    for arguments in ((), ("x", "--month", "2026-10"), ("--month", "2026-10", "--url", "http://127.0.0.1:9")):
        assert run(own, *arguments).exit_code == 2
    assert "MONTH_FORM" in run(own, "--month", "2026-13").output
    empty = tmp_path / "empty"
    empty.mkdir()
    answer = run(own, "--month", "2026-10", "--from", empty)
    assert (answer.exit_code, "NOT_FOUND" in answer.output) == (2, True)


def test_a_changed_entry_is_found_before_it_is_printed() -> None:
    story, _ = told()
    files = dict(story.bench.export())
    [name] = [name for name in files if name.startswith("tile/entries")]
    files[name] = files[name].replace(b"5.6", b"9.6", 1) if b"5.6" in files[name] else files[name][:-3] + b"AAA"
    with pytest.raises(Refusal):
        FiledLog(files.get, all_kinds())
