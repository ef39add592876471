"""The two authorities' witnesses: each a process of its own with its own key, which fetches and checks every entry before it cosigns.

A witness lies in ``DIR/witnesses/<name>`` as ``liandan witness init`` would make it, with its mirror in ``mirror/``. Its clock is real,
whatever the log simulates: it states when it cosigned, and nothing about the story.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct

from ledger.auditing.audit import audit
from ledger.tree.checkpoint import parse_checkpoint
from ledger.tree.note import parse_note
from ledger.witnessing.server import Cosigner, make_cosigner
from ledger.witnessing.service import WitnessStatus
from ledger.witnessing.wire import log_id
from liandan.demo.cast import CHONGQING, SICHUAN, Firm
from liandan.demo.founding import ORIGIN
from liandan.demo.keys import Keyring
from liandan.demo.server_process import child, first_line
from liandan.demo.summary import Witnessed
from liandan.export import archived_in, reader_of
from liandan.keyring import read_passphrase
from liandan.wiring import KINDS
from signing.keys import write_key
from signing.refusal import refuse

FOLDER = "witnesses"
MIRROR = "mirror"
LOGIN_KEY = "login.pem"
SETTLE_S = 20.0
"""Adopted data files follow beside the entries and may need a moment more."""


class DemoWitness(Struct, frozen=True):
    """A witness of the story: its name in the policy, and whose it is."""

    name: str
    firm: Firm

    @property
    def key_name(self) -> str:
        """The name of its key: what stands in its lines."""
        return f"witness.demo.liandan.example/{self.name}"

    def cosigner(self, keyring: Keyring) -> Cosigner:
        """Name and key."""
        return make_cosigner(self.key_name, keyring.key(f"witness/{self.name}"))


WITNESSES = (DemoWitness("sichuan", SICHUAN), DemoWitness("chongqing", CHONGQING))


def policy_lines(keyring: Keyring) -> tuple[str, ...]:
    """``witness_policy`` of the founding: nothing is published that not both authorities have cosigned."""
    lines = [f"witness {one.name} {one.cosigner(keyring).vkeys[0]}" for one in WITNESSES]
    return (*lines, f"group both all {' '.join(one.name for one in WITNESSES)}", "quorum both")


class Witnesses:
    """Both witnesses around one demonstration. Their addresses are known before the log's is, so their sockets are opened here."""

    def __init__(self, out: Path, keyring: Keyring, log_vkeys: tuple[str, ...]) -> None:
        self._out, self._keyring = out, keyring
        self._sockets = {one.name: _listen() for one in WITNESSES}
        self._children = AsyncExitStack()
        for one in WITNESSES:
            _write(self.folder(one), one, keyring, log_vkeys)

    def folder(self, one: DemoWitness) -> Path:
        """Directory of a witness."""
        return self._out / FOLDER / one.name

    def mirror(self, one: DemoWitness) -> Path:
        """The log as this witness has fetched and checked it: laid out like an export."""
        return self.folder(one) / MIRROR / log_id(ORIGIN)

    def address(self, one: DemoWitness) -> str:
        """Where it listens."""
        return "http://127.0.0.1:{1}".format(*self._sockets[one.name].getsockname())

    @property
    def setting(self) -> str:
        """``LIANDAN_WITNESSES`` of the server."""
        return " ".join(f"{one.name}={self.address(one)}" for one in WITNESSES)

    async def start(self, url: str) -> None:
        """Let both witness the log at ``url``; Refusal DEMO_FAILED if one does not start."""
        for one in WITNESSES:
            await self._children.enter_async_context(self._child(one, url))

    @asynccontextmanager
    async def _child(self, one: DemoWitness, url: str) -> AsyncIterator[None]:
        handle, log = self._sockets[one.name].fileno(), self._out / "witnesses.log"
        command = ("-m", "liandan.demo.witnessed", str(self.folder(one)), url, str(handle))
        async with child(command, log, {}, handles=(handle,)) as process:
            await first_line(process, log, "witness")
            yield

    async def close(self) -> None:
        """Stop both; the server goes first, for its last checkpoint wants their lines."""
        await self._children.aclose()
        for listening in self._sockets.values():
            listening.close()

    async def witnessed(self, export: Path, progress: Callable[[], None]) -> tuple[Witnessed, ...]:
        """What both hold at the end, compared with the export byte for byte, and audited for itself."""
        found = []
        for one in WITNESSES:
            await self._settle(one)
            found.append(await asyncio.to_thread(_compare, one, self.mirror(one), export))
            progress()
        return tuple(found)

    async def _settle(self, one: DemoWitness) -> None:
        """Wait until its mirror lacks nothing; what is missing after that shows in the comparison."""
        deadline = asyncio.get_running_loop().time() + SETTLE_S
        async with httpx.AsyncClient(trust_env=False) as http:
            while asyncio.get_running_loop().time() < deadline:
                status = msgspec.json.decode((await http.get(f"{self.address(one)}/status")).content, type=WitnessStatus)
                if all(log.lag == 0 and not log.data_missing for log in status.logs):
                    return
                await asyncio.sleep(0.1)


@asynccontextmanager
async def witnessing(out: Path, keyring: Keyring, log_vkeys: tuple[str, ...]) -> AsyncIterator[Witnesses]:
    """Both witnesses with their sockets open and their keys written; nothing runs before :meth:`Witnesses.start`."""
    witnesses = await asyncio.to_thread(Witnesses, out, keyring, log_vkeys)
    try:
        yield witnesses
    finally:
        await asyncio.shield(witnesses.close())


def _listen() -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    return listening


def _write(folder: Path, one: DemoWitness, keyring: Keyring, log_vkeys: tuple[str, ...]) -> None:
    """Its key and name, the log it knows, and the authority's key to read entries with."""
    folder.mkdir(parents=True)
    passphrase = folder / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(f"demo-{one.name}\n", encoding="ascii")
    write_key(folder / "ed25519.pem", keyring.key(f"witness/{one.name}"), read_passphrase(passphrase))
    write_key(folder / LOGIN_KEY, keyring.key(one.firm.uscc), read_passphrase(passphrase))
    (folder / "name").write_text(f"{one.key_name}\n", encoding="utf-8")
    (folder / "log.vkey").write_text("".join(f"{vkey}\n" for vkey in log_vkeys), encoding="utf-8")


def _compare(one: DemoWitness, mirror: Path, export: Path) -> Witnessed:
    note = reader_of(mirror)("checkpoint")
    if note is None:
        raise refuse("DEMO_FAILED", field=one.key_name, found="no checkpoint", expected=mirror)
    head, theirs = parse_checkpoint(parse_note((export / "checkpoint").read_bytes())[0]), parse_checkpoint(parse_note(note)[0])
    names = {path.relative_to(export).as_posix() for path in (export / "tile").rglob("*") if path.is_file()}
    mirrored = {path.relative_to(mirror).as_posix() for path in (mirror / "tile").rglob("*") if path.is_file()}
    is_same = names == mirrored and all((export / name).read_bytes() == (mirror / name).read_bytes() for name in names)
    report = audit(reader_of(mirror), KINDS, archived=iter(archived_in(mirror)))
    return Witnessed(
        witness=one.key_name, authority=one.firm.name, size=theirs.size, agrees=is_same and head == theirs, findings=report.count
    )
