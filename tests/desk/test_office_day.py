"""A day of two offices in two browsers: a list changed by one side and confirmed by the other, a new list proposed and countersigned, an
application consulted, answered and decided, a row suspended with its effect shown first, an emergency, a closed month confirmed and disputed. Taps are counted (docs/desk.md,
budgets).

A tap is a press of a button or a link; what is typed is known beforehand and counts for nothing, nor does choosing a file.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from ledger.times import parse_at
from liandan.client import Liandan, Trust
from liandan.demo.cast import CAST
from liandan.demo.world import World
from liandan.months.job import MonthJob
from liandan.settings import Settings
from tests.desk.conftest import People
from tests.desk.persons import Person, token_of
from tests.desk.played import Served, served

OUT = "2026-51-50-cy"
LETTER = {"letter_no": "川环函〔2026〕201号（虚构）"}
REPLY = {"letter_no": "渝环函〔2026〕301号（虚构）"}


class Clerk:
    """Somebody in an office: what is typed, and how often something is pressed."""

    def __init__(self, person: Person) -> None:
        self.person, self.taps = person, 0

    def open(self, path: str) -> None:
        self.person.open(path)
        self.taps = 0

    def tap(self, selector: str) -> None:
        """Press something that is there once."""
        self.taps += 1
        self.person.do(lambda page: page.locator(selector).first.click())

    def fill(self, form: str, **typed: str) -> None:
        """Type into the fields of a form, by their place in the act."""

        def go(page: Any) -> None:
            for path, text in typed.items():
                field = page.locator(f'{form} [data-path="{path.replace("__", ".")}"]').first
                field.select_option(text) if field.evaluate("node => node.tagName") == "SELECT" else field.fill(text)

        self.person.do(go)

    def sign(self, form: str) -> str:
        """Press the form's button, read the sheet, press sign there; the words of the sheet. Two taps."""
        self.taps += 2

        def go(page: Any) -> str:
            page.locator(f"{form} button[type=submit]").first.click()
            sheet = page.locator("dialog.sheet[open]")
            sheet.wait_for(timeout=20_000)
            said = str(sheet.inner_text())
            sheet.locator("[data-sign]").click()
            page.locator("section.outcome").first.wait_for(timeout=30_000)
            state = page.locator("section.outcome").first.get_attribute("data-state")
            assert state == "entered", page.locator("section.outcome").first.inner_text()
            return said

        return str(self.person.do(go))

    def original(self) -> str:
        """What stands in the place of what is confirmed."""
        self.person.do(lambda page: page.locator("[data-original] > *").first.wait_for())
        return self.text("[data-original]")

    def lie(self, form: str, field: str, other: str) -> None:
        """A server that would have another thing signed than it shows: the page says so and signs nothing."""

        def go(page: Any) -> None:
            def changed(route: Any) -> None:
                answer = route.fetch()
                html = re.sub(rf'("{field}": ")[0-9a-f]{{64}}', rf"\g<1>{other}", answer.text())
                route.fulfill(response=answer, body=html)

            page.route("**/province", changed)
            page.reload()
            page.locator("[data-original] [role=alert]").wait_for()
            assert page.locator(f"{form} button[type=submit]").is_disabled()
            page.unroute("**/province")

        self.person.do(go)

    def text(self, selector: str = "main") -> str:
        return self.person.text(selector)

    def get(self, path: str) -> httpx.Response:
        """Asked of the interface, with the same key."""
        token = token_of(self.person.url, self.person.key)
        return httpx.get(f"{self.person.url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=60)


@pytest.fixture(scope="module")
async def desk_served() -> AsyncIterator[Served]:
    """A log of these stories' own: lists and quotas must be as the demonstration left them."""
    async with served() as found:
        yield found


@pytest.fixture
def offices(people: People) -> tuple[Clerk, Clerk]:
    return Clerk(people("sichuan")), Clerk(people("chongqing"))


def apply_for(served: Served, name: str, *, listed: bool) -> str:
    """An application of the demonstration's generator; its chain."""
    flow = CAST.flows["batteries_out"]
    generator, waste = CAST.firm(flow.generator), CAST.waste_of(flow)
    log = httpx.get(f"{served.url}/v1/log").json()
    trust = Trust(origin=log["origin"], found=log["found"], log_keys=tuple(log["log_keys"]))
    line = waste.named | {"mass_t": "20", "method": waste.method} | ({"listing": {"list": f"list/{OUT}", "row": 0}} if listed else {})
    now_s = parse_at(log["now"])
    world = World("office day")
    permit = httpx.get(f"{served.url}/v1/permits?receiver={CAST.firm(flow.receiver).uscc}", headers=_bearer(served, generator.uscc)).json()[
        "permits"
    ][0]
    chain = f"approval/{generator.uscc}/{world.ulid(now_s, name)}"
    body = {
        "receiver": CAST.firm(flow.receiver).uscc, "permit": permit["permit"], "origin": generator.place, "applied_to": "2026-12-31", "lines": [line],
    }  # fmt: skip
    with Liandan(served.url, served.keyring.key(generator.uscc), uscc=generator.uscc, trust=trust) as client:
        client.set_now(now_s)
        client.post(client.sign(client.draft("approval.apply/1", chain, body)))
    return chain


def _bearer(served: Served, uscc: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(served.url, served.keyring.key(uscc))}"}


def workbook(clerk: Clerk, change: Any) -> dict[str, Any]:
    """The list in force as a workbook, with something changed, as a file to be chosen."""
    book = load_workbook(BytesIO(clerk.get(f"/v1/intake/list.xlsx?list=list/{OUT}").content))
    change(book)
    out = BytesIO()
    book.save(out)
    return {"name": "名单.xlsx", "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "buffer": out.getvalue()}


def upload(clerk: Clerk, file: dict[str, Any], against: str = "") -> None:
    clerk.open("/province/intake")

    def go(page: Any) -> None:
        page.set_input_files("input[type=file]", file)
        page.select_option("#against", against)
        page.click("#upload button.primary")
        page.locator("#read").wait_for(timeout=60_000)

    clerk.person.do(go)


def test_one_side_changes_a_list_by_its_workbook_and_the_other_confirms_with_two_taps(offices: tuple[Clerk, Clerk]) -> None:
    here, there = offices

    def other_quota(book: Any) -> None:
        sheet = book["白名单"]
        column = next(cell.column for cell in sheet[1] if "额度" in str(cell.value))
        sheet.cell(2, column).value = "20500"

    upload(here, workbook(here, other_quota), f"list/{OUT}")
    assert "额度 +500 吨" in here.text("#difference")
    here.fill("#amend form", **LETTER, effective_from=here.get("/v1/log").json()["now"][:10])
    sheet = here.sign("#amend form")
    assert "20500.000000" in sheet, "the sheet shows every row that changes, from the bytes"
    there.open("/province")
    waiting = there.text(".waiting")
    assert "20,000.000 → 20,500.000" in waiting
    assert "哈希与将签署的一致" in there.original(), "what is confirmed is rebuilt on the device, from its entry"
    there.lie(".waiting form", "act", "0" * 64)
    there.open("/province")
    there.original()
    there.fill(".waiting form", **REPLY)
    there.sign(".waiting form")
    assert there.taps == 2, "countersign: two taps"
    assert there.get(f"/v1/listings?list=list/{OUT}").json()["listings"][0]["quota_t"] == "20500.000000"
    here.open(f"/province/lists/{OUT}")
    assert "/ 20,500.000 吨" in here.text("#rows")


def test_a_new_list_is_proposed_from_a_spreadsheet_and_countersigned(offices: tuple[Clerk, Clerk]) -> None:
    here, there = offices

    def next_year(book: Any) -> None:
        sheet = book["名单"]
        wanted = {
            "年度": "2027",
            "生效日": "2027-01-01",
            "失效日": "2027-12-31",
            "函号": "川环函〔2026〕200号（虚构）",
            "函件日期": "2026-11-01",
        }
        for row in sheet.iter_rows():
            if (value := wanted.get(str(row[0].value))) is not None:
                row[1].value = value

    upload(here, workbook(here, next_year))
    assert "没有不符" in here.text("#read")
    here.sign("#statements li:nth-child(1) form")
    here.person.do(lambda page: page.evaluate("document.querySelectorAll('section.outcome').forEach((one) => one.remove())"))
    assert "900-052-31" in here.sign("#statements li:nth-child(2) form"), "the sheet shows the rows themselves"
    there.open("/province/lists/2027-51-50-cy")
    assert "已提出，未生效" in there.text("h1 + .lead")
    there.person.do(lambda page: page.locator("#countersign .note.done").wait_for())
    there.fill("#countersign form", **REPLY)
    there.sign("#countersign form")
    assert there.get("/v1/lists?year=2027").json()["lists"][0]["status"] == "ACTIVE"


def test_an_application_is_consulted_answered_and_decided(offices: tuple[Clerk, Clerk], desk_served: Served) -> None:
    here, there = offices
    chain = apply_for(desk_served, "by letter", listed=False)
    page = f"/province/approvals/{chain.removeprefix('approval/')}"
    here.open(page)
    assert "现在不能办：批准" in here.text(), "without a listing nothing is granted before the other side has agreed"
    here.person.do(lambda page: page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })"))
    here.fill("#consult form", **LETTER)
    here.sign("#consult form")
    there.open("/province")
    there.tap(f'#ours a.button[href="{page}"]')
    there.fill("#agree form", **REPLY)
    there.sign("#agree form")
    assert there.taps == 3
    here.open("/province")
    here.tap(f'#ours a.button[href="{page}"]')
    here.fill("#grant form", no="川环审批〔2026〕401号（虚构）")
    sheet = here.sign("#grant form")
    assert here.taps <= 4, "decide a complete application: four taps"
    assert "20.000000" in sheet
    assert here.get(f"/v1/approvals/{chain.removeprefix('approval/')}").json()["approval"]["stage"] == "approved"


def test_a_row_is_suspended_with_three_taps_after_its_effect_was_shown(offices: tuple[Clerk, Clerk], desk_served: Served) -> None:
    here, there = offices
    waiting = apply_for(desk_served, "listed", listed=True)
    there.open("/province")
    there.tap(f'#quotas a.button[href="/province/lists/{OUT}/0/suspend"]')
    effect = there.text("#effect")
    assert "1 份未决申请写了这一行" in effect
    assert "份批准决定" in effect
    there.fill("#sign form", reason="在线监测设施停运（虚构）", **REPLY)
    there.sign("#sign form")
    assert there.taps == 3, "suspend: three taps"
    row = there.get(f"/v1/listings?list=list/{OUT}").json()["listings"][0]
    assert row["status"] == "SUSPENDED"
    here.open(f"/province/approvals/{waiting.removeprefix('approval/')}")
    assert "现在不能办：批准" in here.text()
    here.open(f"/province/lists/{OUT}/0")
    here.fill("#resume form", reason="设施已恢复（虚构）", **LETTER)
    here.sign("#resume form")
    there.open("/province")
    assert "恢复" in there.text(".waiting")
    there.fill(".waiting form", **REPLY)
    there.sign(".waiting form")
    assert there.get(f"/v1/listings?list=list/{OUT}").json()["listings"][0]["status"] == "ACTIVE"


def test_an_emergency_is_declared_by_one_side_and_joined_by_the_other(offices: tuple[Clerk, Clerk]) -> None:
    here, there = offices
    log = here.get("/v1/log").json()
    permit = here.get(f"/v1/permits?receiver={CAST.firm('jiangjin').uscc}").json()["permits"][0]["permit"]
    here.open("/act/emergency.declare?next=/province/emergencies")
    here.fill(
        "form[data-act]", name="G42 泄漏（虚构）", happened_at=log["now"][:16], place__division="510112", place__address="沪蓉高速龙泉驿段（虚构）",
        plan_no="龙府应〔2026〕9号（虚构）", plan_authority="成都市龙泉驿区人民政府", generators=CAST.firm("jinchuan").uscc, wastes__0__category="HW31",
        wastes__0__scope="ALL", receivers__0__receiver=CAST.firm("jiangjin").uscc, receivers__0__permit=permit, ceiling_t="30",
        valid_from=log["now"][:10], valid_to="2026-11-20",
    )  # fmt: skip
    sheet = here.sign("form[data-act]")
    assert "G42 泄漏（虚构）" in sheet
    there.open("/province/emergencies")
    there.tap('#emergencies a:has-text("G42 泄漏")')
    there.fill("#join form", **REPLY)
    there.sign("#join form")
    joined = next(one for one in there.get("/v1/emergencies").json()["emergencies"] if one["name"].startswith("G42 泄漏"))
    assert joined["waits_for"] == []


def test_a_closed_month_is_confirmed_by_one_side_and_disputed_by_the_other(offices: tuple[Clerk, Clerk], desk_served: Served) -> None:
    here, there = offices
    log = here.get("/v1/log").json()
    job = MonthJob(Settings(data_dir=desk_served.directory / "data"), desk_served.keyring.server, desk_served.url)
    report = asyncio.run(job.run(now_s=parse_at(log["now"]), first="2026-10"))
    assert [one.chain for one in report.closed if one.chain.endswith("/51-50")] == ["period/2026-10/51-50"]
    page = "/province/months?month=2026-10&way=51-50"
    here.open(page)
    here.sign(".period > form")
    there.open(page)
    there.person.do(lambda page: page.locator(".period details").first.evaluate("node => { node.open = true; }"))
    there.fill(
        ".period details form", reason="一车重量不符（虚构）", items__0__key="M4 manifest/x/y 0", items__0__note="磅单见附件（虚构）"
    )
    there.sign(".period details form")
    [period] = [one for one in here.get("/v1/periods?month=2026-10").json()["periods"] if one["period"].endswith("/51-50")]
    assert (period["stage"], [word["disputes"] for word in period["said"]]) == ("disputed", [False, True])
    here.open(page)
    assert "提出异议" in here.text(".period")
