"""R-06 to R-08: is this the waste that the catalogue knows under the code?

The ``judge_`` functions serve applications too, which name wastes in the same words.
"""

from difflib import get_close_matches

from ledger.fields import is_blank
from ledger.model import Findings
from signing.refusal import texts
from whitelist.catalogue import CATEGORIES, CODE, HAZARDS, Catalogue, Waste
from whitelist.checked import Checked

BINDING_FROM = "2025-01-01"
"""First day whose edition refuses what it does not know (kinds §5); its table is the first that is to be had whole."""


def code_is_of_its_category(checked: Checked, out: Findings) -> None:
    """R-06: A code is ``NNN-NNN-CC`` and CC is the number of its category. Catalogue Art. 5(3) [READ S5]."""
    for path, line in checked.lines:
        judge_code(out, path, line.code, line.category)


def code_is_in_the_edition(checked: Checked, out: Findings) -> None:
    """R-07: The code is in the edition of the day, refused from 2025-01-01 on, ALERT M before; ``900-000-CC`` names its report.

    名录 2025 Art. 6.2 leaves nothing but codes of the table and 900-000-CC [READ H4]; 2021 Art. 6 [READ S5]. The missing report is refused
    under every edition, for it does not depend on the table.
    """
    for path, line in checked.lines:
        judge_edition(out, path, line.code, line.identification, checked.catalogue, checked.day)


def hazards_are_of_the_code(checked: Checked, out: Findings) -> None:
    """R-08: Hazards, a set, are those of the code: ``，`` = the first and perhaps others, ``/`` = one or more. Annex note 1 [READ S5].

    By the edition of the day, refused from 2025-01-01 on, ALERT M before; letters that no edition knows are refused on every day.
    """
    for path, line in checked.lines:
        judge_hazards(out, path, line.code, line.hazards, checked.catalogue, checked.day)


def judge_code(out: Findings, path: str, code: str, category: str) -> None:
    """Reason CODE_CATEGORY (R-06)."""
    if not CODE.fullmatch(code):
        out.refuse("CODE_CATEGORY", f"{path}.code", code, "NNN-NNN-CC", "FORM", asked=code, where=f"{path}.code")
    elif category not in CATEGORIES or code[-2:] != category[2:]:
        own = {"asked": category, "right": f"HW{code[-2:]}", "waste": code, "where": path}
        out.refuse("CODE_CATEGORY", f"{path}.category", category, f"HW{code[-2:]}", "OTHER", **own)


def judge_edition(out: Findings, path: str, code: str, identification: str | None, catalogue: Catalogue | None, day: str) -> None:
    """Reason IDENT_MISSING, reason or alert CODE_UNKNOWN (R-07); ``catalogue`` is the edition of the day."""
    if code.startswith("900-000-"):
        if is_blank(identification):
            out.refuse("IDENT_MISSING", f"{path}.identification", "", code, "NONE", waste=code, where=f"{path}.identification")
    elif catalogue is None:
        name = f"hw-catalogue-{day[:4]}"
        out.refuse("DATA_NOT_ADOPTED", f"{path}.code", name, "data.adopt", "NONE", name=name)
    elif code in catalogue.wastes or not CODE.fullmatch(code):
        return
    elif day < BINDING_FROM:
        out.alert("M", "CODE_UNKNOWN")
    else:
        alike = nearest(code, catalogue)
        own = {"asked": code, "edition": catalogue.edition, "alike": alike, "last": f"900-000-{code[-2:]}", "where": path}
        out.refuse("CODE_UNKNOWN", f"{path}.code", code, f"900-000-{code[-2:]}", "OTHER", **own)


def nearest(code: str, catalogue: Catalogue) -> str:
    """Up to three codes of the edition that look most like one that it lacks, each with the beginning of its words."""
    found = get_close_matches(code, catalogue.wastes, n=3, cutoff=0.75)
    return "; ".join(f"{one} {catalogue.wastes[one].description[:30]}" for one in found) or "-"


def judge_hazards(out: Findings, path: str, code: str, hazards: tuple[str, ...], catalogue: Catalogue | None, day: str) -> None:
    """Reason or alert HAZARD (R-08); ``catalogue`` is the edition of the day."""
    field = f"{path}.hazards"
    if not 1 <= len(hazards) <= 8 or not set(hazards) <= set(HAZARDS):
        own = {"asked": " ".join(hazards) or "-", "allowed": " ".join(HAZARDS), "where": field}
        out.refuse("HAZARD", field, " ".join(hazards), " ".join(HAZARDS), "LETTERS", **own)
        return
    waste = None if catalogue is None else catalogue.wastes.get(code)
    if waste is None or catalogue is None or waste.allows(hazards):
        return
    if day < BINDING_FROM:
        out.alert("M", "HAZARD")
    else:
        how = _how(waste)
        own = {"asked": " ".join(hazards), "printed": waste.printed_hazards, "waste": code, "edition": catalogue.edition, "where": field}
        out.refuse("HAZARD", field, " ".join(hazards), waste.printed_hazards, "OTHER", how=how, **own)


def _how(waste: Waste) -> tuple[str, str]:
    """What to type, by what the catalogue's separators ask for."""
    first, every = f'["{waste.hazards[0]}"]', "[" + ",".join(f'"{hazard}"' for hazard in waste.hazards) + "]"
    if len(waste.hazards) == 1:
        return first, first
    if waste.mode == "any_of":
        return f"{every} 中的一项或者几项", f"one or more of {every}"
    return f"{first}，有其余特性的填 {every}", f"{first}, or {every} where the others apply"


RULES = (code_is_of_its_category, code_is_in_the_edition, hazards_are_of_the_code)
TEXTS = texts("""
CODE_CATEGORY | R-06 | generator | 国家危险废物名录 Art. 5(3) [READ S5]
废物代码格式不对，或与废物类别不一致。 || 填写“NNN-NNN-类别号”的八位代码，末两位应与 HW 类别号相同。
The waste code is malformed or does not belong to the category. || Use NNN-NNN-CC with CC the number of the category.

CODE_CATEGORY:FORM
废物代码“{asked}”不是“三位-三位-两位”的八位代码。 || 把 {where} 改为名录中的代码，半角数字和连字符，例如 900-052-31。
"{asked}" is no waste code. || Put a code of the catalogue into {where}, digits and hyphens like 900-052-31.

CODE_CATEGORY:OTHER
废物代码 {waste} 属于 {right}，类别却填写为 {asked}。 || 把 {where}.category 改为 {right}；代码写错的，改正 {where}.code（末两位与类别号相同）。
Code {waste} is of {right}, but the category says {asked}. || Put {right} into {where}.category; if the code is wrong, correct {where}.code, whose last two digits are the category's.

CODE_UNKNOWN | R-07 | generator | 国家危险废物名录 2025 Art. 6.2 [READ H4]; 国家危险废物名录 2021 Art. 6 [READ S5]
废物代码不在事发之日施行的名录中（2025 年以前的仅提示）。 || 核对代码；确无对应代码的，先做危险废物鉴别，再按 900-000-×× 归类。
The code is not in the catalogue of the day of the event (before 2025 an alert). || Check it; if none fits, have the waste identified and use 900-000-CC.

CODE_UNKNOWN:OTHER
《国家危险废物名录（{edition}年版）》没有代码 {asked}。相近的代码：{alike}。 || 核对后改正 {where}.code；确实没有对应代码的，先做危险废物鉴别，代码填 {last}，并在 {where}.identification 填写鉴别报告编号。
The catalogue of {edition} has no code {asked}. Codes like it: {alike}. || Correct {where}.code; if none fits, have the waste identified, use {last} and name the report in {where}.identification.

IDENT_MISSING | R-07 | generator | 国家危险废物名录 Art. 6 [READ S5]
使用 900-000-×× 代码但没有填写鉴别报告。 || 填写危险废物鉴别报告的编号；能归入已有代码的，改用已有代码。
A 900-000 code needs the reference of its identification report. || Give the report, or use an existing code if one fits.

IDENT_MISSING:NONE
代码 {waste} 只用于经鉴别、又没有对应代码的废物，还没有填写鉴别报告。 || 在 {where} 填写危险废物鉴别报告的编号；名录中有对应代码的，改用那个代码。
Code {waste} is for waste that was identified and has no code of its own; its report is not named. || Name the identification report in {where}, or use the code of the catalogue that fits.

HAZARD | R-08 | generator | 国家危险废物名录 annex note 1 [READ S5]
危险特性与事发之日施行的名录不符（2025 年以前的仅提示）。 || 按名录填写：“，”表示必有第一项，“/”表示具有其中一项或多项。
The hazards are not those of the catalogue of the day of the event (before 2025 an alert). || “，” means the first and perhaps others, “/” one or more of them.

HAZARD:LETTERS
危险特性“{asked}”不在允许的取值之内。 || {where} 填写 {allowed} 中的一项或几项：T 毒性、C 腐蚀性、I 易燃性、R 反应性、In 感染性。
The hazards "{asked}" are not of the list. || Put one or more of {allowed} into {where}: T toxic, C corrosive, I ignitable, R reactive, In infectious.

HAZARD:OTHER
{waste} 在《国家危险废物名录（{edition}年版）》中的危险特性是 {printed}，这里填写的是 {asked}。 || 把 {where} 改为 {how}；代码写错的，改正代码。
The catalogue of {edition} gives {waste} the hazards {printed}; here stands {asked}. || Let {where} be {how}; if the code is wrong, correct it.
""")
