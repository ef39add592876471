"""10^5 lines of a book against 10^5 of the log, without numbers, one in a hundred wrong; and the same in kilograms, where nothing agrees by itself."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from bench.books.__main__ import many_lines
from bench.figures import Figure, timed
from reports.matching.matcher import match

LINES = 100_000


def measure(manifests: int) -> Iterator[Figure]:
    """Seconds of each, on one core; the limit is sorting the same lines by what they say."""
    del manifests
    mine, theirs = many_lines(LINES, seed=1)
    in_kg = [replace(line, mass_g=line.mass_g * 1000) for line in theirs]
    with timed() as bare:
        sorted([*mine, *theirs], key=lambda line: (line.partner, line.code, line.day, line.mass_g, line.id))
    for name, book in (("lines matched", theirs), ("lines matched, kilograms for tonnes", in_kg)):
        with timed() as seconds:
            outcomes = match(mine, book)
        lines = sum(len(outcome.logged) + len(outcome.booked) for outcome in outcomes)
        assert lines == 2 * LINES, "every line ends in one outcome"
        yield Figure(
            name=name,
            value=lines / seconds(),
            unit="lines/s",
            limit=lines / bare(),
            limit_is="sorting them",
            note=f"{LINES:,} of each side in {seconds():.1f} s",
        )
