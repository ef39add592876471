#!/usr/bin/env python3
"""liandan_audit: the second reader of a liandan log. Python 3.11 or newer, standard library only.

It reads an export directory (or a base URL) and checks, trusting neither operator nor the product's code, that the log is what its signed
checkpoints say, that the parties named signed every statement with keys valid at that place, that every body fits its published schema,
and that every chain, manifest, account and admission continues what came before. What it does *not* check: README.md beside it.

This file reads the places of an export and writes the report; what is checked of an entry stands in liandan_reader/, whose first lines
say where to begin.

    python3 liandan_audit.py EXPORT_DIR --pin FOUND_HASH          exit 0: nothing found, 1: findings, 2: wrong use or unreadable
"""

import argparse
import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # isolated Python (-I) does not do it

from liandan_reader.log import Log
from liandan_reader.notes import parse_checkpoint, split_note
from liandan_reader.signatures import use_fast_libraries
from liandan_reader.strict import Bad, need, sha256, walk

LARGEST = 64 << 20  # bytes of a file


class Audit:
    """One reading of the static files of a log."""

    def __init__(self, place: str) -> None:
        self.url = place.rstrip("/") if place.startswith(("http://", "https://")) else ""
        self.directory, self.used, self.remarks, self.checkpoints = Path(place), set[str](), list[str](), 0
        self.log = Log(lambda name: self.read(f"data/{name}"))

    def read(self, path: str) -> bytes | None:
        if not self.url and not (file := self.directory / path).is_file():  # nor is a pipe or a device one
            return None
        self.used.add(path)
        if not self.url:
            return file.read_bytes() if 0 < file.stat().st_size <= LARGEST else b""
        try:
            with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as answer:
                return bytes(answer.read(LARGEST))
        except urllib.request.HTTPError as error:
            if error.code != 404:
                raise
            return None

    def tile(self, level: str, number: int, width: int) -> tuple[str, bytes]:
        """Path and bytes of a tile. Over HTTP a partial one may since have been replaced by the full one."""
        name, rest = f"{number % 1000:03}", number // 1000
        while rest:
            name, rest = f"x{rest % 1000:03}/{name}", rest // 1000
        path = f"tile/{level}/{name}" + ("" if width == 256 else f".p/{width}")
        raw = self.read(path)
        return path, (self.read(f"tile/{level}/{name}") if raw is None and self.url else raw) or b""

    def entries(self, size: int) -> Iterator[bytes]:
        """All entries, from bundles: two bytes of length, then the entry."""
        for number in range(-(-size // 256)):
            width, offset = min(256, size - number * 256), 0
            path, raw = self.tile("entries", number, width)
            for _ in range(width):
                end = offset + 2 + int.from_bytes(raw[offset : offset + 2], "big")
                need(offset + 2 < end <= len(raw), "TILE_FORM", path, f"{len(raw)} bytes", f"{width} entries")
                yield raw[offset + 2 : end]
                offset = end
            need(offset == len(raw) or self.url, "TILE_FORM", path, f"{len(raw) - offset} bytes too many")

    def run(self, pin: str = "") -> dict[str, Any]:
        """Read everything once and report."""
        if not self.url and not self.directory.is_dir():
            raise NotADirectoryError(self.directory)
        log, newest = self.log, self.read("checkpoint") or b""
        log.attempt("checkpoint", self._read_entries, newest)
        log.attempt("checkpoint", self._checkpoint, newest, log.size, "checkpoint")
        for level in range(max(log.size.bit_length() + 7, 8) // 8):
            for number in range(-(-(log.size >> 8 * level) // 256)):
                self._tile(level, number)
        vkeys = "".join(f"{vkey}\n" for vkey in log.log_keys).encode()
        log.attempt("log.vkey", need, self.read("log.vkey") == vkeys, "VKEY_FORM", "", "", vkeys)
        files = [] if self.url else walk(self.directory)
        for path in sorted({f.relative_to(self.directory).as_posix() for f in files} - self.used):
            log.attempt(path, need, path == f"data/{sha256(self.read(path) or b'').hex()}", "FILE_UNEXPECTED")
        log.attempt("log.found", need, pin in ("", log.found), "PIN", "", log.found, pin)
        self.remarks += [] if pin else ["no --pin: this report shows that the log agrees with itself, not which log it is"]
        self.remarks += ["simulated clock (演示 / DEMO): no witness brackets the times"] if log.clock == "simulated" else []
        seen, first = log.widest
        self.remarks += [f"witnesses first saw entry {first} {seen} s after its admission.at (§4)"] if seen > 900 else []
        unchecked = {suite: count for (suite, checked), count in sorted(log.signatures.items()) if not checked}
        self.remarks += [f"{count} {suite} signatures were not checked by this reader" for suite, count in unchecked.items()]
        facts = {"origin": log.origin, "found": log.found, "size": log.size, "root": log.root(log.size).hex(), "pinned": bool(pin)}
        counts = {"signatures": log.signatures.total() - sum(unchecked.values()), "unchecked": unchecked, "checkpoints": self.checkpoints}
        return {"ok": not log.findings, **facts, **counts, "remarks": self.remarks, "findings": log.findings}

    def _read_entries(self, newest: bytes) -> None:
        for entry in self.entries(parse_checkpoint(split_note(newest)[0])[1]):
            self.log.add(entry)
            path = f"checkpoints/{self.log.size}"
            if not self.url and (raw := self.read(path)) is not None:
                self.log.attempt(path, self._checkpoint, raw, self.log.size, path)

    def _checkpoint(self, raw: bytes, size: int, path: str) -> None:
        found, unknown = self.log.checkpoint(raw)
        need(found == size, "CHECKPOINT_FORM", "size", found, size)
        self.checkpoints += 1
        self.remarks += [f"{path}: {unknown} signature lines by unknown keys were ignored"] if unknown else []

    def _tile(self, level: int, number: int) -> None:
        span, first = 256**level, number * 256
        width = min(256, (self.log.size >> 8 * level) - first)
        want = [self.log.tree.mth(i * span, (i + 1) * span) for i in range(first, first + width)]
        path, raw = self.tile(str(level), number, width)
        got = [raw[32 * k : 32 * k + 32] for k in range(width)]
        if got != want or (len(raw) != 32 * width and not self.url):
            at = next((k for k in range(width) if got[k] != want[k]), 0)
            self.log.flag(Bad("TILE_HASH", path, got[at].hex(), want[at].hex()), (first + at) * span)


def main() -> int:
    parser = argparse.ArgumentParser(prog="liandan_audit", description="Audit a liandan log from its export, standard library only.")
    parser.add_argument("place", help="export directory or http(s) base URL")
    parser.add_argument("--pin", default="", metavar="FOUND_HASH", help="statement hash of the log.found that you trust")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--pure", action="store_true", help="use no compiled library")
    sys.stdout.reconfigure(errors="backslashreplace")  # what its encoding lacks is escaped
    options = parser.parse_args()
    if not options.pure:
        use_fast_libraries()
    try:
        report = Audit(options.place).run(options.pin)
    except OSError as error:
        parser.error(f"cannot read {options.place}: {error}")
    if options.json:
        print(json.dumps(report, indent=1))
    else:
        for finding in report["findings"][:1000]:
            print("{code}  entry {index} {chain}  {field}: found {found}; expected {expected}".format_map(finding))
        print(*(f"remark: {remark}\n" for remark in report["remarks"]), sep="", end="")
        print("{size} entries, {signatures} signatures, {checkpoints} checkpoints; root {root}".format_map(report))
        print("nothing found" if report["ok"] else f"{len(report['findings'])} findings")
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
