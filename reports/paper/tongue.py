"""In which language a document is printed (文种): both texts stand together where they are used, the document decides which is read.

Names of parties, places and wastes, and whatever else a party wrote, stay as they were signed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

Tongue = Literal["zh", "en"]
TONGUES: tuple[Tongue, ...] = ("zh", "en")
_SPOKEN: ContextVar[Tongue] = ContextVar("liandan_tongue", default="zh")


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """Print in a language, in this thread or task alone."""
    token = _SPOKEN.set(tongue)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Tongue:
    """The language that is being printed."""
    return _SPOKEN.get()


def say(zh: str, en: str) -> str:
    """The text in the language that is being printed."""
    return en if _SPOKEN.get() == "en" else zh


def listed(*texts: str) -> str:
    """Texts one after another, as the language enumerates; empty ones are left out."""
    return say("、", ", ").join(text for text in texts if text)


def clauses(*texts: str) -> str:
    """Parts of a sentence; empty ones are left out."""
    return say("；", "; ").join(text for text in texts if text)


def named(zh: str, en: str, text: str) -> str:
    """A label and what it names: ``合同编号：HT-1``."""
    return f"{zh}：{text}" if spoken() == "zh" else f"{en}: {text}"


def path_in(tongue: Tongue, path: Path) -> Path:
    """Where a document in this language lies beside the Chinese one of ``path``: ``c.pdf``, ``c.en.pdf``."""
    return path if tongue == "zh" else path.with_name(f"{path.name.removesuffix('.pdf')}.{tongue}.pdf")
