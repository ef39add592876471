"""Carrying a mail to the operator's server (SMTP, RFC 5321), in bounded time; what came of it, in codes and never in the server's own words.

aiosmtplib speaks SMTP, the standard library writes the message: a header that holds a line feed cannot be written (``email.policy``). With
``starttls`` a server that does not offer it is refused, so that nobody on the way can talk us out of it; certificates are always verified.
One connection serves mails that follow each other.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any

import aiosmtplib
from msgspec import Struct

from ledger.times import SHANGHAI
from liandan.reminders.model import Mail, check_address
from liandan.settings import Settings
from signing.files import read_whole
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

SENDER = Phrase("发件地址，如 noreply@ledger.example.cn", "the sender's address, e.g. noreply@ledger.example.cn")
SENDER_NAME = "联单 liandan"
PASSWORD_MAX = 4096
LOOPBACK = ("localhost", "127.0.0.1", "::1")
QUIT_S = 1.0
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")


class MailServer(Struct, frozen=True, kw_only=True):
    """The operator's mail server, as the settings name it."""

    host: str
    port: int
    tls: str
    sender: str
    user: str | None
    password: str | None
    timeout_s: float
    context: ssl.SSLContext

    def __repr__(self) -> str:
        """Without its password."""
        return f"MailServer({self.host!r}, {self.port})"


def read_relay(settings: Settings) -> MailServer | None:
    """The server of the settings, None where there is none; Refusal SETTING for what cannot work, or would send a password in the open."""
    if settings.smtp_host is None:
        return None
    if settings.smtp_from is None:
        raise refuse("SETTING", field="smtp_from", found=Phrase("没有", "nothing"), expected=SENDER)
    try:
        sender = check_address(settings.smtp_from)
    except Refusal:
        raise refuse("SETTING", field="smtp_from", found=settings.smtp_from[:120], expected=SENDER) from None
    if (settings.smtp_user is None) != (settings.smtp_password_file is None):
        raise refuse(
            "SETTING",
            field="smtp_user",
            found=settings.smtp_user or "",
            expected=Phrase("smtp_user 与 smtp_password_file 同时设", "both smtp_user and smtp_password_file"),
        )
    if settings.smtp_tls == "none" and settings.smtp_user is not None and settings.smtp_host not in LOOPBACK:
        raise refuse(
            "SETTING",
            field="smtp_tls",
            found="none",
            expected=Phrase("starttls 或 tls：口令不得明文传送", "starttls or tls, for a password"),
        )
    # The system's certificates take longer to read than all else at a start.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if settings.smtp_tls == "none" else ssl.create_default_context()
    password = None
    try:
        if settings.smtp_ca_file is not None:
            context.load_verify_locations(settings.smtp_ca_file)
        if settings.smtp_password_file is not None:
            password = read_whole(settings.smtp_password_file, PASSWORD_MAX).decode().strip()
    except (OSError, ValueError, ssl.SSLError) as error:
        field = "smtp_ca_file" if password is None and settings.smtp_password_file is None else "smtp_password_file"
        raise refuse("SETTING", field=field, found=type(error).__name__, expected=Phrase("可读的文件", "a file that can be read")) from None
    return MailServer(
        host=settings.smtp_host, port=settings.smtp_port, tls=settings.smtp_tls, sender=sender, user=settings.smtp_user, password=password,
        timeout_s=settings.smtp_timeout_ms / 1000, context=context,
    )  # fmt: skip


class Carried(Struct, frozen=True):
    """What one attempt came to: ``sent``, ``refused`` for good by the address's server, ``later`` for now, ``server`` where it is no matter of
    the address."""

    how: str
    said: str = ""
    found: str = ""


class _Whole(EmailPolicy):
    """``List-Unsubscribe`` in one line: the standard library would break a long address in two and encode it, and no program finds it then."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}\r\n" if name.lower() == "list-unsubscribe" else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii") if name.lower() == "list-unsubscribe" else super().fold_binary(name, value)


POLICY = _Whole(linesep=SMTP.linesep, cte_type="7bit", max_line_length=76)


def message_of(mail: Mail, address: str, sender: str, page: str, language: str, now: datetime) -> EmailMessage:
    """The mail as it is sent. ``page`` is where it is ended, by people and by one click (RFC 8058)."""
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(display_name=SENDER_NAME, addr_spec=sender)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = mail.subject
    message["Date"] = now.astimezone(SHANGHAI)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: so that no answering machine answers
    message["Content-Language"] = "zh-CN" if language == "zh" else "en"
    if mail.kind != "confirm":
        message["List-Unsubscribe"] = f"<{page}>"
        if page.startswith("https:"):  # RFC 8058 §3.1
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.body, charset="utf-8", cte="base64")
    return message


class Postman:
    """Carries mails one after the other."""

    def __init__(self, relay: MailServer) -> None:
        self.relay = relay
        self._smtp: aiosmtplib.SMTP | None = None

    async def carry(self, message: EmailMessage, address: str) -> Carried:
        """One attempt. Raises nothing of the network."""
        relay = self.relay
        try:
            async with asyncio.timeout(relay.timeout_s):
                smtp = await self._connected()
        except (TimeoutError, OSError, aiosmtplib.SMTPException, ValueError) as error:
            self._drop()
            return Carried("server", "MAIL_SERVER", _seen(error))
        try:
            async with asyncio.timeout(relay.timeout_s):
                await smtp.sendmail(relay.sender, [address], message.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as error:
            return self._refused(error.recipients[0])
        except aiosmtplib.SMTPDataError as error:
            return self._refused(error)
        except (TimeoutError, OSError, aiosmtplib.SMTPException) as error:
            self._drop()
            return Carried("server", "MAIL_SERVER", _seen(error))
        except BaseException:
            self._drop()  # cancelled in the middle: what comes next on this connection would be no answer to what is asked next
            raise
        return Carried("sent")

    def _refused(self, error: aiosmtplib.SMTPResponseException) -> Carried:
        if error.code == 421:  # the server closes down (RFC 5321 §3.8)
            self._drop()
            return Carried("server", "MAIL_SERVER", _seen(error))
        if _seen(error).partition(" ")[2].startswith("5.7."):
            # Security and policy (RFC 3463 §3.8): who sends is turned away, an open relay denied, SPF. No address is switched off for it.
            return Carried("later", "MAIL_POLICY", _seen(error))
        if 500 <= error.code < 600:
            return Carried("refused", "MAIL_REFUSED", _seen(error))
        return Carried("later", "MAIL_LATER", _seen(error))

    async def rest(self) -> None:
        """Nothing more for now: close the connection, politely if that goes quickly."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(TimeoutError, OSError, aiosmtplib.SMTPException):
                async with asyncio.timeout(QUIT_S):
                    await smtp.quit()
            smtp.close()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        relay = self.relay
        how: dict[str, Any] = {"use_tls": relay.tls == "tls", "start_tls": relay.tls == "starttls"}
        if relay.tls != "none":
            how["tls_context"] = relay.context
        self._smtp = aiosmtplib.SMTP(
            hostname=relay.host, port=relay.port, timeout=relay.timeout_s, local_hostname=relay.sender.rpartition("@")[2],
            username=relay.user, password=relay.password, **how,
        )  # fmt: skip
        await self._smtp.connect()
        return self._smtp


def _seen(error: BaseException) -> str:
    """Status of the server (RFC 5321, RFC 3463), of TLS what is wrong with the certificate, else what kind of error it was. Never a text of the
    other side, which may repeat the address."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, aiosmtplib.SMTPResponseException):
            enhanced = _STATUS.fullmatch(str(chain.message).partition(" ")[0])
            return f"{chain.code} {enhanced[0]}" if enhanced else str(chain.code)
        if isinstance(chain, ssl.SSLCertVerificationError):
            return chain.verify_message[:120]
        chain = chain.__cause__ or chain.__context__
    return type(error).__name__
