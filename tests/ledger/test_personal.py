"""Personal data is found in every spelling that a reader sees through, and nothing that a firm or a paper is known by is taken for it (case O7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from ledger.admission.content import check_content, withheld
from ledger.admission.personal import personal_in
from signing.refusal import Reason

DIGITS = st.text("0123456789", min_size=9, max_size=9)
MOBILES = st.builds(lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), DIGITS)
COUNTIES = ("110105", "510104", "510122", "500103", "500112", "370102", "440305")
WIDTHS = {
    "as typed": "0123456789", "full-width": "０１２３４５６７８９", "Arabic": "٠١٢٣٤٥٦٧٨٩", "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "circled": "⓪①②③④⑤⑥⑦⑧⑨", "numerals": "〇一二三四五六七八九",
}  # fmt: skip
BETWEEN = ("", " ", "-", "\u3000", "\u00a0", "－", "—", "\u200b", "\u2060", "\ufe0f\u20e3", ".", "·", "_")
SHAPES = ((3, 4, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (1,) * 11, (3, 2, 2, 2, 2))
BEFORE = ("", "电话", "联系人王", "T", "tel", "TEL:", "wx", "+86 ", "86", "0086-", "（+86）", "手机号：", "(", "No.1、", "0")


def grouped(digits: str, shape: tuple[int, ...], between: str) -> str:
    """Digits in groups with something in between."""
    groups, start = [], 0
    for length in shape:
        groups.append(digits[start : start + length])
        start += length
    return between.join(groups)


@given(MOBILES, st.sampled_from(SHAPES), st.sampled_from(BETWEEN), st.sampled_from(BEFORE), st.sampled_from(list(WIDTHS.values())))
def test_a_mobile_number_is_found_in_every_spelling(number: str, shape: tuple[int, ...], between: str, before: str, width: str) -> None:
    spelled = grouped(number, shape, between).translate(str.maketrans("0123456789", width))
    assert personal_in(f"{before}{spelled}，谢谢") == "mobile number", (before, spelled)


@st.composite
def identities(draw: st.DrawFn) -> str:
    """An identity number with a real county and birth date; whose it is, nobody knows."""
    born = draw(st.dates(min_value=__import__("datetime").date(1940, 1, 1), max_value=__import__("datetime").date(2008, 1, 1)))
    begun = f"{draw(st.sampled_from(COUNTIES))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return begun + ric.calc_check_digit(begun + "0")


@given(
    identities(), st.sampled_from(BETWEEN), st.sampled_from(("", "证", "ID", "身份证号：", "sfz")), st.sampled_from(list(WIDTHS.values()))
)
def test_an_identity_number_is_found_in_every_spelling(number: str, between: str, before: str, width: str) -> None:
    if not ric.is_valid(number):  # the county was another one in that year
        return
    spelled = grouped(number, (6, 8, 4), between).translate(str.maketrans("0123456789", width))
    for written in (spelled, spelled.lower(), spelled.replace("X", "Ｘ")):
        assert personal_in(f"{before}{written}，经办") == "identity number", written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zhang@example.cn", "e-mail address"), ("请发 zhang ＠ example．cn", "e-mail address"), ("zhang(at)example.cn", "e-mail address"),
        ("zhang at example dot cn", "e-mail address"), ("a@b.cn", "e-mail address"), ("张三@例子.中国", "e-mail address"),
        ("028-87654321", "telephone number"), ("（028）8765 4321", "telephone number"), ("０２８－８７６５４３２１", "telephone number"),
        ("02887654321", "telephone number"), ("0833-2456789", "telephone number"), ("+86 28 8765 4321", "telephone number"),
        ("电话：87654321", "telephone number"), ("座机 8765-4321", "telephone number"), ("tel 023 6765 4321", "telephone number"),
        ("地点30.123, 104.456", "coordinates"), ("北纬30.1234东经104.4567", "coordinates"), ("30°34′21″N 104°4′5″E", "coordinates"),
        ("３０.１２３４，１０４.４５６７", "coordinates"),
    ],
)  # fmt: skip
def test_other_ways_to_a_person_are_found(text: str, found: str) -> None:
    assert personal_in(text) == found


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@st.composite
def unified(draw: st.DrawFn) -> str:
    """A unified code of any register, with its check character (GB 32100)."""
    kind = draw(st.sampled_from(["91", "92", "93", "11", "12", "51", "52", "53", "31", "N1", "N2", "Y1", "A1", "81"]))
    begun = (
        kind
        + draw(st.sampled_from(["510104", "500112", "510122", "150100", "130102", "140105"]))
        + draw(st.text(ALPHABET, min_size=9, max_size=9))
    )
    return begun + uscc.calc_check_digit(begun)


PLATES = st.builds(
    lambda a, b: f"{a}{b}",
    st.sampled_from(["川A", "渝B", "川A·", "渝AD", "川A挂"]),
    st.text("0123456789ABCDEFGHJKLMN", min_size=5, max_size=6),
)
CODES = st.builds(lambda a, b, c: f"{a:03d}-{b:03d}-{c:02d}", st.integers(0, 999), st.integers(1, 200), st.integers(1, 59))
UN = st.builds(lambda n: f"UN{n}", st.integers(1000, 3600))
NATIONAL = st.builds(
    lambda y, p, n: f"{y}{p}{n:08d}", st.integers(2020, 2035), st.sampled_from(["50", "51", "5101", "500112"]), st.integers(0, 99_999_999)
)
MASSES = st.builds(lambda g: f"{g // 1_000_000}.{g % 1_000_000:06d} t", st.integers(0, 60_000_000))
PAPERS = st.builds(lambda y, n: f"川环危函〔{y}〕{n}号", st.integers(2020, 2030), st.integers(1, 99_999))
STANDARDS = st.builds(lambda n, y, c: f"GB {n}-{y} {c} 条", st.integers(1000, 18_999), st.integers(1990, 2030), st.integers(1, 99))
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
DAYS = st.dates().map(lambda d: f"{d:%Y-%m-%d} 13:50")
FIRM = st.one_of(unified(), PLATES, CODES, UN, NATIONAL, MASSES, PAPERS, STANDARDS, HASHES, DAYS)


@given(st.lists(FIRM, min_size=1, max_size=4), st.sampled_from(["，", "；", " / ", "、", " 与 "]))
def test_what_firms_and_papers_are_known_by_passes(texts: list[str], between: str) -> None:
    text = between.join(texts)
    assert not personal_in(text), text
    assert not personal_in(between.join(texts).lower()), text


WAYBILLS = st.text("0123456789", min_size=8, max_size=40)


@given(WAYBILLS, NATIONAL, st.text("0123456789", min_size=12, max_size=20))
def test_numbers_of_waybills_manifests_and_licences_pass_in_their_fields(waybill: str, number: str, licence: str) -> None:
    body = {
        "waybill_no": waybill,
        "number": number,
        "vehicle": {"licence_no": f"川交运管许可危字{licence}号"},
        "ticket": {"no": f"CZ{waybill}"},
    }
    assert check_content(body) == []


@pytest.mark.parametrize(
    "text",
    [
        "180 200 220 24",
        "本批30.125吨，累计104.375吨",
        "浸出 Cu 30.123mg/L Zn 104.456mg/L",
        "铜 31.234、镍 104.567 mg/kg",
        "35.600000, 20.500000",
        "1,380,013.800",
        "电话确认 日期 20261012",
        "SO4@25.5",
        "25°C 至 30°C",
        "HW31 900-052-31 13",
        "a014000000000e000",
    ],
)
def test_measures_in_a_row_pass(text: str) -> None:
    assert not personal_in(text)


def test_names_of_commitments_are_read_too() -> None:
    found = check_content({"commit": {"phone.13800138000": "0" * 64}})
    assert [(reason.code, reason.field) for reason in found] == [("PERSONAL_DATA", "body.commit")]
    assert check_content({"commit": {"driver.phone": "0" * 64}}) == []


def test_other_reasons_do_not_repeat_what_is_a_persons() -> None:
    assert [reason.found for reason in withheld([Reason("AT_FORM", "at", "１３８ ００１３ ８０００"), Reason("QTY", "m", "1 t")])] == [
        "***",
        "1 t",
    ]
