#!/usr/bin/env python3
"""liandan_proof: check one ``.tlog-proof`` file offline, with no log at hand. Standard library only; needs liandan_audit.py beside it.

    python3 liandan_proof.py FILE --vkey LOG_VKEY [--vkey WITNESS_VKEY …] (--entry ENTRY_FILE | --leaf HEX)

It says that the entry is leaf ``index`` of the tree whose checkpoint the log's key signed: exit 0 it is, 1 it is not, 2 wrong use. Every
witness named must have cosigned. Source: C2SP tlog-proof, RFC 9162 §2.1.3.2.
"""

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # isolated Python (-I) does not do it

from liandan_reader.notes import open_note, parse_checkpoint
from liandan_reader.strict import Bad, need, sha256, unb64


def verify_inclusion(index: int, size: int, leaf: bytes, root: bytes, hashes: list[bytes]) -> None:
    """RFC 9162 §2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in hashes:
        need(sn > 0, "PROOF_WRONG", "hashes", "too long")
        r = sha256(b"\x01" + p + r) if fn & 1 or fn == sn else sha256(b"\x01" + r + p)
        while fn == sn and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    need(index < size and not sn and r == root, "PROOF_WRONG", "hashes", r.hex(), root.hex())


def parse_tlog_proof(raw: bytes) -> tuple[int, list[bytes], bytes]:
    """Index, hashes and the checkpoint's bytes of a ``.tlog-proof`` file."""
    head, blank, note = raw.partition(b"\n\n")
    match = re.fullmatch(rb"c2sp\.org/tlog-proof@v1\n(?:extra [A-Za-z0-9+/=]*\n)?index (0|[1-9][0-9]{0,15})((?:\n[A-Za-z0-9+/=]+)*)", head)
    if match is None or not blank:
        raise Bad("PROOF_FORM")
    hashes = [unb64(line.decode(), "hash", "PROOF_FORM") for line in match[2].split(b"\n")[1:]]
    need(all(len(h) == 32 for h in hashes) and len(hashes) < 64, "PROOF_FORM", "hash")
    return int(match[1]), hashes, note


def check_proof(raw: bytes, leaf: bytes, vkeys: list[str]) -> tuple[str, int, int]:
    """Origin, size and index that a proof file establishes for a leaf hash; Bad if it does not."""
    index, hashes, note = parse_tlog_proof(raw)
    text, lines, _ = open_note(note, vkeys)
    need(set(lines) == set(vkeys), "NOTE_SIGNATURE", "signature", sorted(lines), sorted(vkeys))
    origin, size, root = parse_checkpoint(text)
    verify_inclusion(index, size, leaf, root, hashes)
    return origin, size, index


def given(path: Path) -> bytes:
    """A file that the command line names."""
    if not path.is_file() or path.stat().st_size > 1 << 20:
        raise OSError(f"not a file of at most 1 MB: {path}")
    return path.read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(prog="liandan_proof", description="Check a .tlog-proof file, standard library only.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--vkey", action="append", required=True, help="the log's verifier key first, then witnesses that must have signed")
    subject = parser.add_mutually_exclusive_group(required=True)
    subject.add_argument("--entry", type=Path, help="file with the exact bytes of the entry")
    subject.add_argument("--leaf", type=bytes.fromhex, help="leaf hash in hex")
    sys.stdout.reconfigure(errors="backslashreplace")  # what its encoding lacks is escaped
    options = parser.parse_args()
    try:
        leaf = sha256(b"\x00" + given(options.entry)) if options.entry else options.leaf
        origin, size, index = check_proof(given(options.proof), leaf, options.vkey)
    except OSError as error:
        print(f"liandan_proof: {error}", file=sys.stderr)
        return 2
    except Bad as bad:
        print(*bad.args)
        return 1
    print(f"{origin}: entry {index} of {size}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
