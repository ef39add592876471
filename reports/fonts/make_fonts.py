"""Make the font of this folder from the variable Noto Sans SC. Run by hand, once; needs fontTools, which the product does not.

``python -m reports.fonts.make_fonts 'NotoSansSC[wght].ttf'`` writes ``NotoSansSC-Regular.ttf`` (names of firms, places, wastes: wide
coverage). Layout tables and hints go: reportlab reads neither. What is bold is drawn with the outlines of the same font.
"""

import sys
from collections.abc import Iterable
from itertools import product
from pathlib import Path

FOLDER = Path(__file__).parent
WEIGHT = 400
UNITS_PER_EM = 256
"""A quarter of the source's 1000: half a unit is 2 permille of an em, unseen in print, and what a document embeds is a fifth smaller."""
DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "STAT", "MVAR", "HVAR", "avar", "fvar", "gvar", "DSIG", "meta", "gasp")
EXTENSION_A = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴"
    "䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)
"""Characters of 通用规范汉字表 in CJK Extension A, written down from memory and kept generously; the wider planes are taken whole."""


def two_bytes(encoding: str, leads: Iterable[int], trails: Iterable[int]) -> set[int]:
    """Code points that an encoding writes with these pairs of bytes; pairs that mean nothing there are skipped."""
    pairs = (bytes(pair) for pair in product(leads, trails))
    return {ord(text) for pair in pairs if len(text := pair.decode(encoding, "ignore")) == 1}


def code_points(available: set[int]) -> set[int]:
    """Code points of the file, among those the source has."""
    latin = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), *range(0x2030, 0x205F), *range(0x2070, 0x20A0)}
    symbols = {*range(0x2100, 0x2600), *range(0x25A0, 0x2700), *range(0x3000, 0x3040), *range(0x3200, 0x3400), *range(0xFF00, 0xFFF0)}
    newer = {*range(0x9FA6, 0xA000), *range(0x20000, 0x33480), *map(ord, EXTENSION_A)}
    gbk = two_bytes("gbk", range(0x81, 0xFF), (*range(0x40, 0x7F), *range(0x80, 0xFF)))
    return (latin | symbols | gbk | newer) & available


def make(source: Path) -> Path:
    """Instantiate, subset and save; the path of the file."""
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415  # only here: fontTools is no dependency of the product
    from fontTools.ttLib import TTFont  # noqa: PLC0415
    from fontTools.ttLib.scaleUpem import scale_upem  # noqa: PLC0415
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    font = instantiateVariableFont(TTFont(source), {"wght": WEIGHT}, updateFontNames=True)
    options = Options(
        layout_features=[], hinting=False, notdef_outline=True, glyph_names=False, name_languages=[0x409], recalc_timestamp=False
    )
    options.drop_tables += DROPPED
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=code_points(set(font.getBestCmap())))
    subsetter.subset(font)
    scale_upem(font, UNITS_PER_EM)
    target = FOLDER / "NotoSansSC-Regular.ttf"
    font.save(target)
    return target


if __name__ == "__main__":
    written = make(Path(sys.argv[1]))
    sys.stdout.write(f"{written.name}: {written.stat().st_size} bytes\n")
