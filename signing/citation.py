"""Sources as people read them: rule books cite in one short notation, Chinese readers get the law's own name and 条、款、项.

``Order 23 Art. 28(1) [READ]`` becomes ``《危险废物转移管理办法》第28条第1项 [READ]``. The marks stay as they are: what is marked READ was
read in the text of the law, RECALL is to be confirmed, DESIGN is ours and not law.
"""

import re
from collections.abc import Mapping
from functools import cache

# fmt: off
_NAMES: Mapping[str, str] = {
    "Order 23": "《危险废物转移管理办法》", "Code": "《生态环境法典》", "固废法": "《固体废物污染环境防治法》",
    "MOT 2019 No. 29": "《危险货物道路运输安全管理办法》", "危险废物经营许可证管理办法": "《危险废物经营许可证管理办法》", "行政许可法": "《行政许可法》",
    "国家危险废物名录": "《国家危险废物名录》", "addenda": "法规研究增补", "law": "法规研究", "formats": "证据格式",
    "kinds": "声明种类", "design": "设计",
}
_WORDS: Mapping[str, str] = {
    "alert at 100 %": "满 100 % 提示", "alert level": "提示级别",
    "levels M from day 6, H from day 10": "第 6 日起 M 级、第 10 日起 H 级", "above 5 % H": "超过 5 % 为 H 级",
    "label of 37 characters": "标签 37 位", "liquids and semi-solids": "液态和半固态", "platform value list": "平台取值",
    "platforms'": "平台的", "with reason": "附理由", "form of the fields": "字段格式", "mass algebra": "质量平衡",
    "equivalences": "对应关系", "combinations": "搭配", "corrections": "更正", "comparison": "比对", "annex note": "附录注",
    "municipalities": "直辖市", "tolerance": "允差", "refusal": "拒绝", "waybill": "运单", "limit": "上限", "by line": "按行",
    "widths": "分段", "alert": "提示", "level": "级别", "check": "核对", "flag": "标记", "form": "格式", "by": "据",
    ", H above": "，H 级：超过",
}
# fmt: on
_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:\([0-9]+\))*(?:–[0-9]+)?"
_ARTICLES = re.compile(rf" ?Art\. (?P<numbers>{_NUMBER}(?:, {_NUMBER})*)")
_ONE = re.compile(r"(?P<article>[0-9]+)(?:\.(?P<paragraph>[0-9]+))?(?P<items>(?:\([0-9]+\))*)(?:–(?P<last>[0-9]+))?")
_NAME = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(_NAMES, key=len, reverse=True))) + r")(?![\w.])")
_WORD = re.compile("|".join(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])" for word in sorted(_WORDS, key=len, reverse=True)))


@cache
def source_in_chinese(source: str) -> str:
    """A rule's source for Chinese readers; what is not in the notation stays as it is."""
    found = _NAME.sub(lambda match: _NAMES[match[0]], source)
    found = _ARTICLES.sub(lambda match: "、".join(_article(one) for one in match["numbers"].split(", ")), found)
    found = _WORD.sub(lambda match: _WORDS[match[0]], found)
    return found.replace("; ", "；").replace(": ", "：").replace(", ", "，")


def _article(text: str) -> str:
    """``28(1)`` as 第28条第1项, ``536.2`` as 第536条第2款, ``10–12`` as 第10条至第12条."""
    one = _ONE.fullmatch(text)
    assert one is not None, "_ARTICLES found it"
    paragraph = "" if one["paragraph"] is None else f"第{one['paragraph']}款"
    items = "、".join(re.findall(r"[0-9]+", one["items"]))
    last = "" if one["last"] is None else f"至第{one['last']}条"
    return f"第{one['article']}条{paragraph}{f'第{items}项' if items else ''}{last}"
