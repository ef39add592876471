"""The queue of a phone: order, places, who holds up whom, and that nothing is lost wherever the page dies. The log at its other end is scripted
here; a real one answers in ``test_offline`` and ``test_schedules``."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.driver.conftest import Phone
from tests.desk.driver.modules import ORIGIN, needs_chromium

pytestmark = needs_chromium

FOUND = "ab" * 32
ONE, TWO = "manifest/91510112MA00XX0A16/01K6QG5R00MANN0FEST0000001", "manifest/91510112MA00XX0A16/01K6QG5R00MANN0FEST0000002"
STEPS = ("take.before", "take.after", "send.before", "send.after", "settle.after")
_TOOLS = """
  const { Queue, QueueError } = await import("/driver/queue.js");
  const { hashOf } = await import("/island/statement.js");
  const stepped = (name) => async (at) => { if (at === name) { localStorage.setItem("died", at); await new Promise(() => undefined); } };
  const q = await Queue.open(given.found, stepped(given.dies_at));
  const chain = given.chain;
  /** A statement at the next place of a chain, signed by the places given. */
  const made = async (on, name, signers = ["A"], places = [0]) => {
    const { seq, prev } = await q.next(on);
    const said = { kind: "manifest.stop/1", chain: on, seq, prev, by: signers, at: "2026-10-01T09:00:00+08:00", body: { name } };
    const body = new TextEncoder().encode(JSON.stringify(said));
    return { statement: await hashOf(body), body, signatures: places.map((place) => ({ place, keyid: "ab".repeat(32), sig: new Uint8Array(64) })) };
  };
  /** A log that takes everything in order, as often as it comes, and remembers what came beyond the life of a page. */
  const posts = () => JSON.parse(localStorage.getItem("posts") || "[]");
  const post = async (act) => { localStorage.setItem("posts", JSON.stringify([...posts(), act.said.name])); return { entered: { index: posts().length } }; };
  const names = async () => (await q.queued()).map((act) => act.said.name);
"""


def run(phone: Phone, script: str, **given: Any) -> Any:
    """A script with the tools of these tests."""
    return phone.run(f"async ([given]) => {{ {_TOOLS} {script} }}", {"chain": ONE, "dies_at": "", "found": FOUND, **given})


def start(phone: Phone) -> None:
    """What the log has said of two chains."""
    run(phone, f"await q.learn('{ONE}', 0, '0'.repeat(64)); await q.learn('{TWO}', 4, '1'.repeat(64));")


def test_each_act_stands_behind_the_one_before(phone: Phone) -> None:
    start(phone)
    found = run(phone, "for (const name of ['a', 'b', 'c']) await q.take(await made(chain, name)); return q.queued();")
    assert [act["seq"] for act in found] == [1, 2, 3]
    assert [act["prev"] for act in found] == ["0" * 64, found[0]["statement"], found[1]["statement"]]
    assert run(phone, "return q.next(given.other)", other=TWO) == {"seq": 5, "prev": "1" * 64}
    phone.reopen()
    assert run(phone, "return q.next(chain)") == {"seq": 4, "prev": found[2]["statement"]}
    assert run(phone, "return q.next('manifest/x/unknown').catch((error) => error.code)") == "head"


def test_sent_in_order_and_once_more_is_nothing(phone: Phone) -> None:
    start(phone)
    run(
        phone,
        "for (const name of ['a', 'b', 'c']) await q.take(await made(chain, name)); for (const name of ['x', 'y']) await q.take(await made(given.other, name));",
        other=TWO,
    )
    done = run(phone, "return [await q.drain(post), await q.drain(post), posts(), await names(), await q.next(chain)]")
    assert done[0] == {"entered": 5, "refused": 0, "later": None}
    assert done[1] == {"entered": 0, "refused": 0, "later": None}
    assert [name for name in done[2] if name in "abc"] == ["a", "b", "c"]
    assert [name for name in done[2] if name in "xy"] == ["x", "y"]
    assert (done[3], done[4]["seq"]) == ([], 4)


def test_a_refused_act_holds_up_its_chain_and_no_other(phone: Phone) -> None:
    start(phone)
    script = """
      for (const name of ['a', 'b', 'c']) await q.take(await made(chain, name));
      await q.take(await made(given.other, 'x'));
      const problem = { code: "CHAIN_CONFLICT", title: "", errors: [], head: { chain, seq: 2, hash: "9".repeat(64), index: 7 } };
      const done = await q.drain(async (act) => (act.said.name === 'b' ? { refused: problem } : post(act)));
      const again = await q.drain(post);
      return [done, again, posts(), await q.queued(), await q.next(chain)];
    """
    done, again, posts, kept, following = run(phone, script, other=TWO)
    assert (done["entered"], done["refused"]) == (2, 1)
    assert again["entered"] == 0
    assert sorted(posts) == ["a", "x"]
    assert [(act["said"]["name"], (act["problem"] or {}).get("code")) for act in kept] == [("b", "CHAIN_CONFLICT"), ("c", None)]
    assert following["seq"] == 4, "what was signed behind it keeps its place until somebody decides"
    aside = run(
        phone, "const [b] = await q.queued(); await q.putAside(b.statement); return [await names(), (await q.store.all('aside')).length]"
    )
    assert aside == [["c"], 1]


@pytest.mark.parametrize(
    ("code", "comes_later"),
    [
        ("BUSY", True),
        ("LOG_FROZEN", True),
        ("TOKEN_UNKNOWN", True),
        ("STATEMENT_STALE", True),
        ("PREDECESSOR_MISSING", True),
        ("LOAD_LABEL", False),
        ("HELD", False),
    ],
)
def test_what_says_nothing_of_the_act_is_asked_again(phone: Phone, code: str, comes_later: bool) -> None:
    start(phone)
    script = """
      await q.take(await made(chain, 'a'));
      const done = await q.drain(async () => ({ refused: { code: given.code, title: "", errors: [] } }));
      return [done, (await q.queued())[0].problem];
    """
    done, problem = run(phone, script, code=code)
    assert (problem is None) == comes_later
    assert done["refused"] == (0 if comes_later else 1)
    assert (done["later"] is not None) == comes_later
    assert run(phone, "return (await q.queued()).length") == 1


def test_without_an_answer_everything_waits_in_order(phone: Phone) -> None:
    start(phone)
    script = """
      for (const name of ['a', 'b']) await q.take(await made(chain, name));
      await q.take(await made(given.other, 'x'));
      const tried = [];
      const done = await q.drain(async (act) => { tried.push(act.said.name); return act.chain === chain ? { later: 40 } : { later: 7 }; });
      return [done, tried.sort(), await names()];
    """
    assert run(phone, script, other=TWO) == [{"entered": 0, "refused": 0, "later": 7}, ["a", "x"], ["a", "b", "x"]]


def test_what_lacks_a_signature_is_not_posted_nor_what_builds_on_it(phone: Phone) -> None:
    start(phone)
    script = """
      const half = await made(chain, 'half', ["A", "B"], [0]);
      await q.take(half);
      await q.take(await made(chain, 'behind'));
      const offered = [];
      const first = await q.drain(post, async (act) => { offered.push(act.said.name); return { open: true }; });
      await q.take({ statement: half.statement, body: null, signatures: [{ place: 1, keyid: "cd".repeat(32), sig: new Uint8Array(64) }] });
      const second = await q.drain(post);
      return [first, offered, second, posts()];
    """
    first, offered, second, posts = run(phone, script)
    assert first == {"entered": 0, "refused": 0, "later": None}
    assert offered == ["half"]
    assert (second["entered"], posts) == (2, ["half", "behind"])


def test_another_act_does_not_take_a_place_that_is_taken(phone: Phone) -> None:
    start(phone)
    script = """
      const [one, other] = [await made(chain, 'one'), await made(chain, 'other')];
      await q.take(one);
      const again = await q.take(one);
      const codes = [];
      await q.take(other).catch((error) => codes.push(error.code));
      await q.take({ statement: "f".repeat(64), body: null, signatures: [] }).catch((error) => codes.push(error.code));
      return [codes, await names(), again.said.name];
    """
    assert run(phone, script) == [["taken", "unknown"], ["one"], "one"]


def test_a_foreign_signature_never_replaces_ones_own(phone: Phone) -> None:
    start(phone)
    script = """
      const one = await made(chain, 'one', ["A", "B"]);
      one.signatures[0] = { ...one.signatures[0], isOwn: true, sig: new Uint8Array(64).fill(9) };
      await q.take(one);
      const act = await q.take({ statement: one.statement, body: null, signatures: [{ place: 0, keyid: "00".repeat(32), sig: new Uint8Array(64) }] });
      return [act.signatures.length, act.signatures[0].sig[0], act.signatures[0].keyid];
    """
    assert run(phone, script) == [1, 9, "ab" * 32]


def test_two_tabs_give_one_place_once_and_send_one_after_the_other(phone: Phone) -> None:
    start(phone)
    other = phone.thread.submit(phone.context.new_page).result()
    phone.thread.submit(other.goto, ORIGIN).result()

    def both(script: str) -> list[Any]:
        wrapped = (
            f"window.answer = (async ([given]) => {{ {_TOOLS} {script} }})([{{chain: '{ONE}', dies_at: '', found: '{FOUND}'}}]); undefined"
        )

        def work() -> list[Any]:
            pages = (phone.page, other)
            for page in pages:
                page.evaluate(f"() => {{ {wrapped} }}")
            return [page.evaluate("() => window.answer") for page in pages]

        return phone.thread.submit(work).result()

    signed = both(
        "const one = await made(chain, String(Math.random())); await new Promise((go) => setTimeout(go, 900)); return q.take(one).then(() => 'kept', (error) => error.code);"
    )
    assert sorted(signed) == ["kept", "taken"]
    slow = "return q.drain(async (act) => { await new Promise((go) => setTimeout(go, 900)); return post(act); });"
    done = both(slow)
    assert sorted(one["entered"] for one in done) == [0, 1]
    assert len(run(phone, "return posts()")) == 1


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_lost_wherever_the_page_dies(phone: Phone, step: str) -> None:
    start(phone)
    run(phone, "await q.take(await made(chain, 'before'));")
    dying = """
      window.running = (async () => { const one = await made(chain, 'last'); await q.take(one); localStorage.setItem("told", "yes"); await q.drain(post); })();
      return new Promise((resolve) => { const look = () => (localStorage.getItem("died") ? resolve(true) : setTimeout(look, 10)); look(); });
    """
    assert run(phone, dying, dies_at=step)
    phone.reopen()
    was_told = run(phone, "return localStorage.getItem('told') === 'yes'")
    kept = run(phone, "return names()")
    done = run(
        phone,
        "await q.drain(post); return [await names(), [...new Set(posts())], (await q.store.all('receipts')).map((one) => one.said.name)]",
    )
    assert done[0] == []
    assert done[1] == done[2] == (["before", "last"] if was_told or "last" in kept else ["before"])
    assert was_told or step.startswith("take")
