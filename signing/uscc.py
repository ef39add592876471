"""The USCC (统一社会信用代码) by which every party is known: 18 characters, the last one a check character.

Source: GB 32100-2015 as fixed in formats §1. Wider than some libraries on purpose: formats asks nothing of the single positions.
"""

import re
from functools import lru_cache

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_FORM = re.compile("[0-9A-HJ-NPQRTUWXY]{18}")


def check_uscc(text: str) -> bool:
    """Whether ``text`` is a USCC with a correct check character; upper case only, nothing around it."""
    return len(text) == 18 and _is_right(text)


@lru_cache(maxsize=16_384)
def _is_right(text: str) -> bool:
    """Kept for a moment, of 18 characters: a stranger's text of any length, read before any signature, fills no memory."""
    return _FORM.fullmatch(text) is not None and check_character(text[:17]) == text[17]


def check_character(first: str) -> str:
    """The 18th character for the first 17, all of the alphabet."""
    total = sum(_VALUE[character] * weight for character, weight in zip(first, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def misspelt(text: str) -> str:
    """What is wrong with a code, in Chinese and English, for whoever typed it; empty for a good one."""
    if check_uscc(text):
        return ""
    if len(text) != 18:
        return f"应为 18 位，所给 {len(text)} 位 / 18 characters are wanted, {len(text)} given"
    if _FORM.fullmatch(text):
        last = check_character(text[:17])
        return f"前 17 位的校验码为 {last}，不是 {text[17]}，某一位有误 / the check character of the first 17 is {last}, not {text[17]}: one is wrong"
    at, strange = next((at, one) for at, one in enumerate(text, 1) if one not in _VALUE)
    return f"第 {at} 位不可用：只用半角数字和大写字母，无 I O S V Z / character {at}, U+{ord(strange):04X}, is none of 0-9 A-Z without I O S V Z"
