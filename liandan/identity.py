"""Your key is your login: a signed challenge becomes a short-lived, scoped, revocable bearer token.

The challenge has a payload type of its own and can never be a statement (formats §8). Tokens are random, stored as hashes, and looked up at
most every few seconds per process; a revoked key or token stops working within that time. A simulated log takes its own time or real time
for the end of a challenge; tokens live in real time.
"""

import secrets
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, delete, post
from litestar.types import Scope as HTTPScope
from msgspec import Meta, Struct

from ledger import store
from ledger.admission.form import request_reasons
from ledger.admission.signers import SUCCESSORS_MAX
from ledger.caller import Caller
from ledger.describing import refusals, takes
from ledger.directory import Grant, Grants, KeyRecord, LogState, access_key
from ledger.fields import At, Bytes32, Hash, OriginName, label
from ledger.log import Log
from ledger.parties.store import list_succeeded
from ledger.posted import LoginEnvelope
from ledger.routes import caller_of, claimed_now
from ledger.times import format_at, parse_at
from liandan.desk.shell.cookies import Cookies
from signing.envelope import PAYLOAD_LOGIN, parse_envelope
from signing.payload import Flawed, parse
from signing.phrase import Phrase, cut
from signing.refusal import FOUND_MAX, Reason, Refusal, refuse
from signing.suite import verify

LIFE_MAX_S = 12 * 3600
RECHECK_S = 5.0
"""How long a token's caller is believed without asking the database again."""
CACHE_MAX = 10_000
OF_KEY = "DELETE FROM token WHERE keyid = $1"
CHALLENGE_MAX = 8192
"""Bytes of a challenge envelope: the largest signature of ours has 2,420."""
TAKES_CHALLENGE = takes(
    LoginEnvelope, said="A signed challenge: its payload is docs/formats/login.json, made by the client.", headers=("Liandan-Now",)
)
Scope = Literal["read", "post"]


class Challenge(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client signs to log in; built by the client."""

    origin: Annotated[OriginName, label("账本名称", "name of the log")]
    audience: Annotated[str, label("服务器地址", "address of the server as the client reaches it")]
    """So that no server can pass the challenge on to another."""
    nonce: Annotated[Bytes32, label("随机数", "32 random bytes, base64, used once")]
    keyid: Annotated[Hash, label("密钥标识", "the key that signs")]
    not_after: Annotated[At, label("有效期至", "end of the token's life, at most 12 hours ahead, form of at")]
    scope: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=2), label("权限", "what the token may do")]


def read_challenge(body: bytes) -> Challenge:
    """A challenge from the body of a login envelope; refuses LOGIN_FORM and what is no strict JSON."""
    try:
        fields = parse(body)
    except Flawed as flawed:
        raise flawed.beside(request_reasons(flawed.value, Challenge, "LOGIN_FORM")) from None
    try:
        return msgspec.convert(fields, Challenge)
    except msgspec.ValidationError:
        raise Refusal(request_reasons(fields, Challenge, "LOGIN_FORM")) from None


class Token(Struct, frozen=True, kw_only=True):
    """A granted token."""

    token: str
    uscc: str
    role: str
    scope: tuple[str, ...]
    expires_at: str


class Identity:
    """Grants, recognises and revokes tokens."""

    def __init__(self, log: Log, origin: str, audiences: tuple[str, ...]) -> None:
        self._log, self._origin, self.audiences = log, origin, audiences
        self.cookies = Cookies(audiences)
        self._known: dict[bytes, tuple[Caller | None, float, float]] = {}
        """Callers by the digest of their token, with its end (Unix seconds) and when the database was asked (monotonic); no caller before the
        first request with a token."""

    async def login(self, raw: bytes, claimed_s: int | None = None) -> Token:
        """A token for a signed challenge; ``claimed_s``: the present of a simulated log. Refusal LOGIN_…, KEY_UNKNOWN, KEY_NOT_VALID,
        SIGNATURE_WRONG and those of envelopes.
        """
        envelope = parse_envelope(raw, payload_type=PAYLOAD_LOGIN)
        challenge = read_challenge(envelope.body)
        life_s = await self._check(challenge, claimed_s)
        [signature, *others] = envelope.signatures
        if others or signature.keyid != challenge.keyid:
            raise refuse(
                "LOGIN_FORM",
                field="signatures",
                found=signature.keyid,
                expected=Phrase(f"一个，由 {challenge.keyid[:64]} 签署", f"one, by {challenge.keyid[:64]}"),
            )
        record, state, size = await self._key(challenge.keyid)
        verify(record.suite, record.spki, envelope.message, signature.sig)
        if not record.is_valid_at(size):
            found = Phrase(f"已在第 {record.revoked} 条撤销", f"revoked at {record.revoked}")
            expected = Phrase(f"在 {size} 条时有效", f"valid at {size}")
            raise Refusal([Reason("KEY_NOT_VALID", "keyid", found, expected, "LOGIN_REVOKED", {"index": str(record.revoked)})])
        if not record.lasts(await self._log.now()):
            until = format_at(record.until_s or 0)
            found, expected = Phrase("已到期", "its time is over"), Phrase("未到期的密钥", "a key whose time is not over")
            raise Refusal([Reason("KEY_NOT_VALID", "keyid", found, expected, "LOGIN_OVER", {"until": until[:16].replace("T", " ")})])
        token = secrets.token_urlsafe(32)
        await self._keep(token, record.uscc, challenge, int(time.time()) + life_s)
        role = role_of(state, record.uscc)
        return Token(token=token, uscc=record.uscc, role=role, scope=challenge.scope, expires_at=challenge.not_after)

    async def _check(self, challenge: Challenge, claimed_s: int | None) -> int:
        """How long the token may live, seconds."""
        if challenge.origin != self._origin or challenge.audience.rstrip("/") not in self.audiences:
            found = f"{challenge.origin} {challenge.audience}"
            raise refuse("LOGIN_ORIGIN", field="audience", found=found, expected=f"{self._origin} {' / '.join(self.audiences)}")
        ends_s, clocks = parse_at(challenge.not_after, "not_after"), [int(time.time())]
        if self._log.simulated:
            clocks.append(await self._log.now(claimed_s))
        for now_s in clocks:
            if now_s < ends_s <= now_s + LIFE_MAX_S:
                return ends_s - now_s
        expected = f"{format_at(clocks[-1])} … {format_at(clocks[-1] + LIFE_MAX_S)}"
        raise refuse("LOGIN_TIME", field="not_after", found=challenge.not_after, expected=expected)

    async def _key(self, keyid: str) -> tuple[KeyRecord, LogState, int]:
        """The key as registered now, the log's state and size; Refusal KEY_UNKNOWN."""
        async with self._log.pool.acquire() as conn:
            head = await store.fetch_head(conn)
            found = await store.fetch_facts(conn, [f"key:{keyid}"])
        state = await self._log.state()
        if head is None or state is None or not found:
            raise Refusal([Reason("KEY_UNKNOWN", "keyid", cut(keyid, FOUND_MAX), Phrase("已登记的密钥", "a registered key"), "LOGIN")])
        record: KeyRecord = self._log.kinds.decode(f"key:{keyid}", found[f"key:{keyid}"])
        return record, state, head.size

    async def _keep(self, token: str, uscc: str, challenge: Challenge, ends_s: int) -> None:
        nonce, expires_at = b64decode(challenge.nonce), datetime.fromtimestamp(ends_s, UTC)
        async with self._log.pool.acquire() as conn, conn.transaction():
            into = "INSERT INTO login_nonce (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
            if await conn.execute(into, nonce, expires_at) != "INSERT 0 1":
                raise refuse("LOGIN_NONCE", field="nonce", found=challenge.nonce)
            row = (_digest(token), uscc, challenge.keyid, list(challenge.scope), expires_at)
            await conn.execute("INSERT INTO token (digest, uscc, keyid, scope, expires_at) VALUES ($1, $2, $3, $4, $5)", *row)
        self._remember(row[0], None, 0.0, 0.0)

    def has_seen(self, token: str) -> bool:
        """Whether the token was granted or known to be good in this process; it may have ended since."""
        return _digest(token) in self._known

    def _remember(self, digest: bytes, caller: Caller | None, expires_s: float, checked: float) -> None:
        if len(self._known) > CACHE_MAX:
            self._known.clear()
        self._known[digest] = (caller, expires_s, checked)

    async def caller(self, token: str) -> Caller:
        """Whose token this is; Refusal TOKEN_UNKNOWN."""
        digest, now = _digest(token), time.monotonic()
        kept, expires_s, checked = self._known.get(digest, (None, 0.0, 0.0))
        if kept is not None and now - checked < RECHECK_S and expires_s > time.time():
            return kept
        # It stays known meanwhile: who asks twice at once is kept out by nobody who has used up the wrong tokens of the same address.
        async with self._log.pool.acquire() as conn:
            row = await conn.fetchrow("SELECT uscc, keyid, scope, expires_at FROM token WHERE digest = $1 AND expires_at > now()", digest)
        if row is None:
            self._known.pop(digest, None)
            raise refuse("TOKEN_UNKNOWN", field="Authorization")
        record, state, size = await self._key(row["keyid"])
        if not record.is_valid_at(size) or not record.lasts(await self._log.now()):
            self._known.pop(digest, None)
            raise refuse(
                "TOKEN_UNKNOWN", field="Authorization", found=Phrase("登录所用的密钥已失效", "the key that logged in is no longer valid")
            )
        role = role_of(state, row["uscc"])
        granted = await self._grants(row["uscc"]) if role == "party" else ()
        succeeded = await self._succeeded(row["uscc"]) if role == "party" else ()
        caller = Caller(row["uscc"], role, row["keyid"], tuple(row["scope"]), granted, succeeded)
        self._remember(digest, caller, row["expires_at"].timestamp(), now)
        return caller

    async def _grants(self, uscc: str) -> tuple[Grant, ...]:
        """What authorities let a party read now (``access.grant``); asked again with every check of its token."""
        name = access_key(uscc)
        async with self._log.pool.acquire() as conn:
            found = await store.fetch_facts(conn, [name])
        known: Grants | None = self._log.kinds.decode(name, found[name]) if found else None
        return () if known is None else known.at(await self._log.now())

    async def _succeeded(self, uscc: str) -> tuple[str, ...]:
        """Closed parties that a party stands for, as far as anybody follows them (kinds §1.2)."""
        async with self._log.pool.acquire() as conn:
            return tuple(await list_succeeded(conn, uscc, SUCCESSORS_MAX))

    async def revoke(self, token: str) -> None:
        """End a token before its time."""
        self._known.pop(_digest(token), None)
        async with self._log.pool.acquire() as conn:
            await conn.execute("DELETE FROM token WHERE digest = $1", _digest(token))

    async def revoke_all(self, keyid: str) -> None:
        """End every token of a key; other processes notice within ``RECHECK_S``."""
        for digest in [known for known, (caller, *_) in self._known.items() if caller is not None and caller.keyid == keyid]:
            del self._known[digest]
        async with self._log.pool.acquire() as conn:
            await conn.execute(OF_KEY, keyid)

    async def sweep(self) -> None:
        """Forget what has expired; nonces an hour later, as clocks differ. Those of a simulated log stay: where the time may stand still, a
        challenge never ends, and would be good again.
        """
        async with self._log.pool.acquire() as conn:
            await conn.execute("DELETE FROM token WHERE expires_at < now()")
            if not self._log.simulated:
                await conn.execute("DELETE FROM login_nonce WHERE expires_at < now() - $1::interval", timedelta(hours=1))


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def role_of(state: LogState, uscc: str) -> Literal["party", "authority", "operator"]:
    """What a registered party is to the log."""
    if uscc == state.operator:
        return "operator"
    return "authority" if any(authority.uscc == uscc for authority in state.authorities) else "party"


def bearer(scope: HTTPScope) -> str | None:
    """The bearer token of a request."""
    for key, value in scope["headers"]:
        if key == b"authorization":
            kind, _, token = value.decode("latin-1").partition(" ")
            if kind.lower() != "bearer" or not token.strip():
                raise refuse("TOKEN_UNKNOWN", field="Authorization", found=kind[:20], expected=Phrase("Bearer <令牌>", "Bearer <token>"))
            return token.strip()
    return None


@post("/v1/tokens", opt=TAKES_CHALLENGE, request_max_body_size=CHALLENGE_MAX, responses=refusals(403), tags=["tokens"])
async def post_token(request: Request[Any, Any, Any]) -> Token:
    """A login challenge, signed by a registered key, becomes a bearer token of at most 12 hours."""
    identity: Identity = request.app.state.identity
    return await identity.login(await request.body(), claimed_now(request.headers))


@delete("/v1/tokens/current", responses=refusals(401), tags=["tokens"])
async def delete_token(request: Request[Any, Any, Any]) -> None:
    """Revoke the token of this request."""
    caller_of(request, None)
    identity: Identity = request.app.state.identity
    await identity.revoke(str(request.scope["liandan_token"]))  # type: ignore[typeddict-item]  # there is a caller, so there is a token
