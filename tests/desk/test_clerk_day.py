"""A clerk's whole day in real browsers: a load from a template, a departure signed by two, one that is declined, one that cannot go and what would work instead."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from msgspec import Struct
from openpyxl import load_workbook

from tests.desk.clerk_pages import client
from tests.desk.conftest import People
from tests.desk.persons import Person

CLERK, CARRIER, CRAMPED = "jinchuan", "shuan", "bishan"
"""成都锦川, 四川蜀安 with the key of its office, and 重庆璧电, which has three decisions for one waste."""
PLATE, WAYBILL, LICENCE = "川A·FX930", "YD2026110200001", "川交运管许可成字510100000001号"
LABELS = "\n".join(f"915101120000FX029E9000523120261102{number:03d}" for number in range(1, 4))
TYPED_MAX, KEYS_MAX = 3, 25


class Typist(Struct):
    """Whoever types, counted: fields, and keys pressed in them."""

    person: Person
    fields: int = 0
    keys: int = 0

    def type(self, label: str, text: str) -> None:
        """Into the field of a label."""

        def typed(page: Any) -> None:
            field = page.get_by_label(label, exact=False).first
            field.click()
            page.keyboard.type(text)

        self.person.do(typed)
        self.fields, self.keys = self.fields + 1, self.keys + len(text)


def click(person: Person, name: str, role: str = "button", within: str = "main") -> None:
    """The first of that name."""
    person.do(lambda page: page.locator(within).get_by_role(role, name=name).first.click())


def sign(person: Person) -> str:
    """Sign what the sheet shows; its text."""

    def signed(page: Any) -> str:
        sheet = page.locator("dialog.sheet")
        sheet.wait_for()
        told = str(sheet.inner_text())
        sheet.locator("[data-sign]").click()
        return told

    return str(person.do(signed))


def stands(person: Person, text: str, selector: str = "main") -> None:
    """Wait until a text stands on the page."""
    person.do(lambda page: page.locator(selector).get_by_text(text).first.wait_for())


def at(person: Person, pattern: str) -> str:
    """Wait until the browser is at an address; its path."""
    person.do(lambda page: page.wait_for_url(re.compile(pattern)))
    return person.path


def fill(person: Person, values: dict[str, str], within: str) -> None:
    """Fields of a form by their path."""

    def filled(page: Any) -> None:
        form = page.locator(within)
        for path, text in values.items():
            form.locator(f'[data-path="{path}"]').first.fill(text)

    person.do(filled)


def begin(clerk: Person, source: str = "101号") -> str:
    """A draft on a line of the decision of that number; its address."""
    clerk.open("/desk/new")
    clerk.do(lambda page: page.locator("#routes .row", has_text=source).first.get_by_role("button", name="用它").click())
    return at(clerk, r"/desk/draft/")


def issue(clerk: Person, mass: str = "5.6", packs: str = "3") -> tuple[str, Typist]:
    """Issue a load on the usual route, counted; the address of its manifest."""
    begin(clerk)
    typist = Typist(clerk)
    typist.type("计划转移量", mass)
    typist.type("包装数量", packs)
    stands(clerk, "可以开具", "#judged")
    click(clerk, "核对并签署：开具")
    told = sign(clerk)
    assert mass in told
    assert "废铅蓄电池" in told
    return at(clerk, r"/m/"), typist


def depart(clerk: Person, manifest: str, plate: str = PLATE) -> None:
    """Sign the departure of a load as its consignor; the carrier has still to."""
    clerk.open(manifest)
    form = "#act-manifest-depart-1"
    clerk.do(lambda page: page.locator(form).evaluate("node => { node.open = true; }"))
    values = {"vehicle.plate": plate, "vehicle.licence_no": LICENCE, "waybill_no": WAYBILL, "gate.labels": LABELS}
    fill(clerk, values, form)
    assert clerk.do(lambda page: page.locator(f"{form} .check input[data-list]:checked").count()) == 0, "nobody says for him that he looked"
    clerk.do(lambda page: page.locator(form).get_by_role("button", name="全部已核对").click())
    clerk.do(lambda page: page.locator(form).get_by_role("button", name="核对并签署").click())
    told = sign(clerk)
    assert plate in told
    at(clerk, r"/m/")
    stands(clerk, "已签署，等其他方签", "[data-last-outcome]")


def test_a_load_from_a_template_is_issued_departs_with_two_signatures_and_is_told_on_its_page(people: People) -> None:
    clerk, carrier = people(CLERK), people(CARRIER)
    before = left_of(clerk, "101号")
    click(clerk, "新开一单", "link")
    manifest, typist = issue(clerk)
    assert typist.fields <= TYPED_MAX
    assert typist.keys <= KEYS_MAX
    stands(clerk, "已入账", "[data-last-outcome]")
    assert "已开具" in clerk.text(".head")
    clerk.open("/desk")
    assert "可以起运" in clerk.text("#loads")
    depart(clerk, manifest)
    assert "等对方" in clerk.text("main") or "等签名的" in clerk.text("main")
    carrier.open("/desk/sign")
    assert "起运" in carrier.text("#mine")
    click(carrier, "核对并签署", within="#mine")
    told = sign(carrier)
    assert PLATE in told
    assert "成都锦川蓄能回收有限公司" in told
    stands(carrier, "已入账", "[data-last-outcome]")
    clerk.open(manifest)
    assert "运输中" in clerk.text(".head")
    assert PLATE in clerk.text("#legs")
    assert before - left_of(clerk, "101号") == 5_600
    told_elsewhere(clerk)


def told_elsewhere(clerk: Person) -> None:
    """Have notices sent to a system of the firm, see that they wait for its answer, and take it back."""
    clerk.open("/desk/notices")

    def order(page: Any) -> None:
        page.locator("#url").fill("https://hooks.example.com/liandan")
        page.get_by_label("到期与逾期").check()
        page.locator("#hooks").get_by_role("button", name="添加").click()
        page.locator("#hooks .order").wait_for()

    clerk.do(order)
    shown = clerk.text("#hooks .order")
    assert "到期与逾期" in shown
    assert "等对方系统应答" in shown
    clerk.do(lambda page: (page.locator("#hooks .order .danger").click(), page.locator("#hooks .order").wait_for(state="detached")))


def left_of(person: Person, number: str) -> int:
    """Kilograms that the first page says are left of a decision."""
    person.open("/desk")
    row = person.do(lambda page: page.locator("#left .quota", has_text=number).first.locator(".left").inner_text())
    return int(re.sub("[^0-9]", "", str(row)))


def text_of(person: Person, path: str, selector: str) -> str:
    """What stands in a part of another page."""
    person.open(path)
    return person.text(selector)


def test_what_the_other_side_declines_is_told_with_its_reason_and_what_is_withdrawn_is_gone(people: People) -> None:
    clerk, carrier = people(CLERK), people(CARRIER, width=360)
    manifest, _ = issue(clerk, "4.2", "3")
    depart(clerk, manifest, "川A·FX931")
    carrier.open("/desk/sign")

    def decline(page: Any) -> None:
        article = page.locator("#mine article").first
        article.locator("summary").click()
        article.locator("textarea").fill("车已改派，请换车牌（虚构）")
        article.get_by_role("button", name="告诉对方不签").click()

    carrier.do(decline)
    at(carrier, r"/desk/sign")
    assert "车已改派" in text_of(clerk, "/desk/sign", "#others")
    depart(clerk, manifest, "川A·FX932")
    clerk.open("/desk/sign")
    clerk.do(
        lambda page: (
            page.locator("#others article")
            .filter(has=page.get_by_role("button", name="撤回我的签名"))
            .last.get_by_role("button")
            .first.click()
        )
    )
    at(clerk, r"/desk/sign")
    assert "核对并签署" not in text_of(carrier, "/desk/sign", "#mine")


def test_a_draft_that_cannot_go_says_why_and_what_would_work_instead(people: People) -> None:
    clerk = people(CRAMPED)
    clerk.open("/desk/new")
    clerk.do(lambda page: page.locator("#routes .row", has_text="115号").first.get_by_role("button", name="用它").click())
    at(clerk, r"/desk/draft/")
    typist = Typist(clerk)
    typist.type("计划转移量", "40")
    typist.type("包装数量", "9")
    stands(clerk, "超", "#judged")
    told = text_of(clerk, "/desk", "#loads")
    assert "走不了" in told
    for part in ("现状", "依据", "已核对原文", "谁能解除", "个工作日", "110号"):
        assert part in told, (part, told)
    click(clerk, "改用 环审批〔2026〕110号（虚构）", within="#loads")
    at(clerk, r"/desk/draft/")
    stands(clerk, "可以开具", "#judged")
    assert "走不了" not in text_of(clerk, "/desk", "#loads")


def test_the_list_is_searched_by_its_address_and_the_paper_has_three_parts(people: People) -> None:
    clerk = people(CLERK)
    clerk.open("/desk/manifests")

    def search(page: Any) -> None:
        page.get_by_label("阶段").select_option("closed")
        page.get_by_role("button", name="查找").click()

    clerk.do(search)
    at(clerk, r"stage=closed")
    rows = clerk.text("main table")
    assert "已办结" in rows
    assert "运输中" not in rows
    clerk.do(lambda page: page.locator("main table a").first.click())
    at(clerk, r"/m/")
    click(clerk, "联单纸面", "link")
    paper = clerk.text(".paper")
    for part in ("第一部分", "第二部分", "第三部分", "废铅蓄电池", "不是国家系统的法定联单"):
        assert part in paper


def workbook(empty: bytes, rows: list[dict[str, str]]) -> dict[str, Any]:
    """The empty workbook of planned loads with rows filled in, as a browser sends it."""
    book = load_workbook(BytesIO(empty))
    page = book["计划"]
    heads = [cell.value for cell in page[1]]
    for number, row in enumerate(rows, 2):
        for head, text in row.items():
            page.cell(number, heads.index(head) + 1, text)
    out = BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "本周计划.xlsx", "mimeType": kind, "buffer": out.getvalue()}


def bring(clerk: Person, file: dict[str, Any]) -> str:
    """Bring a spreadsheet; what is said of it."""
    clerk.open("/desk/new")

    def go(page: Any) -> None:
        page.locator('input[type="file"]').set_input_files(file)
        page.get_by_role("button", name="读取").click()

    clerk.do(go)
    at(clerk, r"/desk/new/sheet")
    return clerk.text()


def test_a_spreadsheet_becomes_drafts_or_is_told_cell_by_cell(people: People) -> None:
    clerk = people(CLERK)
    with client(clerk) as asked:
        empty = asked.get("/desk/new/plan.xlsx").content
    carrier = {"承运单位": "四川蜀安危货运输有限公司（虚构）"}
    code = {"废物代码": "900-052-31"}
    wrong = bring(
        clerk, workbook(empty, [{"废物代码": "900-052-32", "数量（吨）": "x"}, {**code, "数量（吨）": "5", "承运单位": "没有这家公司"}])
    )
    for part in ("有 3 处不符，没有保存", "计划!D2", "计划!F2", "计划!H3"):
        assert part in wrong
    good = bring(clerk, workbook(empty, [{**code, **carrier, "计划时间": "2026-11-03 09:40", "数量（吨）": "7.25", "包装数量": "14"}]))
    assert "存为 1 份草稿" in good
    assert "7.250" in text_of(clerk, "/desk", "#later")
