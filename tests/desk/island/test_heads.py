"""One log and not two: checkpoints that this browser has met are the beginning of the newest, and a log that forks is told in words."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from ledger.tree.checkpoint import Checkpoint, sign_checkpoint
from ledger.tree.merkle import inclusion_proof, leaf_hash, root_of
from tests.browser.conftest import Browser
from tests.desk.island.page import enter
from tests.desk.island.test_vectors import run, shared_desk
from tests.liandan.pending.desk import Pair

__all__ = ["shared_desk"]
LARGEST, CHANGED = 24, 2
LEAVES = [leaf_hash(b"%d" % number) for number in range(LARGEST)]
FORK = [leaf_hash(b"other") if number == CHANGED else leaf for number, leaf in enumerate(LEAVES)]
_BEGINNING = """
  const [{ isBeginning }, { fromBase64 }] = [await load("heads"), await load("core")];
  return Promise.all(given.map(([older, newer, leaf, steps]) => isBeginning(
    { size: older[0], root: fromBase64(older[1]) }, { size: newer[0], root: fromBase64(newer[1]) }, fromBase64(leaf), steps.map(fromBase64),
  ).catch((error) => error.reasons[0].code)));"""
_MET = """async (note) => {
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open("liandan-island");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = failed;
  });
  const store = () => db.transaction("pins", "readwrite").objectStore("pins");
  const of = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const pins = await of(store().get("log"));
  if (note) await of(store().put({ ...pins, met: [note, ...pins.met] }));
  db.close();
  return [pins.met || [], pins.forked || null];
}"""


def b64(raw: bytes) -> str:
    return b64encode(raw).decode()


def hash_at(level: int, index: int) -> bytes:
    """Of the larger tree."""
    return root_of(LEAVES[index << level : (index + 1) << level])


def asked(old: int, new: int, leaves: list[bytes]) -> list[Any]:
    """Whether the first of some leaves are the beginning of LEAVES."""
    steps = inclusion_proof(old - 1, new, hash_at)
    return [[old, b64(root_of(leaves[:old]))], [new, b64(root_of(LEAVES[:new]))], b64(LEAVES[old - 1]), [b64(step) for step in steps]]


def test_a_tree_is_the_beginning_of_those_that_grow_from_it_and_of_no_other(shared_desk: Any) -> None:
    pairs = [(old, new) for new in range(1, LARGEST + 1) for old in range(1, new + 1)]
    assert run(shared_desk, _BEGINNING, [asked(old, new, LEAVES) for old, new in pairs]) == [True] * len(pairs)
    found = run(shared_desk, _BEGINNING, [asked(old, new, FORK) for old, new in pairs])
    assert found == [old <= CHANGED for old, _ in pairs]
    short = [[older, newer, leaf, steps[:-1]] for older, newer, leaf, steps in (asked(old, new, LEAVES) for old, new in pairs) if steps]
    assert set(run(shared_desk, _BEGINNING, short)) == {"PROOF_WRONG"}, "what proves nothing accuses nobody"


async def test_a_log_that_forks_is_told_and_signs_nothing_more(pair: Pair, browser: Browser) -> None:
    departure = await pair.departure()
    page = await enter(browser, pair, pair.consignor, "/desk/evidence")

    def fetch(found: Any) -> Any:
        found.locator("tr", has_text=departure.trip.chain).locator("[data-fetch]").first.click()
        found.locator("[data-receipt]").wait_for()
        found.reload()
        found.locator("[data-receipt]").wait_for()
        found.wait_for_load_state("networkidle")
        return found.locator("[data-forked], [data-unproved]").count(), found.evaluate(_MET, None)

    count, (met, forked) = await page.do(fetch)
    assert (count, len(met), forked) == (0, 1, None), "the newest checkpoint stands for all that went before"
    origin, size = met[0].split("\n")[0], int(met[0].split("\n")[1])
    lie = sign_checkpoint(Checkpoint(origin, size - 1, b"\0" * 32), pair.stage.scribe.keyring.server.log).decode()

    def tell(found: Any) -> tuple[str, int, Any]:
        found.evaluate(_MET, lie)
        found.reload()
        found.locator("[data-forked]").wait_for()
        return found.inner_text("[data-forked]"), found.locator("[data-receipt]").count(), found.evaluate(_MET, None)

    told, receipts, (_, forked) = await page.do(tell)
    assert "账本分叉了" in told
    assert "下载下来，交给主管部门" in told
    assert receipts == 1, "receipts are kept"
    assert forked[0] == lie, "and both checkpoints, which the log has signed"
    assert int(forked[1].split("\n")[1]) >= size

    def take(found: Any) -> str:
        with found.expect_download() as download:
            found.locator("[data-forked] button").first.click()
        return str(download.value.path().read_text())

    assert await page.do(take) == lie

    def sign(found: Any) -> tuple[str, str]:
        found.goto(f"{page.url}/m/{departure.trip.chain.removeprefix('manifest/')}")
        script = """async (chain) => {
          const place = document.querySelector('script[src*="/island/form.js"]').src.replace("form.js", "act.js");
          const { signAct } = await import(place);
          const found = await signAct({ kind: "manifest.void/1", chain, body: { reason: "车辆故障（虚构）" } });
          return [found.state, found.code];
        }"""
        state, code = found.evaluate(script, departure.trip.chain)
        return state, code

    assert await page.do(sign) == ("stopped", "FORKED")
    assert page.desk.complaints == []
