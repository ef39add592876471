"""What the campaign over the command line draws from: files, names, words, settings, and a server that answers anything."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
from msgspec import Struct

from signing.keys import PrivateKey, write_key

ROOT = Path(__file__).resolve().parents[1]
VECTORS = ROOT / "tests" / "vectors" / "liandan-v1"
USCC = "91510107MA6FUZZ00X"
NUMBERS = ("0", "1", "-1", "65536", "99999999999999999999", "1e3", "0x10", "１", "", "nan", "inf", "1_0", "+1", " 1")
MONTHS = ("9999-12", "0000-01", "0001-01", "9999-99", "2026-10", "2026-10\n", "２０２６-10", "1991-12", "2026-1", "")
DAYS = ("9999-12-31", "0001-01-01", "0000-00-00", "2026-02-30", "2026-10-01\n", "10000-01-01")
TIMES = ("9999-12-31T23:59:59+08:00", "0001-01-01T00:00:00+14:00", "2026-10-01T00:00:00Z", "2026-10-01T00:00:00+08:00", "now")
STRANGE = ("", " ", "\n", "\t", "-", "--", "--help", "\x1b[2J\x1b[31m", "\u202egpj", "\ufeff", "名" * 200, "a" * 5000, "\udcff\udcfe\udcb2\udce2", "%s%n", "{}",
           "{0}", "../../nowhere/x", "a/b/c", "'", '"', "[red]x[/red]", ":smile:", "\U0001f4a9", "nul", "∞", "𝟙")  # fmt: skip
ADDRESSES = (
    "http://[::",
    "http://",
    "https://",
    "ftp://x",
    "http://127.0.0.1:0",
    "http://127.0.0.1:99999",
    "http://a b/",
    "http://\udcff/",
    "//x",
    "http://u:p@:0",
)
DATABASES = ("postgresql://127.0.0.1:9/x", "nonsense", "postgresql://u:p@[::1/x", "postgresql:///x?host=/nonexistent", "postgresql://localhost:99999/x",
             "postgresql://localhost/%00", "mysql://x/y", "postgresql://127.0.0.1:9/x?sslmode=nonsense", "postgresql://\udcff/x")  # fmt: skip


class Pool(Struct, frozen=True, kw_only=True):
    """What there is to draw."""

    files: list[str]
    folders: list[str]
    writable: list[str]
    unwritable: list[str]
    words: list[str]
    urls: list[str]
    hashes: list[str]
    good: dict[str, list[str]]
    """By the name of a parameter, what lets a command get to work."""

    @classmethod
    def make(cls, root: Path, url: str) -> Pool:
        """Write the files under ``root``."""
        root.mkdir(parents=True)
        files, folders = _files(root), _folders(root)
        found = json.loads((VECTORS / "log.json").read_bytes())["found"]
        urls = [url, f"{url}/x", *ADDRESSES]
        words = [*STRANGE, *NUMBERS, *MONTHS, *DAYS, *TIMES, USCC, found, found.upper(), "51-50", "51-51", "9-9", "list/2026-50-51-lead",
                 f"approval/{USCC}/01K9000000000000000000CAS2", f"{USCC}/01K9000000000000000000CAS2", "202651010000001", "manifest.issue/1",
                 f"{USCC}={files[0]}", "=x", "x=", url]  # fmt: skip
        unwritable = [
            str(root / "empty"),
            "/proc/nothing/here",
            "/dev/null/x",
            str(root / "loop" / "x"),
            f"{root}/{'n' * 300}",
            "\udcff\n/\x1b",
        ]
        writable = [
            str(root / "new" / "file"),
            str(root / "new"),
            str(root / "empty"),
            str(root / "\udcce\udcc4.pdf"),
            str(root / "loop"),
            *unwritable,
        ]
        good = {
            "passphrase_file": [files[1]],
            "login_passphrase_file": [files[1]],
            "key_file": [files[0]],
            "login_key": [files[0]],
            "ca": [files[0]],
            "vkey_file": [str(root / "log.vkey")],
            "vkey": [str(root / "log.vkey")],
            "since": [str(root / "good" / "checkpoint")],
            "found": [found],
            "for": [found],
            "x": [found, "log.example/x"],
            "uscc": ["11510000000000000H"],
            "generator": ["11510000000000000H"],
            "receiver": ["11510000000000000H"],
            "directory": [str(root / "own"), str(root / "good"), str(root / "new"), str(root / "fifo")],
            "target": folders,
            "paths": [*files, *folders],
            "path": [*files, str(root / "new" / "x")],
            "month": ["2026-11", "2026-10", "9999-11"],
            "url": [url],
            "address": [url],
            "export_dir": folders,
            "out": [str(root / "out"), str(root / "new" / "out")],
            "now": ["2026-11-02T16:00:00+08:00"],
            "jobs": ["1", "2"],
            "name": ["w.example/x", "x", "01K9000000000000000000CAS2"],
            "port": ["0", "8552"],
            "logs_file": [str(root / "log.vkey")],
        }
        return cls(
            files=files, folders=folders, writable=writable, unwritable=unwritable, words=words, urls=urls,
            hashes=[found, found.upper(), "0" * 64, "0" * 63, ""], good=good,
        )  # fmt: skip

    def environment(self, rng: random.Random) -> dict[str, str]:
        """Variables of one run. A database of its own is never made: that takes seconds."""
        env = {
            "PATH": os.environ.get("PATH", ""),
            "LIANDAN_DATABASE_URL": rng.choice(DATABASES),
            "LIANDAN_PORT": str(rng.randrange(20_000, 60_000)),
        }
        env |= rng.choice(({"HOME": "/root"}, {"HOME": "/nonexistent"}, {"HOME": "~nobody-there"}, {}))
        env |= rng.choice(({"LANG": "C"}, {"LC_ALL": "zh_CN.GBK"}, {"LANG": "C.UTF-8"}, {"LC_ALL": "\udcff"}, {}))
        env["LIANDAN_DATA_DIR"] = rng.choice([*self.good["directory"], *self.folders, *self.folders, *self.writable])
        if rng.random() < 0.1:
            env["LIANDAN_CONFIG"] = rng.choice(self.files)
        if rng.random() < 0.1:
            name = rng.choice(
                (
                    "LANGUAGE",
                    "HOST",
                    "WITNESSES",
                    "KEY_FILE",
                    "PASSPHRASE_FILE",
                    "CHECKPOINT_STORE",
                    "LOG_DIR",
                    "PUBLIC_URL",
                    "PROT",
                    "POOL_MIN",
                    "\udcff",
                )
            )
            env[f"LIANDAN_{name}"] = rng.choice([*self.words, *self.files]).replace("\0", "") or "x"
        if rng.random() < 0.1:
            env |= {"TMPDIR": rng.choice(self.unwritable)}
        return env


def argument_for(rng: random.Random, parameter: click.Parameter, pool: Pool) -> str:
    """A value: most often of the right kind, so that the command gets to work with it."""
    if rng.random() < 0.04:
        return rng.choice(pool.words)
    name = (parameter.name or "").lower()
    if name in pool.good and rng.random() < 0.65:
        return rng.choice(pool.good[name])
    match parameter.type:
        case click.Path(exists=True, dir_okay=False):
            return rng.choice(pool.files)
        case click.Path(exists=True, file_okay=False):
            return rng.choice(pool.folders)
        case click.Path(exists=True):
            return rng.choice([*pool.files, *pool.folders])
        case click.Path():
            return rng.choice([*pool.writable, *pool.writable, *pool.folders])
        case click.Choice(choices=choices):
            return str(rng.choice(list(choices)))
        case click.types.IntParamType() | click.types.FloatParamType():
            return rng.choice(NUMBERS)
        case click.DateTime():
            return rng.choice(DAYS)
    if name in ("url", "log_url", "against", "target", "address") and rng.random() < 0.8:
        return rng.choice([*pool.urls, *pool.folders])
    if name in ("found", "keyid", "x"):
        return rng.choice(pool.hashes)
    if name == "month":
        return rng.choice(MONTHS)
    if name in ("now", "since"):
        return rng.choice(TIMES)
    if name in ("first", "last"):
        return rng.choice(DAYS)
    return rng.choice(pool.words)


def _files(root: Path) -> list[str]:
    """Good ones and hostile ones; the first is a good key, whose passphrase is the second."""
    (root / "passphrase").write_bytes(b"pass\n")
    write_key(root / "key.pem", PrivateKey.generate(), b"pass")
    log = VECTORS / "log"
    good = [root / "key.pem", root / "passphrase"]
    for name in ("checkpoint", "log.vkey"):
        good.append(Path(shutil.copy(log / name, root / name)))
    contents: dict[str | bytes, bytes] = {
        "empty": b"",
        "zeros": bytes(5000),
        "junk": random.Random(1).randbytes(3000),
        "deep.json": b"[" * 100_000,
        "deep-object.json": b'{"a":' * 50_000,
        "list.json": b"[1,2,3]",
        "wrong.json": b'{"operator":{"uscc":1,"name":null},"authorities":{},"clock":7}',
        "plan.json": json.dumps({"operator": {"uscc": USCC, "name": "x"}, "authorities": [], "clock": "real"}).encode(),
        "surrogate.json": b'{"use":"\\ud800","suite":"\\udfff","spki":"","pop":"","x":"\\u0000"}',
        "number.json": b'{"liandan_bundle":1e400,"x":' + b"9" * 5000 + b"}",
        "gbk.txt": "密码".encode("gbk"),
        "utf16.txt": "密码\n".encode("utf-16"),
        "bundle.json": b'{"liandan_bundle":1,"checkpoint":"","entries":[]}',
        "head.pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
        "x.entry": b"{}",
        "x.tlog-proof": b"c2sp.org/tlog-proof@v1\nindex 0\n\n",
        "x.refusal": b'{"a":1}',
        "log.toml": b"host = 1\n[x]\n",
        "policy": b"log x\nwitness \xff\nquorum none\n",
        "vkeys": b"\xff\xfe+00000000+AA==\n",
        "huge-checkpoint": b"log.example/x\n9000000000000000000\n" + b"A" * 43 + b"=\n\n\xe2\x80\x94 log.example/x AAAAAAAA\n",
        "state.sqlite3": b"SQLite format 3\x00" + bytes(100),
        b"\xce\xc4\xbc\xfe.pdf": b"%PDF-1.7\nx",
        b"a\nb\x1b[2J.json": b"{}",
        "-rf": b"x",
        "[red]x[red].json": b"{}",
    }
    for name, content in contents.items():
        path = Path(os.fsdecode(os.fsencode(root) + b"/" + os.fsencode(name)))
        path.write_bytes(content)
        good.append(path)
    with (root / "sparse.json").open("wb") as file:
        file.truncate(3 << 30)
    os.mkfifo(root / "pipe")
    (root / "loop").symlink_to(root / "loop")
    (root / "endless").symlink_to("/dev/zero")
    (root / "dangling").symlink_to(root / "nowhere")
    listening = socket.socket(socket.AF_UNIX)
    with suppress(OSError):  # a path that is too long for one
        listening.bind(str(root / "socket"))
    good += [root / name for name in ("sparse.json", "pipe", "loop", "endless", "dangling", "socket")]
    return [*map(str, good), "/proc/self/mem", "/dev/null", "/dev/stdin", "/nonexistent"]


def _folders(root: Path) -> list[str]:
    """A good log, and logs with one thing wrong each."""
    good = root / "good"
    shutil.copytree(VECTORS / "log", good)
    found = [good, root / "hollow", root / "deep", root / "\udcce\udcc4\udcbc\udcfe"]
    for folder in found[1:]:
        folder.mkdir()
    deep = os.open(root / "deep", os.O_RDONLY)
    for _ in range(1500):  # beyond what a path can name
        os.mkdir("d", dir_fd=deep)
        below = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = below
    os.close(deep)
    [bundle] = list((good / "tile" / "entries").glob("*.p/*")) or [good / "tile" / "entries" / "000"]
    inner = bundle.relative_to(good)

    def changed(name: str) -> Path:
        copy = root / name
        shutil.copytree(good, copy)
        found.append(copy)
        return copy

    (one := changed("fifo") / inner).unlink()
    os.mkfifo(one)
    (one := changed("device") / inner).unlink()
    one.symlink_to("/dev/zero")
    (one := changed("circle") / inner).unlink()
    one.symlink_to(one)
    with (changed("sparse") / inner).open("r+b") as file:
        file.truncate(3 << 30)
    (changed("size") / "checkpoint").write_bytes((root / "huge-checkpoint").read_bytes())
    copy = changed("state")
    for name in (
        "audit.sqlite3",
        "checkpoints.sqlite3",
        "vault.sqlite3",
        "witness.sqlite3",
        "keys.pem",
        "passphrase",
        "name",
        "ed25519.pem",
    ):
        shutil.copy(root / "junk", copy / name)
    copy = changed("own")  # laid out as an installation
    shutil.copytree(good, copy / "log")
    shutil.copy(root / "passphrase", copy / "passphrase")
    (copy / "keys.pem").write_text("Origin: log.example/x\nKey: operator\n" + (root / "key.pem").read_text())
    (copy / "name").write_text("w.example/x\n")
    shutil.copytree(good / "tile" / "entries", copy / "entries" / "tile" / "entries")
    shutil.copy(root / "key.pem", copy / "ed25519.pem")
    return [*map(str, found), "/nonexistent", "/proc/self/fd"]


class _Anything(BaseHTTPRequestHandler):
    """Answers by the clock and the path, never twice the same way."""

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        """Anything."""
        rng = random.Random(time.monotonic_ns())
        body = rng.choice(
            (
                b"",
                b"{}",
                b"[]",
                b"null",
                b"<html>",
                b"\xff\xfe",
                b"[" * 100_000,
                b'{"sizes":[1,1]}',
                b'{"token":1}',
                b'{"manifests":[{"id":"x"}]}',
                _LOG,
            )
        )
        headers = {"Content-Type": rng.choice(("application/json", "text/html", "application/problem+json; charset=utf-16"))}
        if rng.random() < 0.1:
            body, headers["Content-Encoding"] = gzip.compress(bytes(400 << 20), 1), "gzip"
        elif rng.random() < 0.1:
            headers["Content-Encoding"] = rng.choice(("gzip", "br", "deflate"))
        status = rng.choice((200,) * 8 + (204, 301, 400, 401, 404, 429, 500, 503))
        with suppress(OSError):
            self.send_response(status)
            for name, value in {**headers, "Location": "http://127.0.0.1:1/", "Retry-After": rng.choice(("1e9", "-1", "x", "0"))}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + rng.choice((0, 0, 0, 10, -1)) if body else 0))
            self.end_headers()
            self.wfile.write(body)
        self.close_connection = True

    do_POST = do_PATCH = do_DELETE = do_GET


_LOG = json.dumps(
    {"origin": "log.example/x", "found": "0" * 64, "log_keys": ["x"], "size": -1, "committed": 1, "clock": "real", "now": "x"}
).encode()


@contextmanager
def hostile_server(_seed: int) -> Iterator[str]:
    """Its address, while it runs in a process of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Anything)
    child = os.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        server.serve_forever()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        server.server_close()
