"""``docs/formats/kinds.md``: every kind of statement on one page, written from the acts themselves, so that it cannot drift.

Name, chain, signers, window, reads, effect, fields with their labels, codes with their texts: each is taken from the one value that the
act's module exports (``ledger.admission.personality.Kind``). ``python -m liandan.schemas`` writes the page beside the schemas.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind, Window
from ledger.chain import ULID, USCC
from ledger.labels import FieldInfo, fields_of
from liandan import schema_examples
from reports.words import COLUMNS
from signing.citation import source_in_chinese
from signing.refusal import LIFTS_EN, LIFTS_ZH, Rule

NAME = "kinds.md"
WINDOWS: Mapping[Window, tuple[str, str]] = {
    Window.NONE: ("不限", "none"),
    Window.DAY: ("入账前 24 小时内", "at most 24 h before admission"),
    Window.MONTH: ("入账前 30 日内", "at most 30 days before admission"),
    Window.CUSTODY: ("事实，按行为时间；晚于 2 小时入账标记 LATE", "a fact, at its own time; tag LATE beyond 2 h"),
}
_INTRO = """# 声明种类　Kinds of statement

本页由各行为的声明生成（`python -m liandan.schemas`），不手工修改；与程序判定、表单、证明所用的是同一处声明。
Generated from the acts themselves, never edited by hand: what the log judges, what forms and certificates print, and what stands here is one declaration.

* **正文冻结　Frozen bodies.** `tests/vectors/liandan-v1/` 中的小账本含有现有的每一种声明；自该账本写定起，已有种类的正文不再改动，改动即为新种类 `/2`，旧种类的读法永久保留。
  From the day the small log of every kind stands there, the body of a kind that exists is never changed: another body is a new kind `/2`, and the reader of `/1` stays for ever.
* 字段路径中的 `*` 表示列表中的任一项；未注明“必填”的字段可省略，不得为 null。`*` in a path is any item of a list; a field that is not required may be absent, never null.
* 未列代码的字段，类型或取值不符时为 `FIELD_TYPE`，必填而缺少时为 `FIELD_MISSING`。Without a code of its own a field out of form is `FIELD_TYPE`, a required one that is absent `FIELD_MISSING`.
* 表中只列该种类自己的规则给出的代码；多个种类共有的代码见各软件包的规则文本。Codes are those of the kind's own rules; what several kinds share stands in the rule books of the packages.
* 每种声明附一份完整的示例（取自 `tests/vectors/liandan-v1/`，单位均为虚构）和同名的 JSON Schema，例如 [`manifest.issue-1.json`](manifest.issue-1.json)；字节、签名与哈希见 [format.md](format.md)，其余约定见 [README](README.md)。
  Each kind has a whole example from the corpus (all firms are fictitious) and a schema of its name; bytes, signatures and hashes are in [format.md](format.md).
"""


def kinds_page(kinds: Kinds) -> str:
    """The page: an index by chain, then every kind in the order of its package."""
    known = list(kinds.by_name.values())
    return "\n".join([_INTRO, *_index(known), "", *(line for kind in known for line in _section(kind, kinds))])


def _index(known: Iterable[Kind]) -> Iterator[str]:
    by_chain: defaultdict[str, list[Kind]] = defaultdict(list)
    for kind in known:
        for chain_type in kind.chain_types:
            by_chain[chain_type].append(kind)
    yield from ("| 链 chain | 种类 kinds |", "|---|---|")
    for chain_type, group in by_chain.items():
        yield f"| `{chain_type}/` | {' · '.join(f'[`{kind.name}`](#{_anchor(_title(kind))}) {kind.zh}' for kind in group)} |"


def _title(kind: Kind) -> str:
    return " ".join(part for part in (kind.name, kind.zh, kind.en) if part)


def _anchor(title: str) -> str:
    """The name of a heading, as the usual hosts make it."""
    kept = "".join(char for char in title.lower() if char.isalnum() or char in " -_")
    return kept.replace(" ", "-")


def _section(kind: Kind, kinds: Kinds) -> Iterator[str]:
    (zh, en), fields = WINDOWS[kind.window], fields_of(kind.body)
    column = "不变动 none" if kind.books is None else " ".join(COLUMNS[kind.books])
    yield from (f"## {_title(kind)}", "")
    if any(kind.effect):
        yield from (" ".join(kind.effect), "")
    yield f"* 链 chain: `{_chain(kind, kinds)}`{_opening(kind)}"
    yield f"* 签署 by: {', '.join(kind.roles)}"
    yield f"* 时间 window: {zh} {en}"
    yield f"* 所读 reads: {kind.reads_doc}"
    yield from (f"* 额度 accounts: {column}{'；入账记审批路径 the admission carries a route' if kind.routed else ''}", "")
    if fields:
        yield from ("| 字段 field | 名称 name | 取值 form | 代码 codes |", "|---|---|---|---|", *map(_field, fields), "")
    if kind.texts:
        yield "| 代码 code | 含义与办法 meaning, what to do | 解除 lifted by | 依据 source |"
        yield from ("|---|---|---|---|", *map(_code, kind.texts), "")
    yield from _example(kind)


def _example(kind: Kind) -> Iterator[str]:
    """One whole statement of the corpus, as it was signed and admitted; folded away. A kind that the corpus lacks has none."""
    found = schema_examples.statements().get(kind.name)
    if found is not None:
        schema = f"[{kind.name.replace('/', '-')}.json]({kind.name.replace('/', '-')}.json)"
        yield from (f"<details><summary>示例声明 example</summary>（{schema}）", "", "```json")
        yield from (json.dumps(found, ensure_ascii=False, indent=1), "```", "</details>", "")


def _opening(kind: Kind) -> str:
    """Whether it may begin its chain, and whether it stands there only."""
    if not kind.opens:
        return ""
    return "；可作链首，亦可再次出现 opens, may come again" if kind.again else "；仅作链首 stands at seq 0 only"


def _chain(kind: Kind, kinds: Kinds) -> str:
    if kind.chain:
        return kind.chain
    patterns = [found.pattern for one in kind.chain_types if (found := kinds.chain_pattern(one)) is not None]
    return "`, `".join(pattern.replace(USCC, "<USCC>").replace(ULID, "<ULID>") for pattern in patterns)


def _field(field: FieldInfo) -> str:
    form = " · ".join(f"{value} {word}" for value, word in field.words.items()) or f"`{field.form}`"
    needed = "必填，" if field.is_required else ""
    codes = " ".join(f"`{code}`" for code in field.codes)
    return f"| `{field.path}` | {field.zh} {field.en} | {needed}{_cell(form)} | {codes} |"


def _code(rule: Rule) -> str:
    source = f"{rule.rule} {source_in_chinese(rule.source)}".strip()
    meaning = _cell(f"{rule.zh}{rule.do_zh} {rule.en} {rule.do_en}")
    return f"| `{rule.code}` | {meaning} | {LIFTS_ZH[rule.lift]}<br>{LIFTS_EN[rule.lift]} | {source} |"


def _cell(text: str) -> str:
    """A text that breaks no table."""
    return text.replace("|", "\\|").replace("\n", " ")
