"""Sources as people read them: rule books cite in one short notation, Chinese readers get the law's own name and 条、款、项.

In the code a source carries its mark: READ was read in the text of the law, RECALL is to be confirmed, DESIGN is ours and not law; notes say
where it was read, and what of a rule is ours. Marks and notes are for whoever works on the rules. :func:`cited` takes them off:
``Order 23 Art. 28(1) [READ]; alert [DESIGN]`` is cited as ``Order 23 Art. 28(1)``, in Chinese ``《危险废物转移管理办法》第28条第1项``, and what is
ours alone as a rule of this log, never as law.
"""

import re
from collections.abc import Mapping
from functools import cache

OURS = "rule of this log"
# fmt: off
_NAMES: Mapping[str, str] = {
    "Order 23": "《危险废物转移管理办法》", "Code": "《生态环境法典》", "固废法": "《固体废物污染环境防治法》",
    "MOT 2019 No. 29": "《危险货物道路运输安全管理办法》", "危险废物经营许可证管理办法": "《危险废物经营许可证管理办法》", "行政许可法": "《行政许可法》",
    "国家危险废物名录 2025": "《国家危险废物名录（2025年版）》", "国家危险废物名录 2021": "《国家危险废物名录（2021年版）》",
    "国家危险废物名录": "《国家危险废物名录》", "危险废物豁免管理清单 2021, 2025": "《危险废物豁免管理清单》2021 年版、2025 年版",
    "道路危险货物运输管理规定": "《道路危险货物运输管理规定》", "annex note": "附录注", "HJ 1259-2022": "《危险废物管理计划和管理台账制定技术导则》HJ 1259-2022", "formats": "证据格式",
    OURS: "本账本规则",
}
# fmt: on
_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:\([0-9]+\))*(?:–[0-9]+)?"
_ARTICLES = re.compile(rf" ?Art\. (?P<numbers>{_NUMBER}(?:, {_NUMBER})*)")
_ONE = re.compile(r"(?P<article>[0-9]+)(?:\.(?P<paragraph>[0-9]+))?(?P<items>(?:\([0-9]+\))*)(?:–(?P<last>[0-9]+))?")
_NAME = re.compile(r"(?<![\w/])(?:" + "|".join(map(re.escape, sorted(_NAMES, key=len, reverse=True))) + r")(?![\w.])")
_MARK = re.compile(r" ?\[(?:READ|RECALL|DESIGN)[^\]]*\]")
_NOTE = re.compile(r",? (?:by law §[0-9.]+|label of 37 characters|widths [0-9+]+)|^waybill: ")
"""Where something was read, and what of it."""
_OURS = re.compile(
    r"(?:law|addenda|design|kinds) §.*|ledger\.bundle|platform.*|by line.*|(?:mass algebra|line of renewals|form of the fields|municipalities).*"
    r"|declining and arrival without departure|R-[0-9]+"
    r"|(?:act|alert|levels?|tolerance|check|combinations|comparison|equivalences|flag|form|refusal)\b.*"
)
"""Parts of a source that are no law and no public specification."""


@cache
def cited(marked: str) -> str:
    """A source as it is cited to people: without marks and notes; what is no law and no published text is a rule of this log."""
    parts = [_NOTE.sub("", _MARK.sub("", part)).strip() for part in marked.split("; ")]
    return "; ".join(part for part in parts if part and not _OURS.fullmatch(part)) or (OURS if marked else "")


@cache
def source_in_chinese(source: str) -> str:
    """A rule's source for Chinese readers; what is not in the notation stays as it is."""
    found = _NAME.sub(lambda match: _NAMES[match[0]], source)
    found = _ARTICLES.sub(lambda match: "、".join(_article(one) for one in match["numbers"].split(", ")), found)
    return found.replace("; ", "；").replace(": ", "：").replace(", ", "，")


def _article(text: str) -> str:
    """``28(1)`` as 第28条第1项, ``536.2`` as 第536条第2款, ``10–12`` as 第10条至第12条."""
    one = _ONE.fullmatch(text)
    assert one is not None, "_ARTICLES found it"
    paragraph = "" if one["paragraph"] is None else f"第{one['paragraph']}款"
    items = "、".join(re.findall(r"[0-9]+", one["items"]))
    last = "" if one["last"] is None else f"至第{one['last']}条"
    return f"第{one['article']}条{paragraph}{f'第{items}项' if items else ''}{last}"
