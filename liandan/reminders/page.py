"""The page that mails lead to: what they are, and two buttons. It works without a script; looking at it changes nothing."""

from html import escape
from urllib.parse import urlencode

from litestar import Response
from msgspec import Struct

from liandan.pages.layout import page
from liandan.reminders.digest import plain_name
from liandan.reminders.model import masked
from liandan.reminders.service import PAGE


class PageWanted(Struct, frozen=True, kw_only=True):
    """Which reminder the page is about."""

    state: str
    token: str
    name: str
    uscc: str
    address: str

    def __repr__(self) -> str:
        """Neither token nor address."""
        return f"PageWanted({self.state!r})"


SAYS = {
    "unconfirmed": ("还没有确认：确认以前不会再有邮件。", "Not confirmed yet: no further mail comes before."),
    "active": ("已确认：有到期事项的日子每天一封。", "Confirmed: one mail on every day on which something is due."),
    "paused": ("由该单位暂停。", "Paused by that firm."),
    "disabled": ("已停用。", "Disabled."),
    "ended": ("已结束：邮箱地址已删除，不会再有邮件。", "Ended: the address is erased, no further mail comes."),
}


def reminder_page(wanted: PageWanted) -> Response[str]:
    """It as it stands."""
    zh, en = SAYS[wanted.state]
    name = f"“{escape(plain_name(wanted.name) or wanted.uscc)}”（{wanted.uscc}）"
    to = escape(masked(wanted.address)) if wanted.address else ""
    body = f'<h1>到期提醒 <small>Reminders</small></h1><div class="lead"><p>{name}的危险废物联单到期提醒{to and f"，发往 {to}"}。</p><p>{zh}</p></div>'
    body += f'<div lang="en"><p>Reminders of what is due on hazardous-waste manifests{to and f", to {to}"}.</p><p>{en}</p></div>'
    if wanted.state == "unconfirmed":
        body += _button("/confirm", wanted.token, "确认接收 / Confirm")
    if wanted.state != "ended":
        body += _button("", wanted.token, "不再接收，并删除邮箱地址 / No more, and erase the address")
    answer = page("到期提醒 · Reminders", body, has_form=True)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def lost_page() -> Response[str]:
    """For a link that leads to no reminder."""
    zh = "这个链接找不到到期提醒：链接可能被邮件程序截断，或者提醒已经删除（三天没有确认的也已删除）。"
    zh_do = "请从邮件中复制完整的链接；仍打不开的，请设立提醒的单位重新登记这个邮箱。"
    en = "No reminder is behind this link: it may have been cut short, or the reminder is gone (unconfirmed ones are after three days)."
    en_do = "Copy the whole link from the mail; if it still leads here, ask the firm to name this address again."
    body = f'<h1>到期提醒 <small>Reminders</small></h1><div class="lead"><p>{zh}</p><p>{zh_do}</p></div><div lang="en"><p>{en}</p><p>{en_do}</p></div>'
    answer = page("到期提醒 · Reminders", body, 404)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _button(path: str, token: str, label: str) -> str:
    return f'<form method="post" action="{PAGE}{path}?{escape(urlencode({"token": token}))}"><p><button>{label}</button></p></form>'
