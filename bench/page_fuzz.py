"""Random changes of files, each given to ``liandan verify`` and to ``verify.html``: the verdicts are compared.

``python -m bench.page_fuzz --cases 2000 --seed 1``. Needs Chromium and the tests of the checkout. Exit code 1 where one of them answered otherwise; the
file is kept in ``--out``. A sample runs in the suite (tests/browser/test_fuzz.py).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from msgspec import Struct

from tests.browser.fuzzed import desk_for_campaigns, files, verdict_here, verdict_there

Change = Callable[[bytes, Random], bytes]
TOKENS = [
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"0", b"-0", b"1e1", b"1.0", b"true", b"null", b"\\u0000", b"\\ud800", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\x00", b"\n",
    b"__proto__", b"constructor", b"=", b"==", b"-_", b" ", b"stream\n", b"\nendstream", b"/ByteRange [ 0 1 2 3 ]", b"/Encrypt", b"%PDF-", b"9007199254740993",
]  # fmt: skip
"""What parsers part over."""


class Parted(Struct, frozen=True):
    """A file to which the two answered otherwise."""

    raw: bytes
    ours: str
    theirs: str


def _flip(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


def _insert(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(TOKENS) + raw[at:]


def _replace(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw))
    token = chance.choice(TOKENS)
    return raw[:at] + token + raw[at + len(token) :]


def _delete(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + raw[at + 1 + chance.randrange(64) :]


def _repeat(raw: bytes, chance: Random) -> bytes:
    at, length = chance.randrange(len(raw)), 1 + chance.randrange(2000)
    return raw[: at + length] + raw[at : at + length] + raw[at + length :]


def _exchange(raw: bytes, chance: Random) -> bytes:
    """Two pieces of evidence, or of anything between quotes, exchanged."""
    parts = raw.split(b'"')
    first, second = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[first], parts[second] = parts[second], parts[first]
    return b'"'.join(parts)


def _cut(raw: bytes, chance: Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


CHANGES: tuple[Change, ...] = (_flip, _insert, _replace, _delete, _repeat, _exchange, _cut)


def changed(raw: bytes, chance: Random) -> bytes:
    """One to three changes; half of them near the beginning, where forms are told."""
    head = raw[:4096] if chance.random() < 0.5 else raw
    rest = raw[len(head) :]
    for _ in range(1 + chance.randrange(3)):
        head = chance.choice(CHANGES)(head, chance) or b"?"
    return head + rest


def compare(
    originals: list[bytes],
    cases: int,
    seed: int,
    ours: Callable[[bytes], str],
    theirs: Callable[[bytes], str],
    seen: Counter[str] | None = None,
) -> Iterator[Parted]:
    """Files to which the answers part; ``seen`` counts verdicts."""
    chance = Random(seed)
    for _ in range(cases):
        raw = changed(chance.choice(originals), chance)
        one, other = ours(raw), theirs(raw)
        if seen is not None:
            seen[one] += 1
        if one != other:
            yield Parted(raw, one, other)


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("page-fuzz"))
    asked = parser.parse_args()
    seen: Counter[str] = Counter()
    with desk_for_campaigns() as desk:
        parted = list(compare(files(), asked.cases, asked.seed, verdict_here, lambda raw: verdict_there(desk, raw), seen))
    for number, one in enumerate(parted):
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / f"{asked.seed}-{number}").write_bytes(one.raw)
        print(f"{asked.out}/{asked.seed}-{number}: liandan verify {one.ours}, verify.html {one.theirs}")
    print(f"{asked.cases} files, {len(parted)} answered otherwise; {dict(seen)}")
    return 1 if parted else 0


if __name__ == "__main__":
    sys.exit(main())
