"""Names of the codes that a page shows: parties as they are called now, places as the adopted table has them; a code without a name as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from ledger.log import Log
from ledger.problem import Language
from whitelist.service import with_names

Named = Callable[[Iterable[str]], str]
"""Codes as people read them: names, divided as the language divides."""


class ShownCodes(Struct, frozen=True, kw_only=True):
    """Codes whose names are wanted: parties, and divisions (GB/T 2260)."""

    parties: tuple[str, ...] = ()
    division: tuple[str, ...] = ()
    names: dict[str, str] = {}


async def names_for(log: Log, language: Language, parties: Iterable[str], divisions: Iterable[str] = ()) -> Named:
    """A function that names codes; each once."""
    asked = ShownCodes(parties=tuple(dict.fromkeys(parties)), division=tuple(one for one in dict.fromkeys(divisions) if one))
    return named((await with_names(log, asked, language)).names, language)


def named(names: Mapping[str, str], language: Language) -> Named:
    """The same of names that are known."""
    between = "、" if language == "zh" else ", "

    def say(codes: Iterable[str]) -> str:
        return between.join(names.get(code, code) for code in codes)

    return say
