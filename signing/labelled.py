"""Fields as people read them: a path into a statement with the label of its field before it, and items of lists counted from 1.

``body.lines.0.mass_t`` is 第 1 行“计划转移量（吨）”（body.lines.0.mass_t）, for a dispatcher knows the boxes of his form and no paths; the path stays,
for whoever makes the statement types it. Labels come from the declaration of the act (ledger.labels); where none are known, items are counted
all the same.
"""

import re
from collections.abc import Mapping

from signing.phrase import Language

Labels = Mapping[str, tuple[str, str]]
"""(Chinese, English) by path into the body, ``*`` for any place of a list."""
NO_LABELS: Labels = {}

_PATH = re.compile(
    r"(?P<before> ?)(?<![A-Za-z0-9_.（(])(?P<path>body((?:\.(?:[a-z_]+[0-9]*|[0-9]{1,4}))+)(?![A-Za-z0-9_]|\.[A-Za-z0-9_]))(?P<behind> ?)"
)
_ITEM = re.compile(r"((?:\.[a-z_]+)+)\.([0-9]{1,4})((?:\.[a-z_]+)*)")


def labelled(text: str, language: Language, labels: Labels = NO_LABELS) -> str:
    """A text with every path of a body in brackets behind what it is called: ``第 14 项（body.gate.labels.13）``. A path that stands in
    brackets already, or whose label stands in the text, is left alone."""

    words = _PATH.sub("", text)

    def said(found: re.Match[str]) -> str:
        path = found["path"]
        name = field_name(path, language, labels)
        if not name or any(label in words for label in _labels_in(name)):
            name = field_name(path, language)
        if not name:
            return found[0]
        return f"{name}（{path}）" if language == "zh" else f"{found['before']}{name} ({path}){found['behind']}"

    return _PATH.sub(said, text)


def field_name(path: str, language: Language, labels: Labels = NO_LABELS) -> str:
    """What the field of a path is called: ``第 1 行“计划转移量（吨）”``, ``“接受地·行政区划代码”``; empty for one without label or number."""
    if not path.startswith("body."):
        return ""
    parts = path.split(".")[1:]
    if labels and (known := _known(parts, labels, language)):
        return known
    item = _ITEM.fullmatch(path.removeprefix("body"))
    if item is None:
        return ""
    number, field = int(item[2]) + 1, item[3][1:]
    if language == "zh":
        return f"第 {number} 项{f'的 {field}' if field else ''}"
    return f"{f'{field} of ' if field else ''}item {number}"


def _known(parts: list[str], labels: Labels, language: Language) -> str:
    """By labels; empty where one of them is missing."""
    at, is_zh = language != "zh", language == "zh"
    said, names, star = list[str](), list[str](), ""
    for part in parts:
        if part.isdigit():
            number, of = int(part) + 1, names[-1] if names else ""
            names = []
            if star == "lines":
                said.append(f"第 {number} 行" if is_zh else f"line {number}")
            else:
                said.append(f"“{of}”第 {number} 项" if is_zh else f'item {number} of "{of}"')
            star += ".*"
            continue
        star = f"{star}.{part}" if star else part
        label = labels.get(star, ("", ""))[at]
        if not label:
            return ""
        names.append(label)
    if names:
        said.append(f"“{'·'.join(names)}”" if is_zh else f'"{", ".join(reversed(names))}"')
    return "".join(said) if is_zh else " of ".join(reversed(said))


def _labels_in(name: str) -> list[str]:
    """The labels that a name quotes; of a whole number of an item none."""
    return re.findall('[“"]([^”"]+)[”"]', name)
