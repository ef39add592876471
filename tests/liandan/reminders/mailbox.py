"""A mail server on this machine (aiosmtpd) that keeps what it gets, and refuses, hangs or dies as it is told."""

from __future__ import annotations

import asyncio
import email
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from msgspec import Struct, field

Reply = Callable[["Mailbox", SMTP, Envelope], Awaitable[str]]


async def accept(box: Mailbox, server: SMTP, envelope: Envelope) -> str:
    """Keep it and say so."""
    box.keep(envelope)
    return "250 OK"


async def accept_and_die(box: Mailbox, server: SMTP, envelope: Envelope) -> str:
    """Keep it, and break the connection before anything is said."""
    box.keep(envelope)
    server.transport.abort()
    await asyncio.sleep(3600)
    return ""


async def accept_and_hang(box: Mailbox, server: SMTP, envelope: Envelope) -> str:
    """Keep it, and say nothing."""
    box.keep(envelope)
    await asyncio.sleep(3600)
    return ""


async def hang(box: Mailbox, server: SMTP, envelope: Envelope) -> str:
    """Say nothing, ever."""
    box.asked.set()
    await asyncio.sleep(3600)
    return ""


def refuse_data(reply: str) -> Reply:
    """Answer the whole mail so."""

    async def answer(box: Mailbox, server: SMTP, envelope: Envelope) -> str:
        box.asked.set()
        return reply

    return answer


class Mailbox(Struct, kw_only=True):
    """What came, in order, and how it answers."""

    port: int = 0
    data: Reply = accept
    rcpt: str = "250 OK"
    """What it says of an address."""
    got: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    asked_for: list[str] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)

    def keep(self, envelope: Envelope) -> None:
        """Keep a mail."""
        content = cast("bytes", envelope.content)
        self.raw.append(content)
        self.got.append(cast("EmailMessage", email.message_from_bytes(content, policy=default)))
        self.to += envelope.rcpt_tos
        self.came.set()

    async def until(self, count: int) -> None:
        """Wait until so many came."""
        async with asyncio.timeout(60):
            while len(self.got) < count:
                self.came.clear()
                await self.came.wait()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:  # aiosmtpd's name
        """An address."""
        self.asked_for.append(address)
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """A whole mail."""
        self.over_tls.append(session.ssl is not None)
        return await self.data(self, server, envelope)

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth: Any) -> AuthResult:
        """Whoever logs in is noted; only one password is right."""
        if isinstance(auth, LoginPassword):
            self.logins.append((auth.login, auth.password))
        return AuthResult(success=self.logins[-1][1] == b"right", handled=False)


def text_of(message: EmailMessage) -> str:
    """The text that a person reads."""
    return str(message.get_content()).replace("\r\n", "\n")


def page_of(message: EmailMessage) -> str:
    """Path and query of the page that the mail leads to."""
    found = re.search(r"https?://[^/\s]+(/reminder\?token=[a-z]{40})", text_of(message))
    assert found is not None, text_of(message)
    return found[1]


@asynccontextmanager
async def mailbox(tls: ssl.SSLContext | None = None, *, auth: bool = False) -> AsyncIterator[Mailbox]:
    """A server on a free port; with ``tls`` it offers STARTTLS and takes no mail without it."""
    box, loop = Mailbox(), asyncio.get_running_loop()
    protocols: list[SMTP] = []

    def made() -> SMTP:
        one = SMTP(
            box, hostname="mx.example.cn", tls_context=tls, require_starttls=tls is not None, authenticator=box.authenticate,
            auth_required=auth, auth_require_tls=tls is not None, loop=loop,
        )  # fmt: skip
        protocols.append(one)
        return one

    server = await loop.create_server(made, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        for one in protocols:
            if one.transport is not None:
                one.transport.abort()
            if one._handler_coroutine is not None:
                one._handler_coroutine.cancel()
