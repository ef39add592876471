"""A mail on its way: what is written, over what, and what each answer of a server comes to. The server is a real one."""

from __future__ import annotations

import asyncio
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from liandan.reminders.model import Mail, check_address
from liandan.reminders.postman import MailServer, Postman, message_of, read_relay
from liandan.settings import Settings
from signing.refusal import Refusal
from tests.liandan.reminders.mailbox import accept_and_die, hang, mailbox, refuse_data, text_of
from tests.liandan.webhooks.certificates import certified

NAME = "localhost"
TO = "diaodu@example.cn"
NOW = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
PAGE = "https://ledger.example.cn/reminder?token=" + "q" * 40
MAIL = Mail(
    id=1, reminder="r", kind="digest", day=NOW.date(), message_id="<7ce6@ledger.example.cn>", subject="【联单】今日到期 1 项", body="正文\n.\n点\n",
    state="pending", attempts=1, made_at=NOW, last_at=NOW, next_at=NOW, said="", found="",
)  # fmt: skip


def relay(port: int, **changes: object) -> MailServer:
    """A server on this machine."""
    fields = {
        "host": NAME, "port": port, "tls": "none", "sender": "no-reply@ledger.example.cn", "user": None, "password": None, "timeout_s": 30.0,
        "context": CONTEXT,
    }  # fmt: skip
    return MailServer(**(fields | changes))  # type: ignore[arg-type]  # test shorthand


async def carry(postman: Postman, mail: Mail = MAIL) -> tuple[str, str, str]:
    carried = await postman.carry(message_of(mail, TO, postman.relay.sender, PAGE, "zh", NOW), TO)
    return carried.how, carried.said, carried.found


async def test_a_mail_arrives_as_it_was_written_and_a_connection_serves_two() -> None:
    async with mailbox() as box:
        postman = Postman(relay(box.port))
        assert await carry(postman) == ("sent", "", "")
        assert await carry(postman, replace(MAIL, kind="confirm")) == ("sent", "", "")
        await postman.rest()
    message, asking = box.got
    assert text_of(message) == MAIL.body, "a line of one dot ends nothing (RFC 5321 §4.5.2)"
    assert (message["From"], message["To"], message["Subject"]) == ("联单 liandan <no-reply@ledger.example.cn>", TO, MAIL.subject)
    assert (message["Message-ID"], message["Auto-Submitted"]) == (MAIL.message_id, "auto-generated")
    assert message["Date"] == "Mon, 30 Nov 2026 08:00:00 +0800"
    assert f"List-Unsubscribe: <{PAGE}>\r\n".encode() in box.raw[0], "in one line, not encoded: programs read it (RFC 8058 §3.1)"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert asking["List-Unsubscribe"] is None
    assert box.to == [TO, TO]
    assert all(byte < 128 for byte in box.raw[0]), "whatever server takes it"
    assert max(map(len, box.raw[0].split(b"\r\n"))) <= 120


async def test_with_starttls_the_certificate_is_verified_and_the_password_sent_inside(tmp_path: Path) -> None:
    tls, authority = certified(tmp_path, NAME)
    ours = ssl.create_default_context(cafile=authority)
    async with mailbox(tls, auth=True) as box:
        good = Postman(relay(box.port, tls="starttls", context=ours, user="liandan", password="right"))
        assert await carry(good) == ("sent", "", "")
        await good.rest()
        assert (box.over_tls, box.logins) == ([True], [(b"liandan", b"right")])
        how, said, found = await carry(Postman(relay(box.port, tls="starttls", user="liandan", password="right")))
        assert (how, said) == ("server", "MAIL_SERVER")
        assert "certificate" in found, "an authority that nobody trusts"
        assert len(box.logins) == 1, "no password goes to a server that has not shown who it is"
        wrong = await carry(Postman(relay(box.port, tls="starttls", context=ours, user="liandan", password="wrong")))
        assert wrong == ("server", "MAIL_SERVER", "535 5.7.8")


async def test_a_server_without_starttls_gets_nothing() -> None:
    async with mailbox() as box:
        how, said, _ = await carry(Postman(relay(box.port, tls="starttls")))
    assert (how, said, box.asked_for) == ("server", "MAIL_SERVER", [])


@pytest.mark.parametrize(
    ("rcpt", "outcome"),
    [
        ("550 5.1.1 <diaodu@example.cn>: no such user", ("refused", "MAIL_REFUSED", "550 5.1.1")),
        ("554 5.7.1 <diaodu@example.cn>: Relay access denied", ("later", "MAIL_POLICY", "554 5.7.1")),
        ("553 strange", ("refused", "MAIL_REFUSED", "553")),
        ("450 4.2.1 try later", ("later", "MAIL_LATER", "450 4.2.1")),
        ("421 4.3.2 closing", ("server", "MAIL_SERVER", "421 4.3.2")),
    ],
)
async def test_what_is_said_of_an_address_is_known_by_its_codes_alone(rcpt: str, outcome: tuple[str, str, str]) -> None:
    async with mailbox() as box:
        box.rcpt = rcpt
        postman = Postman(relay(box.port))
        assert await carry(postman) == outcome
        box.rcpt = "250 OK"
        assert (await carry(postman))[0] == "sent", "the next one goes on the same or another connection"
        await postman.rest()


async def test_a_mail_that_is_refused_whole_is_refused() -> None:
    async with mailbox() as box:
        postman = Postman(relay(box.port))
        box.data = refuse_data("554 5.7.1 looks like spam")
        assert await carry(postman) == ("later", "MAIL_POLICY", "554 5.7.1"), "a matter of who sends, which switches off no address"
        box.data = refuse_data("552 5.2.2 mailbox full")
        assert await carry(postman) == ("refused", "MAIL_REFUSED", "552 5.2.2")
        box.data = refuse_data("452 4.3.1 disk full")
        assert await carry(postman) == ("later", "MAIL_LATER", "452 4.3.1")
        await postman.rest()


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()  # until the other side has gone
    writer.close()


async def test_a_server_that_hangs_or_dies_costs_bounded_time_and_is_no_matter_of_the_address() -> None:
    async with mailbox() as box:
        box.data = accept_and_die
        how, said, _ = await carry(Postman(relay(box.port)))
        assert (how, said, len(box.got)) == ("server", "MAIL_SERVER", 1), "nobody knows that it arrived; it is sent again under its name"
        box.data = hang
        begun = time.monotonic()
        assert (await carry(Postman(relay(box.port, timeout_s=0.3))))[:2] == ("server", "MAIL_SERVER")
    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    assert (await carry(Postman(relay(port, timeout_s=0.3))))[:2] == ("server", "MAIL_SERVER")
    assert time.monotonic() - begun < 20
    silent.close()
    await asyncio.sleep(0.05)  # it sees that the other side has gone
    assert (await carry(Postman(relay(1))))[:2] == ("server", "MAIL_SERVER"), "nobody there"


async def test_one_that_is_cut_off_in_the_middle_leaves_no_connection_behind() -> None:
    async with mailbox() as box:
        box.data, postman = hang, Postman(relay(box.port))
        carrying = asyncio.create_task(carry(postman))
        await box.asked.wait()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)
        async with mailbox() as other:
            postman.relay = relay(other.port)
            assert (await carry(postman))[0] == "sent"
            await postman.rest()


@given(st.text(min_size=1, max_size=60))
def test_no_name_makes_a_header_of_its_own(name: str) -> None:
    try:
        raw = message_of(replace(MAIL, subject=f"【联单】{name}"), TO, "no-reply@ledger.example.cn", PAGE, "zh", NOW).as_bytes()
    except (ValueError, UnicodeError):
        return  # refused as a whole; the texts of ours hold nothing of the kind (test_digest)
    head = raw.partition(b"\r\n\r\n")[0]
    names = {line.partition(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))}
    known = "from to subject date message-id auto-submitted content-language list-unsubscribe list-unsubscribe-post mime-version"
    assert names <= {name.encode() for name in (*known.split(), "content-type", "content-transfer-encoding")}


@pytest.mark.parametrize("subject", ["a\r\nBcc: all@example.cn", "a\nb", "a\rb"])
def test_a_line_feed_in_a_header_cannot_be_written(subject: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|header"):
        message_of(replace(MAIL, subject=subject), TO, "no-reply@ledger.example.cn", PAGE, "zh", NOW)


@pytest.mark.parametrize("text", ["diaodu@example.cn", "a.b+c@xn--fiqs8s.example", "x@a-b.example.com.cn"])
def test_an_address_is_one(text: str) -> None:
    assert check_address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "@example.cn", "a@", "a@b", "a b@example.cn", "a@example.cn\r\nBcc: b@example.cn", "a@example.cn, b@example.cn", "<a@example.cn>",
        "张三@example.cn", "a@例子.cn", "a@[127.0.0.1]", "a@127.0.0.1", '"a b"@example.cn', "a..b@example.cn", "a@example..cn", "a@example.cn.",
        "a@-example.cn", f"{'a' * 65}@example.cn", f"a@{'b.' * 130}cn", "a@example.cn\n", "\u202ea@example.cn", "a\x00@example.cn",
        "(c)a@example.cn", "a@example.cn (c)", "group:a@example.cn;",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_address(text)
    assert caught.value.codes == ["MAIL_ADDRESS"]
    assert len(text) < 3 or text not in str(caught.value)


@example("0@[")
@given(st.text(max_size=80))
def test_whatever_is_given_as_an_address_is_one_or_refused(text: str) -> None:
    try:
        found = check_address(text)
    except Refusal:
        return
    assert found.isascii()
    assert found.isprintable()
    assert not set(found) & set(' ,;<>()[]:\\"')


def settings(tmp_path: Path, **changes: object) -> Settings:
    fields = {"smtp_host": "smtp.example.cn", "smtp_from": "no-reply@example.cn", **changes}
    return Settings(data_dir=tmp_path, **fields)  # type: ignore[arg-type]  # test shorthand


def test_without_a_mail_server_there_is_none(tmp_path: Path) -> None:
    assert read_relay(Settings(data_dir=tmp_path)) is None


def test_settings_that_cannot_work_or_would_show_a_password_stop_the_start(tmp_path: Path) -> None:
    (secret := tmp_path / "password").write_text("right\n")
    found = read_relay(settings(tmp_path, smtp_user="liandan", smtp_password_file=secret))
    assert found is not None
    assert (found.password, "right" in repr(found)) == ("right", False)
    for wrong in (
        {"smtp_from": None}, {"smtp_from": "no address"}, {"smtp_user": "liandan"}, {"smtp_password_file": secret},
        {"smtp_user": "liandan", "smtp_password_file": secret, "smtp_tls": "none"}, {"smtp_ca_file": secret},
        {"smtp_user": "liandan", "smtp_password_file": tmp_path / "absent"},
    ):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            read_relay(settings(tmp_path, **wrong))
        assert caught.value.codes == ["SETTING"]
        assert "right" not in str(caught.value)
    here = {"smtp_host": "127.0.0.1", "smtp_user": "liandan", "smtp_password_file": secret, "smtp_tls": "none"}
    assert read_relay(settings(tmp_path, **here)) is not None
