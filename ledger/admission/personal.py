"""What a text holds of a person: mobile and landline numbers, identity numbers, e-mail addresses, positions (formats §7).

A text is read in a normal form, as a reader's eye has it: digits of any script, full-width or circled, are digits, invisible characters
are none, every dash is a dash, every blank a blank. What it cannot see is said in docs/personal-data.md. Numbers of firms and papers are
told apart by their form: a unified code by its check character, a number of a paper by the letters that it hangs on.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from stdnum.cn import ric, uscc

from ledger.fields import BLANK

_SPOKEN = "〇零一壹幺二贰三叁四肆五伍六陆七柒八捌九玖"
_ODD = re.compile(rf"[\d²³¹⁰-₉①-⓿❶-➓@＠﹫°º]|\bat\b|[{_SPOKEN}](?:.{{0,4}}[{_SPOKEN}]){{9}}", re.IGNORECASE)
"""Without a digit of any kind, a sign of an address or of degrees, or ten numerals, there is nothing to look for."""
_CANDIDATE = re.compile(rf"[0-9].{{0,7}}[0-9].{{0,7}}[0-9].{{0,7}}[0-9]|@|\bat\b|°|[{_SPOKEN}](?:.{{0,4}}[{_SPOKEN}]){{9}}", re.IGNORECASE)
"""The same of a text in its normal form: four digits near each other."""
_SIMPLE = re.compile("[ -~\u4e00-\u9fff·（）〔〕《》、，。；：—]*")
"""Texts in which the normal form changes no digit."""
_ENOUGH = re.compile(rf"[0-9](?:[^0-9]*[0-9]){{6}}|@|\bat\b|°|[{_SPOKEN}](?:.{{0,4}}[{_SPOKEN}]){{9}}", re.IGNORECASE)
"""Seven digits, as the shortest telephone number has, or what may be of a person with fewer: plates and most numbers of papers have none."""
_NUMERALS = str.maketrans(_SPOKEN, "001112233445566778899")
_NUMERALS_MIN = 11
_SIGNS = str.maketrans(dict.fromkeys("−‒⁃~～〜﹣", "-") | dict.fromkeys("·•‧∙⋅・．", ".") | {"、": ","})
_BLANKS = re.compile(rf"[{BLANK}\s]")

_UNIFIED = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])", re.IGNORECASE)
_RUN = re.compile(r"[0-9](?:[-._()/, ]{0,3}[0-9])*")
_GROUP = re.compile("[0-9]+")
_LETTERS_BEFORE, _LETTERS_AFTER = re.compile("[0-9]?[a-z]{1,12}$"), re.compile("^[a-z]{1,2}[0-9]?")
_SAID_BEFORE = frozenset(
    [
        "tel",
        "phone",
        "mobile",
        "mob",
        "cell",
        "cellphone",
        "handphone",
        "hp",
        "fax",
        "wx",
        "vx",
        "wechat",
        "weixin",
        "sms",
        "call",
        "contact",
        "dh",
        "sj",
        "dianhua",
        "shouji",
    ]
)
"""Words of letters that stand right before somebody's number; another word of two letters or more makes it the number of a paper."""

_MOBILE = re.compile("(?:(?:00)?86|0)?1[3-9][0-9]{9}")
_MOBILE_SHAPES = frozenset({(11,), (3, 4, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (3, 8), (4, 7), (5, 6), (6, 5), (7, 4)})
_PAPER_SHAPES = frozenset({(11,), (3, 4, 4)})
_MANY_GROUPS = 5
"""From so many groups on a number of eleven digits is read whatever its groups are: up to four may be measures in a row (180 200 220 24)."""
_AREA = "(?:10|2[0-9]|[3-9][0-9]{2})"
_LANDLINE = re.compile(r"(?:(?:00)?860?|0)(?:(?:10|2[0-9])[2-8][0-9]{7}|[3-9][0-9]{2}[2-8][0-9]{6,7})")
_AREA_GROUP = re.compile(f"(?:(?:00)?86)?0?{_AREA}")
_LANDLINE_SHAPES = frozenset({(8,), (4, 4), (7,), (3, 4), (4, 3)})
_LOCAL = re.compile(
    r"(?:电话|座机|固话|传真|热线|联系方式|\btel|\bphone|\bfax)[ :.号码是为(-]{0,5}(?:[2-8][0-9]{6,7}|[2-8][0-9]{2,3}[- ][0-9]{4})(?![0-9])"
)
_AT, _DOT = r"(?:@|[(\[]at[)\]]| at (?=[\w-]+ dot ))", r" {0,2}(?:\.|[(\[]dot[)\]]| dot ) {0,2}"
_EMAIL = re.compile(rf"[\w.%+-] {{0,2}}{_AT} {{0,2}}[\w-]+(?:{_DOT}[\w-]+){{0,4}}?{_DOT}[^\W\d_]{{2}}")
_MEASURE = "(?! ?(?:(?:[μmnk]?g|t|[μm]?l|[kcm]?m[23]?|[km]pa|pp[mb])(?![a-z])|[%‰吨克升元]|千克|公斤|毫克|立方|万元))"
"""No unit of a measure: 本批 30.125 吨，累计 104.375 吨."""
_PAIR = re.compile(rf"(?<![0-9.])[+-]?([0-9]{{1,3}}\.[0-9]{{3,}}){_MEASURE}[^0-9.]{{1,12}}([0-9]{{1,3}}\.[0-9]{{3,}})(?![0-9]){_MEASURE}")
_DEGREES, _NEAR = re.compile(r"[0-9] ?°(?! ?c)"), 40
_LATITUDES, _LONGITUDES = (3.0, 54.0), (73.0, 136.0)
"""Of China: a pair of masses is rarely both."""


def personal_in(text: str, *, is_paper: bool = False) -> str:
    """What of a person a text holds, by one word for a reason; empty if nothing is found. ``is_paper``: it is the number of some paper, so that
    only what is written as a person's number would be is taken for one.
    """
    if not _ODD.search(text) or (_SIMPLE.fullmatch(text) and not _ENOUGH.search(text)):
        return ""
    if not text.isascii():
        text = normal_form(text)
    if not _CANDIDATE.search(text):
        return ""
    if len(text) == 18 and uscc.is_valid(text):
        return ""
    text = text.lower().replace("\t", " ").replace("\n", " ").replace("\r", " ")
    return _addresses_in(text) or _numbers_in(text, is_paper=is_paper) or _numerals_in(text)


def normal_form(text: str) -> str:
    """The text as it is looked through: compatibility forms undone, digits ASCII, invisible characters gone, dashes and blanks alike."""
    digits = (
        str(value) if (value := unicodedata.digit(character, None)) is not None else character for character in text.translate(_SIGNS)
    )
    shown = (
        "-" if category == "Pd" else character
        for character in unicodedata.normalize("NFKC", "".join(digits))
        if (category := unicodedata.category(character)) not in ("Cf", "Mn", "Me")
    )
    return _BLANKS.sub(" ", "".join(shown)).translate(_SIGNS)


def _addresses_in(text: str) -> str:
    if _EMAIL.search(text):
        return "e-mail address"
    degrees = [match.start() for match in _DEGREES.finditer(text)]
    is_pair = any(later - earlier < _NEAR for earlier, later in pairwise(degrees))
    return "coordinates" if is_pair or any(map(_is_position, _PAIR.finditer(text))) else ""


def _is_position(match: re.Match[str]) -> bool:
    low, high = sorted((float(match[1]), float(match[2])))
    return _LATITUDES[0] <= low <= _LATITUDES[1] and _LONGITUDES[0] <= high <= _LONGITUDES[1]


def _numbers_in(text: str, *, is_paper: bool) -> str:
    found = _identity_in(text)
    if found:
        return found
    text = _UNIFIED.sub(lambda match: "," * 18 if uscc.is_valid(match[0]) else match[0], text)
    for match in _RUN.finditer(text):
        if found := _telephone_in(text, match, is_paper=is_paper):
            return found
    return "" if is_paper or not _LOCAL.search(text) else "telephone number"


def _windows(groups: Sequence[str], fewest: int, most: int) -> Iterator[tuple[int, int]]:
    """Where groups of digits in a row begin and end, of those that have so many digits together."""
    lengths = [len(group) for group in groups]
    for start in range(len(groups)):
        digits = 0
        for end in range(start, len(groups)):
            digits += lengths[end]
            if digits > most:
                break
            if digits >= fewest:
                yield start, end + 1


def _identity_in(text: str) -> str:
    """18 characters that are an identity number (GB 11643): county, birth date and check character, whatever stands between them."""
    for match in _RUN.finditer(text):
        groups = _GROUP.findall(match[0])
        last = re.match("[-._ ]{0,3}x(?![a-z0-9])", text[match.end() :])
        for start, end in _windows(groups, 17, 18):
            digits = "".join(groups[start:end])
            if len(digits) == 17 and end == len(groups) and last:
                digits += "X"
            if len(digits) == 18 and digits[6:8] in ("18", "19", "20") and ric.is_valid(digits):
                return "identity number"
    return ""


def _telephone_in(text: str, match: re.Match[str], *, is_paper: bool) -> str:
    """A mobile or a landline number in a run of digits with what may stand between them."""
    groups, between = _GROUP.findall(match[0]), _GROUP.split(match[0])[1:-1]
    before = "".join(_LETTERS_BEFORE.findall(text[max(0, match.start() - 13) : match.start()]))
    after = "".join(_LETTERS_AFTER.findall(text[match.end() : match.end() + 3]))
    most = 0 if is_paper else 1
    hangs_on = len(before) > most and (is_paper or before not in _SAID_BEFORE)
    goes_on = len(after) > most
    for start, end in _windows(groups, 10, 15):
        if (start == 0 and hangs_on) or (end == len(groups) and goes_on):
            continue
        own, digits = groups[start:end], "".join(groups[start:end])
        if _MOBILE.fullmatch(digits):
            signs = [sign.replace(" ", "") for sign in between[start : end - 1]]
            outside = {sign.replace(" ", "") for sign in (*between[max(0, start - 1) : start], *between[end - 1 : end])}
            if _is_mobile(own, signs, outside, is_paper=is_paper):
                return "mobile number"
        is_free = not is_paper and not (start > 0 and "-" in between[start - 1])
        has_plus = start == 0 and text[: match.start()].endswith("+")
        if is_free and _LANDLINE.fullmatch(digits) and _is_landline(own, has_plus=has_plus):
            return "telephone number"
    return ""


def _is_mobile(groups: Sequence[str], signs: Sequence[str], outside: set[str], *, is_paper: bool) -> bool:
    """Whether groups of digits with signs between them, and others outside, are how people write a mobile number."""
    own = _own(groups)
    if is_paper or tuple(map(len, own)) in _MOBILE_SHAPES:
        return not is_paper or tuple(map(len, groups)) in _PAPER_SHAPES
    inside = set(signs[len(groups) - len(own) :])
    return len(own) >= _MANY_GROUPS and len(inside) == 1 and inside <= {"", "-", "_", "."} and not inside & outside


def _own(groups: Sequence[str]) -> list[str]:
    """The groups without the country's code."""
    first = groups[0]
    rest = re.sub("^(?:(?:00)?86|0)(?=$|1[3-9])", "", first)
    return [rest, *groups[1:]] if rest else list(groups[1:])


def _is_landline(groups: Sequence[str], *, has_plus: bool) -> bool:
    """Area code and number as people group them, or all digits in a row: from 0 on, or from a plus sign."""
    if len(groups) == 1:
        return has_plus or groups[0].startswith("0")
    own = groups[1:] if groups[0] in ("86", "0086") else groups
    return _AREA_GROUP.fullmatch(own[0]) is not None and tuple(map(len, own[1:])) in _LANDLINE_SHAPES


def _numerals_in(text: str) -> str:
    """A number that is written in numerals (一三八…)."""
    is_enough = sum(character in _SPOKEN for character in text) >= _NUMERALS_MIN
    return _numbers_in(text.translate(_NUMERALS), is_paper=False) if is_enough else ""
