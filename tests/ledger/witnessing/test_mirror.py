"""A mirror over real files behind real HTTP: nothing is cosigned whose entries it has not fetched and checked."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from ledger.admission.kind_table import Kinds
from ledger.auditing.audit import audit
from ledger.personality import PERSONALITY as LOG
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import open_checkpoint
from ledger.witnessing import mirror as mirror_module
from ledger.witnessing.mirror import Mirror
from ledger.witnessing.server import KnownLog
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from ledger.witnessing.wire import AddCheckpoint, encode_request, log_id
from signing.refusal import Refusal
from tests.ledger.witnessing.bench import COSIGNER, LOG_KEYS, ORIGIN, Tree, client, file_server, known_at, served
from tests.workbench import ORIGIN as BENCH_ORIGIN
from tests.workbench import Workbench, uscc

pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture
def small_steps(monkeypatch):
    """Steps of two bundles, so that small trees take several."""
    monkeypatch.setattr(mirror_module, "STEP", 512)


@asynccontextmanager
async def mirroring(path, read, *, known=known_at, token="", shown="", wait_s=20.0, cosigner=COSIGNER):
    """A mirroring witness over a log whose files ``read`` gives, and its mirror."""

    async def authorize(fresh):
        return {"Authorization": f"Bearer {token if fresh else shown}"} if token else {}

    async with served(file_server(read, lambda: token)) as url, client() as http:
        log, store = known(url), WitnessStore(path / "witness.sqlite3")
        mirror = Mirror(log, path / "mirror", store, http, authorize=authorize, wait_s=wait_s)
        witness = Witness(cosigner, {log.origin: log}, store, mirrors={log.origin: mirror})
        witness.check_memory()
        try:
            yield witness, mirror
        finally:
            await mirror.close()
            store.close()


def partials(mirror):
    return sorted(path.relative_to(mirror.files.root).as_posix() for path in mirror.files.root.glob("tile/**/*.p/*"))


async def test_entries_are_fetched_checked_and_kept_before_a_checkpoint_is_cosigned(tmp_path):
    tree = Tree().grow(700)
    async with mirroring(tmp_path, tree.files.get) as (witness, mirror):
        assert (await witness.add_checkpoint(tree.request(0))).status == 200
        assert (mirror.size, mirror.fault) == (700, "")
        kept = {path: mirror.files.read(path) for path in tree.files if ".p/" not in path}
        assert kept == {path: raw for path, raw in tree.files.items() if ".p/" not in path}
        assert partials(mirror) == ["tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/002.p/188"]
        opened = open_checkpoint(mirror.files.read("checkpoint"), LOG_KEYS, COSIGNER.vkeys)
        assert (opened.checkpoint.size, len(opened.cosignatures)) == (700, 1)
        tree.grow(100)
        assert (await witness.add_checkpoint(tree.request(700))).status == 200
        assert partials(mirror) == ["tile/0/003.p/32", "tile/1/000.p/3", "tile/entries/003.p/32"]
        assert {path: mirror.files.read(path) for path in partials(mirror)} == {path: tree.files[path] for path in partials(mirror)}


async def test_real_files_of_a_log_are_mirrored_into_an_export_that_audits_clean(tmp_path):
    bench = Workbench()
    for number in range(1, 6):
        bench.register(uscc("510100", 100 + number))
    files = LogFiles(tmp_path / "log", tmp_path / "entries")
    for path, content in bench.export().items():
        files.write(path, content)

    def known(url):
        return KnownLog(BENCH_ORIGIN, tuple(files.read("log.vkey").decode().split()), url)

    async with mirroring(tmp_path, files.read, known=known) as (witness, mirror):
        body = encode_request(AddCheckpoint(0, (), files.read("checkpoint")))
        assert (await witness.add_checkpoint(body)).status == 200
        assert mirror.files.root == tmp_path / "mirror" / log_id(BENCH_ORIGIN)
        report = audit(mirror.files.read, Kinds([LOG]), archived=iter(mirror.files.archived_sizes()))
        assert (report.findings, report.size, report.checkpoints) == ([], len(bench.entries), 1)
        assert report.found == bench.found


async def test_adopted_data_are_fetched_beside_and_checked_by_their_digest(tmp_path):
    bench = Workbench(data={"catalogue": ("1", b"rows"), "gone": ("1", b"not served"), "wrong": ("1", b"right")})
    files = bench.export()
    names = sorted(path for path in files if path.startswith("data/"))
    served_files = {path: raw if raw != b"right" else b"changed" for path, raw in files.items() if raw != b"not served"}

    def known(url):
        return KnownLog(BENCH_ORIGIN, tuple(files["log.vkey"].decode().split()), url)

    async with mirroring(tmp_path, served_files.get, known=known) as (witness, mirror):
        assert (await witness.add_checkpoint(encode_request(AddCheckpoint(0, (), files["checkpoint"])))).status == 200
        await mirror._data_task
        here = [path for path in names if files[path] not in (b"not served", b"right")]
        assert [path for path in names if mirror.files.read(path)] == here
        assert len(here) == 2, "the catalogue, and the ruleset's file"
        assert witness.status().logs[0].data_missing == 2


@pytest.mark.parametrize("index", [0, 300, 699])
async def test_a_changed_entry_is_never_cosigned_and_the_step_is_named(tmp_path, index):
    tree = Tree().grow(700)
    bundle = next(path for path in tree.files if path.startswith(f"tile/entries/00{index // 256}") and (".p" in path) == (index > 511))
    entry = tree.entries[index]
    files = {**tree.files, bundle: tree.files[bundle].replace(entry, b"E" + entry[1:])}
    async with mirroring(tmp_path, files.get) as (witness, mirror):
        answer = await witness.add_checkpoint(tree.request(0))
        assert (answer.status, b"do not match" in answer.body) == (503, True)
        assert mirror.size == (0 if index < 512 else 512)
        status = witness.status().logs[0]
        assert (status.cosigned, status.offered, status.lag, status.fault[:15]) == (0, 700, 700, "MIRROR_MISMATCH")
        assert witness.latest(log_id(ORIGIN)) is None


@pytest.mark.parametrize("broken", [b"", b"\x00", b"\xff\xff\x00", bytes(8192)])
async def test_a_broken_bundle_or_tile_is_no_reason_to_cosign(tmp_path, broken):
    tree = Tree().grow(600)
    for pattern in ("tile/entries/000", "tile/0/002.p/88", "tile/entries/002.p/88"):
        async with mirroring(tmp_path / pattern.replace("/", "_"), {**tree.files, pattern: broken}.get) as (witness, _):
            assert (await witness.add_checkpoint(tree.request(0))).status == 503


async def test_what_cannot_be_fetched_yet_is_answered_503_and_cosigned_later(tmp_path):
    tree, gone = Tree().grow(20), True
    async with mirroring(tmp_path, lambda path: None if gone else tree.files.get(path)) as (witness, mirror):
        answer = await witness.add_checkpoint(tree.request(0))
        assert (answer.status, b"mirror is behind" in answer.body, "404" in mirror.fault) == (503, True, True)
        assert witness.status().logs[0].lag == 20
        gone = False
        assert (await witness.add_checkpoint(tree.request(0))).status == 200
        assert (witness.status().logs[0].lag, mirror.fault) == (0, "")


async def test_a_full_tile_stands_in_for_a_partial_one_that_was_deleted(tmp_path):
    tree = Tree().grow(300)
    early = tree.note(100)
    full_only = {path: raw for path, raw in tree.files.items() if ".p/" not in path}
    async with mirroring(tmp_path, full_only.get) as (witness, mirror):
        assert (await witness.add_checkpoint(encode_request(AddCheckpoint(0, (), early)))).status == 200
        assert mirror.size == 100


async def test_a_long_way_goes_on_behind_the_answer_503(tmp_path):
    tree, slow = Tree().grow(3000), asyncio.Event()
    async with mirroring(tmp_path, tree.files.get, wait_s=0.0) as (witness, mirror):
        answers = [(await witness.add_checkpoint(tree.request(0))).status]
        for _ in range(400):
            if answers[-1] == 200:
                break
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await slow.wait()
            answers.append((await witness.add_checkpoint(tree.request(0))).status)
        assert (answers[0], answers[-1], set(answers)) == (503, 200, {503, 200})
        assert mirror.size == 3000


async def test_bundles_are_read_with_a_token_that_is_renewed_when_it_is_turned_down(tmp_path):
    tree = Tree().grow(10)
    async with mirroring(tmp_path, tree.files.get, token="new", shown="expired") as (witness, _):
        assert (await witness.add_checkpoint(tree.request(0))).status == 200


async def test_a_checkpoint_smaller_than_the_mirror_is_compared_with_it(tmp_path):
    tree, other = Tree().grow(40), Tree("fork").grow(40)
    async with mirroring(tmp_path, tree.files.get) as (witness, mirror):
        await mirror.fetch_up_to(witness.read(tree.request(0, 40)))
        assert (await witness.add_checkpoint(encode_request(AddCheckpoint(0, (), other.note(30))))).status == 503
        assert (await witness.add_checkpoint(tree.request(0, 30))).status == 200
        assert open_checkpoint(mirror.files.read("checkpoint"), LOG_KEYS, COSIGNER.vkeys).checkpoint.size == 40


async def test_a_restart_goes_on_where_the_mirror_was_and_a_deleted_mirror_starts_again(tmp_path):
    tree = Tree().grow(300)
    async with mirroring(tmp_path, tree.files.get) as (witness, _):
        await witness.add_checkpoint(tree.request(0))
    asked = []

    def read(path):
        asked.append(path)
        return tree.files.get(path)

    tree.grow(5)
    async with mirroring(tmp_path, read) as (witness, mirror):
        assert mirror.size == 300
        assert (await witness.add_checkpoint(tree.request(300))).status == 200
    assert asked == ["tile/entries/001.p/49"]
    (tmp_path / "mirror" / log_id(ORIGIN) / "tile/0/000").unlink()
    (tmp_path / "mirror" / log_id(ORIGIN) / "tile/1/000.p/1").unlink()
    async with mirroring(tmp_path, tree.files.get) as (witness, mirror):
        assert mirror.size == 0
        assert (await witness.add_checkpoint(tree.request(305))).status == 200
        assert mirror.files.read("tile/0/000") == tree.files["tile/0/000"]


@pytest.mark.parametrize("size", [300, 310])
async def test_files_lost_while_it_runs_are_fetched_again(tmp_path, size):
    tree = Tree().grow(300)
    async with mirroring(tmp_path, tree.files.get) as (witness, mirror):
        assert (await witness.add_checkpoint(tree.request(0))).status == 200
        (mirror.files.root / "tile/0/001.p/44").unlink()
        tree.grow(size - 300)
        answer = await witness.add_checkpoint(tree.request(300))
        assert (answer.status, b"mirror is behind" in answer.body, mirror.size) == (503, True, 0)
        assert (await witness.add_checkpoint(tree.request(300))).status == 200
        assert (mirror.size, mirror.fault, mirror.files.read("checkpoint").split(b"\n")[1]) == (size, "", b"%d" % size)


async def test_a_store_older_than_what_the_mirror_shows_with_our_cosignature_is_refused(tmp_path):
    tree = Tree().grow(30)
    async with mirroring(tmp_path, tree.files.get) as (witness, _):
        await witness.add_checkpoint(tree.request(0))
    for leftover in tmp_path.glob("witness.sqlite3*"):
        leftover.unlink()
    with pytest.raises(Refusal, match="WITNESS_STORE"):
        async with mirroring(tmp_path, tree.files.get):
            pass
