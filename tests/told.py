"""What rules say, word by word: scenes, one for each way in which they refuse or warn, and files with all that is said in them.

Other tests ask which rule refuses and where. Here stands what goes into the texts: what was found, what was expected, and each place of the cause.
``python -m tests.told`` writes the files anew; whoever changes a rule reads in them what a dispatcher will read from now on. The standing texts
are left out, so that a better sentence changes nothing here. The scenes stand in ``tests/whitelist/told.py`` and ``tests/manifests/told.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from signing.phrase import Word
from signing.refusal import Reason

Case = tuple[str, Mapping[str, Word]]
"""A cause and its places."""


class Told(Struct):
    """All that an answer says: reasons, alerts as (level, code), with their cases by code, and how it went on (route, tags)."""

    reasons: Iterable[Reason]
    alerts: Iterable[tuple[str, str]] = ()
    said: Mapping[str, Case] = {}
    end: str = ""


Scenes = Mapping[str, Callable[[], Told]]


def word(said: Word) -> str:
    """What is said, in one language or in both."""
    return said if isinstance(said, str) else " / ".join(dict.fromkeys(said))


def lines_of(told: Told) -> Iterator[str]:
    """An answer as the file has it."""
    for one in told.reasons:
        yield f"{one.code} at {one.field}: {word(one.found)!r}, wanted {word(one.expected)!r}"
        yield from _case(one.cause, one.places)
    for level, code in told.alerts:
        yield f"{level} {code}"
        yield from _case(*told.said.get(code, ("", {})))
    if told.end:
        yield told.end


def _case(cause: str, places: Mapping[str, Word]) -> Iterator[str]:
    if cause:
        yield f"  {cause}: " + "; ".join(f"{name} {word(places[name])!r}" for name in sorted(places))


def text(scenes: Scenes) -> str:
    """A whole file."""
    return "\n".join(f"# {name}\n" + "".join(f"{one}\n" for one in lines_of(scene())) for name, scene in scenes.items())


def files() -> dict[Path, Scenes]:
    """Every file with its scenes."""
    from tests.manifests import told as manifests
    from tests.whitelist import told as whitelist

    return {Path(room.__file__).with_suffix(".txt"): room.SCENES for room in (whitelist, manifests)}


if __name__ == "__main__":
    for path, scenes in files().items():
        path.write_text(text(scenes), encoding="utf-8")
