"""Articles of the law in the reader's language: the points of an inspection name them as the text of the law does (第十条（一）). Pure."""

import re

from ledger.problem import Language

DIGITS = "一二三四五六七八九"
_ARTICLE = re.compile(f"第([{DIGITS}十]+)条((?:（[{DIGITS}十]+）)?)")


def _number(text: str) -> int:
    """``二十一`` → 21; below a hundred."""
    tens, ten, ones = text.rpartition("十")
    return (10 * (DIGITS.index(tens) + 1 if tens else 1) if ten else 0) + (DIGITS.index(ones) + 1 if ones else 0)


def article_in(text: str, language: Language) -> str:
    """``第十二条（二）、第十八条`` → ``Art. 12(2), Art. 18`` in English; in Chinese as it is."""
    if language == "zh":
        return text
    said = _ARTICLE.sub(lambda found: f"Art. {_number(found[1])}" + (f"({_number(found[2][1:-1])})" if found[2] else ""), text)
    return said.replace("、", ", ").replace("至", " to ")
