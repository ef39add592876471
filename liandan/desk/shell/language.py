"""Texts in the reader's language: tables of (Chinese, English), and which of both a browser is shown."""

from collections.abc import Callable, Mapping

from ledger.problem import Language

Words = Mapping[str, tuple[str, str]]
Say = Callable[..., str]
"""``w("key", n=3)``: the text of a key with its places filled in. KeyError for a key that the table lacks."""


def sayer(words: Words, lang: Language) -> Say:
    """What templates call ``w``."""
    place = 0 if lang == "zh" else 1

    def say(key: str, /, **values: object) -> str:
        return words[key][place].format(**values)

    return say
