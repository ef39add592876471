"""Characters that look like others: where a text has them, and the text that its writer meant.

They come from spreadsheets, PDF files and input methods: full-width digits, radicals in place of ideographs, no-break spaces, dashes that are no
hyphen. Nothing here decides anything: rules compare what was signed. It only makes two texts that look the same tell how they differ, so the
tables may follow the interpreter's Unicode.
"""

import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from ledger.fields import is_blank
from signing.payload import first_forbidden
from signing.phrase import Phrase, Word, joined

SHOWN_MAX = 3
"""Characters that are explained one by one; more of them teach nothing new."""
TEXT_MAX = 40
"""Characters of the text itself that are shown before them."""
LOOKED_AT_MAX = 256
"""Characters of a text that is compared by its looks: one character may stand for 18 others, and nobody looks at a longer text."""

_RADICALS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
)
"""Radicals of U+2E80-2EFF and the ideographs that they look like. Source: EquivalentUnifiedIdeograph of Unicode 14.0; normal forms keep them."""
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_DOTS = "\u2022\u2027\u30fb\uff65"
_LETTERS = str.maketrans("АВЕЅІЈКМНОРСТХУԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧаеорсухіјѕ", "ABESIJKMHOPCTXYQWABEZHIKMNOPTYXaeopcyxijs")
"""Cyrillic and Greek letters that look like Latin ones."""


class _Glyph(Struct, frozen=True):
    """One character of a text: where it stands (from 1), itself, and what its writer meant: nothing, itself or another."""

    at: int
    itself: str
    meant: str
    kind: Phrase


_SAME = Phrase("", "")


def _meant(character: str) -> tuple[str, Phrase]:
    """What a character stands for, and of which kind it is where that is another."""
    number = ord(character)
    if 0xFF01 <= number <= 0xFF5E:
        return chr(number - 0xFEE0), Phrase("全角字符", "full-width")
    if is_blank(character):
        return " ", _BLANKS.get(character, Phrase("不可见的空白", "a blank that does not show"))
    if first_forbidden(character) is not None or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return "", Phrase("不可见字符或组合符号", "an invisible or combining character")
    if character in _DASHES:
        return "-", Phrase("不是连字符的横线", "a dash that is no hyphen")
    if character in _DOTS:
        return "·", Phrase("另一种间隔号", "another dot")
    if (letter := character.translate(_LETTERS)) != character:
        return letter, Phrase("希腊字母", "a Greek letter") if 0x370 <= number < 0x400 else Phrase("西里尔字母", "a Cyrillic letter")
    if (ideograph := character.translate(_RADICALS)) != character:
        return ideograph, Phrase("部首补充字符", "a CJK radical")
    plain = unicodedata.normalize("NFKC", character)
    if plain == character:
        return character, _SAME
    kinds = ((0x2F00, 0x2FD6, Phrase("康熙部首", "a Kangxi radical")), (0xF900, 0xFB00, Phrase("兼容汉字", "a compatibility ideograph")))
    return plain, next((kind for first, end, kind in kinds if first <= number < end), Phrase("兼容字符", "a compatibility character"))


_BLANKS = {
    " ": Phrase("空格", "space"),
    "\u00a0": Phrase("不间断空格", "no-break space"),
    "\u202f": Phrase("不间断空格", "no-break space"),
    "\u3000": Phrase("全角空格", "full-width space"),
}


def _glyphs(text: str) -> list[_Glyph]:
    """The characters of a text; blanks at its ends stand for nothing."""
    found = [_Glyph(at, character, *_meant(character)) for at, character in enumerate(text, 1)]
    inner = [glyph.at for glyph in found if glyph.meant.strip(" ")]
    first, last = (inner[0], inner[-1]) if inner else (1, 0)
    return [glyph if first <= glyph.at <= last else _Glyph(glyph.at, glyph.itself, "", glyph.kind) for glyph in found]


def plain(text: str) -> str:
    """The text that its writer meant, as far as characters that look alike tell."""
    return "".join(glyph.meant for glyph in _glyphs(text))


_IN_NAMES = frozenset("（），、．。：；“”‘’《》—–")
"""Full-width marks and dashes that names of firms are registered with."""


def tidied(name: str) -> str:
    """A name as registers of firms write it: without blanks at its ends or two in a row, every character the one that it looks like. A good name
    is left as it is."""
    meant = "".join(glyph.itself if glyph.itself in _IN_NAMES else glyph.meant for glyph in _glyphs(name))
    return " ".join(filter(None, meant.split(" ")))


def are_alike(one: str, other: str) -> bool:
    """Whether two different texts look the same; of longer texts than anybody compares by eye nothing is said."""
    return one != other and max(len(one), len(other)) <= LOOKED_AT_MAX and plain(one) == plain(other) != ""


def difference_of(found: str, right: str) -> Word:
    """``found``, and behind it which of its characters are not those of ``right``, which looks the same: position, code point, kind."""
    told = list(_differences(found, right))
    shown = found if len(found) <= TEXT_MAX else f"{found[:TEXT_MAX]}…"
    if len(told) > SHOWN_MAX:
        more = len(told) - SHOWN_MAX
        told = [*told[:SHOWN_MAX], Phrase(f"另有 {more} 处", f"{more} more")]
    said = Phrase("；".join(part.zh for part in told), "; ".join(part.en for part in told))
    return joined(shown, Phrase(f"（{said.zh}）", f" ({said.en})")) if told else shown


def _differences(found: str, right: str) -> Iterator[Phrase]:
    """What is too much, what stands for another character, and what is missing, in this order."""
    ours, theirs = _glyphs(found), _glyphs(right)
    yield from (_needless(glyph, len(found)) for glyph in ours if not glyph.meant)
    ours_shown, theirs_shown = [glyph for glyph in ours if glyph.meant], [glyph for glyph in theirs if glyph.meant]
    if [glyph.meant for glyph in ours_shown] == [glyph.meant for glyph in theirs_shown]:
        pairs = zip(ours_shown, (glyph.itself for glyph in theirs_shown), strict=True)
        yield from (_another(glyph, wanted) for glyph, wanted in pairs if glyph.itself != wanted)
    else:  # one of them is a sign for several characters, or the texts do not look the same
        yield from (_another(glyph, glyph.meant) for glyph in ours_shown if glyph.itself != glyph.meant)
    for glyph in theirs:
        if not glyph.meant:
            yield Phrase(f"缺少第 {glyph.at} 个字符（{_point(glyph.itself)}）", f"character {glyph.at} ({_point(glyph.itself)}) is missing")


def _another(glyph: _Glyph, wanted: str) -> Phrase:
    """A character that should be another one; where that is nothing that anybody types by itself, its code point too."""
    point = _point(glyph.itself)
    right = "" if wanted.isascii() else _point(wanted)
    kind = Phrase("", "") if glyph.kind is _SAME else Phrase(f"，{glyph.kind.zh}", f", {glyph.kind.en}")
    return Phrase(
        f"第 {glyph.at} 个字符“{glyph.itself}”（{point}{kind.zh}）应为“{wanted}”{right and f'（{right}）'}",
        f"character {glyph.at} “{glyph.itself}” ({point}{kind.en}) should be “{wanted}”{right and f' ({right})'}",
    )


def _needless(glyph: _Glyph, length: int) -> Phrase:
    kind, point = (glyph.kind if glyph.kind is not _SAME else Phrase("字符", "character")), _point(glyph.itself)
    if is_blank(glyph.itself) and glyph.at in (1, length):
        place = Phrase("开头", "at the beginning") if glyph.at == 1 else Phrase("末尾", "at the end")
        return Phrase(f"{place.zh}多了{kind.zh}（{point}）", f"{kind.en} {place.en} ({point}) is too much")
    return Phrase(f"第 {glyph.at} 个字符（{point}，{kind.zh}）多余", f"character {glyph.at} ({point}, {kind.en}) is too much")


def _point(text: str) -> str:
    """Code points as ``U+FF19``."""
    return " ".join(f"U+{ord(character):04X}" for character in text)
