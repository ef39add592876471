"""A phrase in both languages, for what no value of the input says by itself: "a list", "nothing left", "who signed for the carrier".

A code, a mass or a day is the same text for everybody and stays ``str``; words are a Phrase, and whoever shows them takes the one of his reader.
Where nobody knows the reader (findings of an audit, log lines) both stand: ``列表 / a list``.
"""

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Phrase(NamedTuple):
    """Chinese and English of one thing."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Both, Chinese first."""
        return self.zh if self.zh == self.en else f"{self.zh} / {self.en}"


Word = str | tuple[str, str]
"""What is said in an answer or stands in a place of its text: the same in both languages, or (Chinese, English)."""


def word_in(said: Word, language: Language) -> str:
    """The text for a reader of one language."""
    return said if isinstance(said, str) else said[language != "zh"]


def as_word(said: Word) -> Word:
    """A phrase that was read from elsewhere, as a pair."""
    return said if isinstance(said, str) else Phrase(*said)


def cut(said: object, limit: int) -> Word:
    """At most ``limit`` characters of each language, so that no body is echoed whole; what is no phrase becomes text."""
    return Phrase(said.zh[:limit], said.en[:limit]) if isinstance(said, Phrase) else str(said)[:limit]


def counted(number: int, zh: str, en: str) -> Phrase:
    """So many of something."""
    return Phrase(f"{number} {zh}", f"{number} {en}")


def at_most(number: int, zh: str, en: str) -> Phrase:
    """A limit."""
    return Phrase(f"至多 {number} {zh}", f"at most {number} {en}")


def joined(*parts: Word, by: str = "") -> Word:
    """Values and phrases one behind the other; a plain text if no part is a phrase."""
    zh, en = by.join(word_in(part, "zh") for part in parts), by.join(word_in(part, "en") for part in parts)
    return zh if zh == en else Phrase(zh, en)
