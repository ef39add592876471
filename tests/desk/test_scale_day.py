"""A day at the weighbridge, in a real browser on a real log: what is scanned, typed and pressed, and what the log has of it then."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from liandan.desk.shell.waiting import BELIEVED_S
from tests.desk.conftest import People
from tests.desk.driver.camera import hold_up
from tests.desk.loads import Gate, stands
from tests.desk.persons import Person, token_of
from tests.desk.played import Served

HAND_S = 20
"""What a receipt may take by hand."""


class Hand(Struct):
    """A hand at the keyboard and the mouse, whose every move is counted."""

    person: Person
    keys: int = 0
    taps: int = 0

    def scan(self, text: str) -> None:
        """A hand scanner: a code and Enter, whatever has the focus before it is used on the page."""
        self.person.do(lambda page: (page.keyboard.type(text), page.keyboard.press("Enter")))

    def type(self, text: str) -> None:
        """Into whatever has the focus."""
        self.keys += len(text) + 1
        self.person.do(lambda page: (page.keyboard.type(text), page.keyboard.press("Enter")))

    def tap(self, selector: str) -> None:
        """A button."""
        self.taps += 1
        self.person.do(lambda page: page.locator(selector).first.click())

    def see(self, selector: str, timeout_s: float = 20) -> str:
        """Wait for something, and read it."""

        def wait(page: Any) -> str:
            page.locator(selector).first.wait_for(timeout=timeout_s * 1000)
            return str(page.locator(selector).first.inner_text())

        return str(self.person.do(wait))


@pytest.fixture(scope="module")
def gate(desk_served: Served) -> Gate:
    return Gate(desk_served)


@pytest.fixture
def hand(people: People) -> Hand:
    person = people("scale")
    person.open("/scale/")
    return Hand(person)


def received(hand: Hand, served: Served, manifest: str) -> dict[str, Any]:
    """The manifest once its receipt is in the views."""
    token, found = token_of(served.url, hand.person.key), dict[str, Any]()
    for _ in range(100):
        found = stands(served, token, manifest)
        if "received" in found["times"]:
            break
        time.sleep(0.1)
    assert "received" in found["times"]
    return found


def sign(hand: Hand) -> None:
    """Look at the sheet, sign, and see the page that follows."""
    hand.see("dialog[open]")
    hand.tap("dialog[open] button.primary")


def test_an_agreeing_load_is_one_scan_two_weights_and_two_taps(gate: Gate, desk_served: Served, people: People) -> None:
    manifest = gate.send("agrees", "5.6", plate="川A·FX940")
    hand = Hand(people("scale"))
    hand.person.open("/scale/")
    begun = time.monotonic()
    hand.scan("川A·FX940")
    hand.see("#gross:focus")
    hand.type("18.348")
    hand.type("12.800")
    assert "在允许误差之内" in hand.see("[data-verdict=within]")
    hand.tap("#verdict form[data-act] button")
    sheet = hand.see("dialog[open]")
    assert "5.548" in sheet
    sign(hand)
    hand.see("[data-last-outcome] h3")
    took_s = time.monotonic() - begun
    assert (hand.taps, hand.keys) == (2, len("18.348") + len("12.800") + 2)
    assert took_s + hand.taps + 0.25 * hand.keys < HAND_S, "with a second for each tap and a quarter for each key"
    found = received(hand, desk_served, manifest)
    assert (found["manifest"]["stage"], found["lines"][0]["accepted_t"]) == ("accepted", "5.548000")
    assert [flag["code"] for flag in found["flags"] if flag["code"] in ("WEIGHT", "WEIGHING_SUM")] == []


def test_more_than_declared_is_accepted_in_part_with_reasons_photos_and_reports(
    gate: Gate, desk_served: Served, hand: Hand, tmp_path: Path
) -> None:
    manifest = gate.send("too much", "5.6", plate="川A·FX941")
    photo = tmp_path / "磅房照片.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    hand.person.open("/scale/")
    hand.scan("fx941")
    hand.see("#gross:focus")
    hand.type("19.100")
    hand.type("12.800")
    assert "多于联单" in hand.see("[data-verdict=more]")
    assert hand.see("#verdict .button.primary") == "部分接受", "what is offered first"
    hand.tap("#verdict .button.primary")
    hand.see("#verdict [data-path='lines.0.refused_t']")

    def fill(page: Any) -> None:
        page.locator("[data-path='lines.0.reason']").fill("超出联单数量（虚构）<script>alert(1)</script>")
        page.locator("[data-path='lines.0.files']").set_input_files(str(photo))
        for path in ("reported_to_authority", "notified_generator"):
            moment = page.locator(f"[data-path='{path}.at']").get_attribute("max")
            page.locator(f"[data-path='{path}.at']").fill(moment)
            page.locator(f"[data-path='{path}.ref']").fill("差异报告-1（虚构）")

    hand.person.do(fill)
    hand.tap("#verdict form[data-act] button.primary")
    sign(hand)
    hand.see("[data-last-outcome] h3")
    found = received(hand, desk_served, manifest)
    line = found["lines"][0]
    assert (found["manifest"]["stage"], line["accepted_t"], line["refused_t"]) == ("partly_accepted", "5.600000", "0.700000")
    assert line["differences"] == ["quantity"]
    assert [one["name"] for one in found["attachments"]] == ["磅房照片.png"]
    assert "DISCREPANCY_UNREPORTED" not in [flag["code"] for flag in found["flags"]]


def test_one_ticket_serves_a_trip_of_two_manifests(gate: Gate, desk_served: Served, hand: Hand) -> None:
    first = gate.send("first of two", "5", plate="川A·FX942", trip_id="T-1102-1")
    second = gate.send("second of two", "3", plate="川A·FX942", trip_id="T-1102-1")
    hand.person.open("/scale/")
    hand.scan("川A·FX942")
    assert "2 份" in hand.see("#load .weights")
    hand.type("20.820")
    hand.type("12.800")
    hand.see("[data-verdict=within]")
    for manifest in (first, second):
        hand.tap("#verdict form[data-act] button")
        sign(hand)
        hand.see("[data-last-outcome] h3")
        received(hand, desk_served, manifest)
    masses = [received(hand, desk_served, manifest) for manifest in (first, second)]
    assert sum(float(one["lines"][0]["accepted_t"]) for one in masses) == pytest.approx(8.02)
    for one in masses:
        assert not {"TICKET_REUSED", "TICKET_OVERDRAWN", "WEIGHING_SUM", "WEIGHT"} & {flag["code"] for flag in one["flags"]}


def test_what_is_not_found_and_what_no_scale_says_is_told_in_words(gate: Gate, hand: Hand) -> None:
    gate.send("wrong", "5.6", plate="川A·FX943")
    hand.person.open("/scale/")
    hand.scan("<img src=x onerror=alert(1)>")
    hand.see("#load .empty:has-text('没有找到这辆车')")
    assert "<img src=x onerror=alert(1)>" in hand.see("#load .empty"), "as it was typed"
    hand.person.do(lambda page: page.locator("#scan").fill(""))
    hand.scan("943")
    hand.see("#gross:focus")
    hand.type("10")
    hand.type("12.8")
    assert "填反了" in hand.see("#verdict .note")
    hand.tap("#verdict a:has-text('对调')")
    assert "川A·FX943" in hand.see("#load h2")
    assert hand.person.do(lambda page: (page.input_value("#gross"), page.input_value("#tare"))) == ("12.8", "10")


def test_a_gross_waits_for_its_tare_and_the_camera_finds_the_truck_again(gate: Gate, desk_served: Served, hand: Hand) -> None:
    """Kilograms on the screen of the scale, another truck between gross and tare, a page loaded anew, and a figure that was wrong after all."""
    manifest = gate.send("in and out", "5.6", plate="川A·FX945")
    gate.send("between", "3.1", plate="川A·FX946")
    hand.person.open("/scale/")
    hand.scan("川A·FX945")
    hand.see("#gross:focus")
    hand.type("18350")
    hand.see("#verdict [data-wait]:has-text('毛重已记')")
    hand.scan("川A·FX946")
    hand.see(".truck.chosen:has-text('FX946')")
    assert hand.person.do(lambda page: page.input_value("#gross")) == ""
    hand.person.open("/scale/")
    assert "毛重 18350 已记在本机" in hand.see(".truck:has-text('FX945') [data-held]")
    hand.person.do(lambda page: hold_up(page, f"{desk_served.url}/m/{manifest}"))
    hand.tap("[data-scan]")
    hand.see("#tare:focus")
    hand.type("12800")
    hand.see(".figures-three:has-text('5.550')")
    hand.person.do(lambda page: page.reload())
    assert "在允许误差之内" in hand.see("[data-verdict=within]")
    hand.tap("#verdict form[data-act] button")
    sign(hand)
    assert "接受 5.550 吨" in hand.see("[data-over] .note")
    received(hand, desk_served, manifest)
    hand.scan("FX945")
    hand.see("#load:has-text('已经收过')")
    hand.tap("#load a.button")
    hand.see("[data-path='changes.0.now']")
    hand.person.do(lambda page: (page.fill("[data-path='changes.0.now']", "5,52"), page.fill("[data-path='reason']", "皮重打错（虚构）")))
    hand.tap("form[data-act] button.primary")
    sign(hand)
    hand.see("tr:has-text('FX945'):has-text('更正等同意')")
    assert not hand.person.complaints


def test_the_day_of_confirmation_and_the_stock_are_listed(gate: Gate, hand: Hand) -> None:
    manifest = gate.send("waits", "4.2", plate="川A·FX944")
    hand.person.open("/scale/due")
    assert "还剩 5 个工作日" in hand.person.text()
    assert "川A·FX944" in hand.person.text()
    assert "4.200 吨" in hand.person.text()
    link = hand.person.do(lambda page: page.locator(f"a[href*='{manifest.split('/')[1]}'].button").first.get_attribute("href"))
    hand.person.open(str(link))
    assert "川A·FX944" in hand.person.text("#load")
    hand.person.open("/scale/stock")
    assert "废铅蓄电池" in hand.person.text()
    begun, badge = time.monotonic(), "nav a[href='/scale/'] .count"
    while time.monotonic() - begun < 3 * BELIEVED_S and not hand.person.do(lambda page: page.locator(badge).count()):
        hand.person.open("/scale/stock")
    assert int(hand.person.text(badge).split()[0]) >= 1, "trucks at the gate are counted on every page"
