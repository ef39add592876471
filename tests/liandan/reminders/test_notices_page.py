"""The page of notices by its forms: what is wrong is told on the same page with everything that was typed; what is right leads back to it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.desk.test_session import PAGE, SAME
from tests.liandan.reminders.conftest import Office

NOTICES = "/desk/notices"


async def send(office: Office, path: str, **form: str | list[str]) -> httpx.Response:
    """A form of the page, as a browser sends it."""
    return await office.desk.client.post(f"{NOTICES}{path}", data=form, headers={**office.desk.token, **SAME, **PAGE})


def of_part(page: str, part: str) -> str:
    """The section of mails or of webhooks."""
    found = re.search(rf'(?s)<section class="card" id="{part}".*?</section>', page)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("part", "form", "told"),
    [
        ("mail", {"address": "diaodu", "note": "调度室 <b>", "ahead_wd": "2", "language": "en"}, "邮箱"),
        ("mail", {"address": "a@b.example", "note": "调度室", "ahead_wd": "many"}, "ahead_wd"),
        ("mail", {}, "邮箱"),
        ("hooks", {"url": "https://a:b@hooks.example.com/x", "note": "老板", "kinds": ["due", "case"]}, "用户名"),
        ("hooks", {"url": "https://10.0.0.8/x", "note": "老板", "kinds": ["due"]}, "内部网络"),
        ("hooks", {"url": "https://hooks.example.com/x", "note": "老板", "kinds": ["nothing"]}, "不认识"),
        ("hooks", {"url": "x", "note": "老板"}, "用 https"),
    ],
)
async def test_what_is_wrong_is_told_on_the_page_and_stays_typed(office: Office, part: str, form: dict[str, Any], told: str) -> None:
    answer = await send(office, f"/{part}", **form)
    assert 400 <= answer.status_code < 500, answer.text
    section = of_part(answer.text, part)
    assert 'role="alert"' in section
    assert told in section
    for name in ("address", "url", "note"):
        if typed := form.get(name):
            assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in section
    assert re.findall(r'value="(\w+)" checked', section) == [kind for kind in ("due", "case") if kind in form.get("kinds", ())]
    assert (await office.ask("GET")).json()["reminders"] == []


async def test_an_address_is_added_asked_again_and_deleted(office: Office) -> None:
    led = await send(office, "/mail", address="diaodu@example.cn", note="调度室", ahead_wd="2", language="zh")
    assert (led.status_code, led.headers["location"]) == (303, f"{NOTICES}?done=added#mail")
    [one] = (await office.ask("GET")).json()["reminders"]
    assert (one["address"], one["ahead_wd"], one["state"]) == ("diaodu@example.cn", 2, "unconfirmed")
    page = await office.desk.client.get(led.headers["location"], headers={**office.desk.token, **PAGE})
    assert "已添加，确认邮件已发出" in page.text
    wrong = await send(office, f"/mail/{one['id']}/confirm", code="abc")
    assert 400 <= wrong.status_code < 500
    assert 'role="alert"' in of_part(wrong.text, "mail")
    assert (await send(office, f"/mail/{one['id']}/state", state="paused")).status_code >= 400, "nobody has confirmed it"
    assert (await send(office, f"/mail/{one['id']}/test")).headers["location"] == f"{NOTICES}?done=tested#mail"
    assert (await send(office, f"/mail/{one['id']}/delete")).headers["location"] == f"{NOTICES}?done=deleted#mail"
    assert (await office.ask("GET")).json()["reminders"] == []
    assert (await send(office, f"/mail/{one['id']}/delete")).status_code == 404


async def test_a_webhook_is_added_tried_and_deleted(office: Office) -> None:
    led = await send(office, "/hooks", url="https://hooks.example.com/liandan", note="老板", kinds=["due", "manifest"])
    assert (led.status_code, led.headers["location"]) == (303, f"{NOTICES}?done=hooked#hooks")
    page = (await office.desk.client.get(NOTICES, headers={**office.desk.token, **PAGE})).text
    section = of_part(page, "hooks")
    assert "到期与逾期、联单" in section
    assert "等对方系统应答" in section
    [order] = set(re.findall(r"/desk/notices/hooks/([0-9a-f]{24})/", section))
    assert (await send(office, f"/hooks/{order}/test")).headers["location"] == f"{NOTICES}?done=tested#hooks"
    assert (await send(office, f"/hooks/{order}/confirm", code="a")).status_code == 404, "a webhook confirms itself"
    assert (await send(office, f"/hooks/{order}/drop")).status_code in (400, 404)
    assert (await send(office, f"/hooks/{order}/delete")).headers["location"] == f"{NOTICES}?done=deleted#hooks"
