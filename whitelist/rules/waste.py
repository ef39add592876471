"""R-06 to R-08: is this the waste that the catalogue knows under the code?

The ``judge_`` functions serve applications too, which name wastes in the same words.
"""

from ledger.fields import is_blank
from ledger.labels import words_of
from ledger.model import Findings
from signing.phrase import Phrase, Word
from signing.refusal import texts
from whitelist import telling
from whitelist.approval import DecisionLine
from whitelist.catalogue import CODE, COUNTS, PREFIX, Catalogue, Waste
from whitelist.checked import Checked
from whitelist.fields import Hazard

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
    approval = checked.approval
    for (path, line), decided in zip(checked.lines, checked.decided, strict=True):
        known = None if approval is None or decided is None else (approval.no, line.decision_line or 0, decided)
        judge_edition(out, path, line.code, line.identification, checked.catalogue, checked.day, known)


def hazards_are_of_the_code(checked: Checked, out: Findings) -> None:
    """R-08: Hazards, a set, are those of the code: ``，`` = the first and perhaps others, ``/`` = one or more. Annex note 1 [READ S5].

    By the edition of the day, refused from 2025-01-01 on, ALERT M before; letters that no edition knows are out of form on every day.
    """
    for path, line in checked.lines:
        judge_hazards(out, path, line.code, line.hazards, checked.catalogue, checked.day)


def judge_code(out: Findings, path: str, code: str, category: str) -> None:
    """Reason CODE_CATEGORY (R-06)."""
    if not CODE.fullmatch(code):
        out.refuse("CODE_CATEGORY", f"{path}.code", code, "NNN-NNN-CC", "FORM", asked=code, where=f"{path}.code")
    elif code[-2:] != category[2:]:
        own = {"asked": category, "right": f"HW{code[-2:]}", "waste": code, "where": path}
        out.refuse("CODE_CATEGORY", f"{path}.category", category, f"HW{code[-2:]}", "OTHER", **own)


def judge_edition(
    out: Findings,
    path: str,
    code: str,
    identification: str | None,
    catalogue: Catalogue | None,
    day: str,
    known: tuple[str, int, DecisionLine] | None = None,
) -> None:
    """Reason IDENT_MISSING, reason or alert CODE_UNKNOWN (R-07); ``catalogue`` is the edition of the day. ``known``: number of the decision
    that the load stands on, and its line, for its code is the one most likely meant."""
    if code.startswith("900-000-"):
        if is_blank(identification):
            out.refuse("IDENT_MISSING", f"{path}.identification", "", code, "NONE", waste=code, where=f"{path}.identification")
    elif catalogue is None:
        name = PREFIX + max((year for year in COUNTS if year <= day), default=day[:4])  # the edition that there is for the day
        out.refuse("DATA_NOT_ADOPTED", f"{path}.code", name, "data.adopt", "NONE", name=name)
    elif code in catalogue.wastes or not CODE.fullmatch(code):
        return
    elif day < BINDING_FROM:
        out.alert("M", "CODE_UNKNOWN")
    else:
        own: dict[str, Word] = {"asked": code, "edition": catalogue.edition, "where": path}
        if known is None:
            expected = Phrase("名录中的代码", "a code of the catalogue")
            out.refuse("CODE_UNKNOWN", f"{path}.code", code, expected, "OTHER", alike=_alike(code, catalogue), **own)
        else:
            no, number, line = known
            own |= {"no": no, "line": telling.nth(number), "name": line.name, "right": line.code}
            out.refuse("CODE_UNKNOWN", f"{path}.code", code, line.code, "DECIDED", **own)


def nearest(code: str, catalogue: Catalogue) -> list[str]:
    """Up to three codes of the edition that one slip of the finger makes into the one that it lacks: another digit, or two changed about."""
    return [known for known in catalogue.wastes if _is_a_slip(code, known)][:3]


def _is_a_slip(typed: str, meant: str) -> bool:
    apart = [at for at, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other]
    return len(apart) == 1 or (len(apart) == 2 and (typed[apart[0]], typed[apart[1]]) == (meant[apart[1]], meant[apart[0]]))


def _alike(code: str, catalogue: Catalogue) -> Word:
    """What was perhaps meant, as a sentence of its own; nothing where no code is near."""
    near = [(one, catalogue.wastes[one].description) for one in nearest(code, catalogue)]
    if not near:
        return ""
    zh, en = "；".join(f"{one}（{what}）" for one, what in near), "; ".join(f"{one} ({what})" for one, what in near)
    return f"只差一处的代码：{zh}。", f" Codes but one slip away: {en}."


def judge_hazards(out: Findings, path: str, code: str, hazards: tuple[str, ...], catalogue: Catalogue | None, day: str) -> None:
    """Reason or alert HAZARD (R-08); ``catalogue`` is the edition of the day."""
    waste = None if catalogue is None else catalogue.wastes.get(code)
    if waste is None or catalogue is None or waste.allows(hazards):
        return
    if day < BINDING_FROM:
        out.alert("M", "HAZARD")
    else:
        how = _how(waste)
        field = f"{path}.hazards"
        own = {"asked": " ".join(hazards), "printed": waste.printed_hazards, "waste": code, "edition": catalogue.edition, "where": field}
        out.refuse("HAZARD", field, " ".join(hazards), waste.printed_hazards, "OTHER", how=how, **own)


def _how(waste: Waste) -> tuple[str, str]:
    """What to type, by what the catalogue's separators ask for."""
    zh, en = words_of(Hazard), _HAZARDS_EN
    every_zh, every_en = (
        [f"{hazard}（{zh[hazard]}）" for hazard in waste.hazards],
        [f"{hazard} ({en[hazard]})" for hazard in waste.hazards],
    )
    if len(waste.hazards) == 1:
        return every_zh[0], every_en[0]
    if waste.mode == "any_of":
        return f"{'、'.join(every_zh)} 中的一项或者几项", f"one or more of {', '.join(every_en)}"
    return f"{every_zh[0]}，还有其余特性的加上 {'、'.join(every_zh[1:])}", f"{every_en[0]}, and {', '.join(every_en[1:])} where they apply"


_HAZARDS_EN = {"T": "toxic", "C": "corrosive", "I": "ignitable", "R": "reactive", "In": "infectious"}
RULES = (code_is_of_its_category, code_is_in_the_edition, hazards_are_of_the_code)
TEXTS = texts("""
CODE_CATEGORY | R-06 | generator | 国家危险废物名录 Art. 5(3) [READ S5]
废物代码格式不对，或与废物类别不一致。 || 填写“NNN-NNN-类别号”的八位代码，末两位应与 HW 类别号相同。
The waste code is malformed or does not belong to the category. || Use NNN-NNN-CC with CC the number of the category.

CODE_CATEGORY:FORM
废物代码“{asked}”不是“三位-三位-两位”的八位代码。 || 把 {where} 改为名录中的代码，半角数字和连字符，例如 900-052-31。
"{asked}" is no waste code. || Put a code of the catalogue into {where}, digits and hyphens like 900-052-31.

CODE_CATEGORY:OTHER
废物代码 {waste} 的末两位属于 {right}，类别却填写为 {asked}。 || 代码无误的，把 {where}.category 改为 {right}；代码写错的，改正 {where}.code（末两位与类别号相同）。
The last two digits of code {waste} are those of {right}, but the category says {asked}. || If the code is right, put {right} into {where}.category; if it is wrong, correct {where}.code, whose last two digits are the category's.

CODE_UNKNOWN | R-07 | generator | 国家危险废物名录 2025 Art. 6.2 [READ H4]; 国家危险废物名录 2021 Art. 6 [READ S5]
废物代码不在事发之日施行的名录中（2025 年以前的仅提示）。 || 核对代码；确无对应代码的，先做危险废物鉴别，再按 900-000-×× 归类。
The code is not in the catalogue of the day of the event (before 2025 an alert). || Check it; if none fits, have the waste identified and use 900-000-CC.

CODE_UNKNOWN:OTHER
《国家危险废物名录（{edition}年版）》没有代码 {asked}。{alike} || 按废物本身（不是按数字相近）核对后改正 {where}.code；名录中确实没有对应代码的，先做危险废物鉴别，代码填 900-000-××，×× 为鉴别结论的类别，不得从填错的代码推出，并在 {where}.identification 填写鉴别报告编号。
The catalogue of {edition} has no code {asked}.{alike} || Correct {where}.code by the waste itself, not by the digits; if the catalogue has none for it, have the waste identified, use 900-000-××, where ×× is the category that the report found, never that of the mistyped code, and name the report in {where}.identification.

CODE_UNKNOWN:DECIDED
《国家危险废物名录（{edition}年版）》没有代码 {asked}。批准 {no} 第 {line}是 {right}（{name}）。 || 装的是它的，把 {where}.code 改为 {right}，名称填“{name}”；装的是另一种废物的，代码和 decision_line 都按那一种填写。不要从填错的代码推出类别；名录中确实没有对应代码的废物，先做危险废物鉴别，代码 900-000-×× 的 ×× 为鉴别结论的类别。
The catalogue of {edition} has no code {asked}. Line {line} of approval {no} is {right} ({name}). || If that is what is loaded, put {right} into {where}.code, with the name "{name}"; if it is another waste, give both the code and decision_line of that one. Never take the category from the mistyped code: a waste that the catalogue lacks is identified first, and the ×× of 900-000-×× is the category that the report found.

IDENT_MISSING | R-07 | generator | 国家危险废物名录 Art. 6 [READ S5]
使用 900-000-×× 代码但没有填写鉴别报告。 || 填写危险废物鉴别报告的编号；能归入已有代码的，改用已有代码。
A 900-000 code needs the reference of its identification report. || Give the report, or use an existing code if one fits.

IDENT_MISSING:NONE
代码 {waste} 只用于经鉴别、又没有对应代码的废物，还没有填写鉴别报告。 || 在 {where} 填写危险废物鉴别报告的编号；名录中有对应代码的，改用那个代码。
Code {waste} is for waste that was identified and has no code of its own; its report is not named. || Name the identification report in {where}, or use the code of the catalogue that fits.

HAZARD | R-08 | generator | 国家危险废物名录 annex note 1 [READ S5]
危险特性与事发之日施行的名录不符（2025 年以前的仅提示）。 || 按名录填写：“，”表示必有第一项，“/”表示具有其中一项或多项。
The hazards are not those of the catalogue of the day of the event (before 2025 an alert). || “，” means the first and perhaps others, “/” one or more of them.

HAZARD:OTHER
{waste} 在《国家危险废物名录（{edition}年版）》中的危险特性是 {printed}，这里填写的是 {asked}。 || 把 {where} 改为 {how}；代码写错的，改正代码。
The catalogue of {edition} gives {waste} the hazards {printed}; here stands {asked}. || Let {where} be {how}; if the code is wrong, correct it.
""")
