"""The two authorities' witnesses: each a process of its own with its own key, which fetches and checks every entry before it cosigns.

A witness lies in ``DIR/witnesses/<name>`` as ``liandan witness init`` would make it, with its mirror in ``mirror/``. Its clock is real,
whatever the log simulates: it states when it cosigned, and nothing about the story.

    python -m liandan.demo.witnesses DIRECTORY LOG_URL HANDLE

is its process; ``HANDLE`` is the inherited socket to listen on. It says one line of JSON when it is ready and serves until its standard
input ends. If the log's server still answers then, it stays until that has gone: the last checkpoint of a killed demonstration is cosigned
as well.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TextIO

import httpx
import msgspec
from msgspec import Struct

from ledger.auditing.audit import audit
from ledger.tree.checkpoint import parse_checkpoint
from ledger.tree.note import parse_note
from ledger.witnessing.server import Cosigner, make_cosigner
from ledger.witnessing.service import WitnessStatus
from ledger.witnessing.store import WitnessStore
from ledger.witnessing.wire import log_id
from liandan.demo.cast import CHONGQING, SICHUAN, Firm
from liandan.demo.founding import ORIGIN, Keyring
from liandan.demo.server_process import child, own_output, say
from liandan.demo.summary import Witnessed
from liandan.export import archived_in, reader_of
from liandan.keyring import read_passphrase
from liandan.process import set_up_logging
from liandan.wiring import KINDS
from liandan.witness_node import ED25519, NAME, PASSPHRASE, STORE, listed, opened, web_server
from signing.keys import read_key, write_key
from signing.phrase import Phrase
from signing.refusal import refuse

MIRROR, LOGIN_KEY, LOG_KEYS = "mirror", "login.pem", "log.vkey"
SETTLE_S = 20.0
"""Adopted data files follow beside the entries and may need a moment more."""
LINGER_S = 30.0


class DemoWitness(Struct, frozen=True):
    """A witness of the story: its name in the policy, and whose it is."""

    name: str
    firm: Firm

    def cosigner(self, keyring: Keyring) -> Cosigner:
        """The name that stands in its lines, and its key."""
        return make_cosigner(f"witness.demo.liandan.example/{self.name}", keyring.key(f"witness/{self.name}"))


WITNESSES = (DemoWitness("sichuan", SICHUAN), DemoWitness("chongqing", CHONGQING))


def policy_lines(keyring: Keyring) -> tuple[str, ...]:
    """``witness_policy`` of the founding: nothing is published that not both authorities have cosigned."""
    lines = [f"witness {one.name} {one.cosigner(keyring).vkeys[0]}" for one in WITNESSES]
    return (*lines, f"group both all {' '.join(one.name for one in WITNESSES)}", "quorum both")


class Witnesses:
    """Both witnesses around one demonstration. Their addresses are known before the log's is, so their sockets are opened here."""

    def __init__(self, out: Path, keyring: Keyring, log_vkeys: tuple[str, ...], children: AsyncExitStack) -> None:
        self._out, self._children = out, children
        self._sockets = {one.name: children.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64)) for one in WITNESSES}
        for one in WITNESSES:
            _write(self._folder(one), one, keyring, log_vkeys)

    def _folder(self, one: DemoWitness) -> Path:
        return self._out / "witnesses" / one.name

    def _address(self, one: DemoWitness) -> str:
        return "http://127.0.0.1:{1}".format(*self._sockets[one.name].getsockname())

    @property
    def setting(self) -> str:
        """``LIANDAN_WITNESSES`` of the server."""
        return " ".join(f"{one.name}={self._address(one)}" for one in WITNESSES)

    async def start(self, url: str) -> None:
        """Let both witness the log at ``url``; Refusal DEMO_FAILED if one does not start."""
        for one in WITNESSES:
            handle = self._sockets[one.name].fileno()
            arguments = (str(self._folder(one)), url, str(handle))
            running = child("witnesses", arguments, self._out / "witnesses.log", "witness", handles=(handle,))
            await self._children.enter_async_context(running)

    async def witnessed(self, export: Path, progress: Callable[[], None]) -> tuple[Witnessed, ...]:
        """What both hold at the end, compared with the export byte for byte, and audited for itself."""
        found = []
        for one in WITNESSES:
            await self._settle(one)
            found.append(await asyncio.to_thread(_compare, one, self._folder(one), export))
            progress()
        return tuple(found)

    async def _settle(self, one: DemoWitness) -> None:
        """Wait until its mirror lacks nothing; what is missing after that shows in the comparison."""
        deadline = asyncio.get_running_loop().time() + SETTLE_S
        async with httpx.AsyncClient(trust_env=False) as http:
            while asyncio.get_running_loop().time() < deadline:
                status = msgspec.json.decode((await http.get(f"{self._address(one)}/status")).content, type=WitnessStatus)
                if all(log.lag == 0 and not log.data_missing for log in status.logs):
                    return
                await asyncio.sleep(0.1)


@asynccontextmanager
async def witnessing(out: Path, keyring: Keyring, log_vkeys: tuple[str, ...]) -> AsyncIterator[Witnesses]:
    """Both witnesses with their sockets open and their keys written; nothing runs before :meth:`Witnesses.start`.

    At the end both are stopped; the server goes first, for its last checkpoint wants their lines.
    """
    async with AsyncExitStack() as children:
        yield await asyncio.to_thread(Witnesses, out, keyring, log_vkeys, children)


def _write(folder: Path, one: DemoWitness, keyring: Keyring, log_vkeys: tuple[str, ...]) -> None:
    """Its key and name, the log it knows, and the authority's key to read entries with."""
    if folder.exists():  # of a demonstration that goes on where it was stopped
        return
    folder.mkdir(parents=True)
    passphrase = folder / PASSPHRASE
    passphrase.touch(mode=0o600)
    passphrase.write_text(f"demo-{one.name}\n", encoding="ascii")
    write_key(folder / ED25519, keyring.key(f"witness/{one.name}"), read_passphrase(passphrase))
    write_key(folder / LOGIN_KEY, keyring.key(one.firm.uscc), read_passphrase(passphrase))
    (folder / NAME).write_text(f"{one.cosigner(keyring).name}\n", encoding="utf-8")
    (folder / LOG_KEYS).write_text("".join(f"{vkey}\n" for vkey in log_vkeys), encoding="utf-8")


def _compare(one: DemoWitness, folder: Path, export: Path) -> Witnessed:
    """The log as this witness has fetched and checked it, laid out like an export."""
    mirror, name = folder / MIRROR / log_id(ORIGIN), (folder / NAME).read_text(encoding="utf-8").strip()
    note = reader_of(mirror)("checkpoint")
    if note is None:
        raise refuse("DEMO_FAILED", field=name, found=Phrase("没有检查点", "no checkpoint"), expected=mirror)
    head, theirs = parse_checkpoint(parse_note((export / "checkpoint").read_bytes())[0]), parse_checkpoint(parse_note(note)[0])
    is_same = head == theirs and _tiles(export) == _tiles(mirror)
    findings = audit(reader_of(mirror), KINDS, archived=iter(archived_in(mirror))).count
    return Witnessed(witness=name, authority=one.firm.name, size=theirs.size, agrees=is_same, findings=findings)


def _tiles(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in (folder / "tile").rglob("*") if path.is_file()}


# ---------------------------------------------------------------------- the witness's own process


async def _witness(directory: Path, url: str, handle: int, answer: TextIO) -> None:
    set_up_logging(as_json=False)
    logs, store = listed(directory / LOG_KEYS, url), WitnessStore(directory / STORE)
    reader = read_key(directory / LOGIN_KEY, read_passphrase(directory / PASSPHRASE))
    async with (
        httpx.AsyncClient(timeout=30, trust_env=False) as http,
        opened(directory, logs, store, http, mirror=directory / MIRROR, reader=reader) as witness,
    ):
        server = web_server(witness)
        serving = asyncio.create_task(server.serve(sockets=[socket.socket(fileno=handle)]))
        say(answer, "witness", str(directory))
        await asyncio.to_thread(sys.stdin.buffer.read)
        await _outlive(url)
        server.should_exit = True
        await serving


async def _outlive(url: str) -> None:
    """Wait until the log's server no longer listens."""
    address = httpx.URL(url)
    deadline = asyncio.get_running_loop().time() + LINGER_S
    while asyncio.get_running_loop().time() < deadline:
        try:
            _, writer = await asyncio.open_connection(address.host, address.port)
        except OSError:
            return
        writer.close()
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(_witness(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), own_output()))
