"""Types of fields: what each may hold, its code where it does not, and its label for people, said once (kinds §0).

A body declares ``no: Annotated[Text, label("许可证编号", "permit number")]``. From this declaration are made: what the log refuses at the
door (ledger.admission.form), the published schema, the pages of docs/formats, the labels of certificates and forms.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any

from msgspec import Meta, Struct

from ledger.chain import ORIGIN_PATTERN
from ledger.times import AT_WORDS, parse_at, read_day
from signing.commitment import FIELD_PATTERN, is_commitment_field
from signing.payload import INTEGER_LIMIT
from signing.phrase import Phrase, Word
from signing.refusal import Refusal
from signing.uscc import check_uscc

BLANK = r"\u0020\u00A0\u115F\u1160\u1680\u2000-\u200A\u202F\u205F\u2800\u3000\u3164\uFE00-\uFE0F\uFFA0"
"""W of kinds §1.4: characters that show nothing, as a character class of a regular expression."""
_NOT_BLANK = re.compile(f"[^{BLANK}]")


def is_blank(text: str | None) -> bool:
    """Whether a text says nothing: absent, or of characters of W alone."""
    return text is None or not _NOT_BLANK.search(text)


KEPT_MAX = 64  # Characters of a text that is kept in normal form; longer ones, which nobody types, are read anew.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MARKS = r"\u00B7\u2022\u2027\u30FB\uFF65\u2010-\u2015\u2212-"  # Dots and dashes.
_REMOVED = re.compile(f"[{BLANK}{_MARKS}]")
_IS_NORMAL = re.compile("[0-9A-Z]*").fullmatch
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
"""Of a to z alone: what other letters become in capitals changes with Unicode."""


def normal(text: str) -> str:
    """The normal form N(x): one key for what people read as one plate, label, waybill or ticket number (kinds §1.4).

    Full-width forms become ASCII, blanks, dots and dashes go, a–z become A–Z, in this order. For keys of registers only; what was signed
    stays as it was signed. No version of Unicode enters, so every reader gets the same keys for ever. Letters of other scripts that look
    alike stay apart; they show by ``PLATE_FORM`` and ``LABEL_FORM``.
    """
    return _normal(text) if len(text) <= KEPT_MAX else _normal.__wrapped__(text)


@lru_cache(4096)
def _normal(text: str) -> str:
    """Kept for a moment: an act asks for the key of its truck a dozen times."""
    if _IS_NORMAL(text):  # as labels nearly always are, and a departure has hundreds
        return text
    return _REMOVED.sub("", text.translate(_FULL_WIDTH)).translate(_UPPER)


def label(zh: str, en: str) -> Meta:
    """What a field is called, in Chinese and in English."""
    return Meta(title=zh, description=en)


_PUBLISHED = ("code", "codes", "long", "check", "check_code", "later")


def _said(**extra: Any) -> dict[str, Any]:
    """Arguments of a Meta: what the door reads, and under ``x-`` what the published schema says of it to readers that are not ours."""
    return {"extra": extra, "extra_json_schema": {f"x-{name.replace('_', '-')}": extra[name] for name in _PUBLISHED if name in extra}}


def form(pattern: str, code: str, expected: Word, check: str | None = None) -> Meta:
    """A text of a pattern, matched whole by its own anchors; ``check`` names what the pattern cannot say (CHECKS)."""
    return Meta(pattern=pattern, **_said(code=code, expected=expected, **({} if check is None else {"check": check})))


def with_code(code: str, **codes: str) -> Meta:
    """An enumeration or a list with a code of its own; ``codes`` are those of values that are known only to be refused by name."""
    return Meta(**_said(code=code, **({"codes": codes} if codes else {})))


def later(*values: str) -> Meta:
    """A field whose rules come later: refused ``NOT_YET`` wherever it stands, or only with one of these ``values``."""
    return Meta(**_said(later=list(values) or True))


def words(zh: Mapping[str, str]) -> Meta:
    """Chinese words of an enumeration's values, for documents and the published schema; ``ledger.labels.words_of`` reads them back."""
    return Meta(extra_json_schema={"x-words": dict(zh)})


def text(limit: int) -> Meta:
    """A text that says something, of at most ``limit`` characters: MISSING, TEXT_LONG."""
    return Meta(
        pattern=f"[^{BLANK}]",
        max_length=limit,
        **_said(code="MISSING", long="TEXT_LONG", expected=Phrase(f"1 至 {limit} 个字符的文字", f"a text of 1 to {limit} characters")),
    )


def items(low: int, high: int, code: str = "LIST_LENGTH", *, once: bool = False) -> Meta:
    """A list of ``low`` to ``high`` items, each once if so said."""
    return Meta(min_length=low, max_length=high, **_said(code=code, **({"check": "once"} if once else {})))


def at_least(low: int, code: str = "FIELD_TYPE") -> Meta:
    """A list of ``low`` items or more; what bounds it is the size of a statement."""
    return Meta(min_length=low, **_said(code=code))


def _is_at(value: Any) -> bool:
    try:
        parse_at(value)
    except Refusal:
        return False
    return True


def _are_once(value: Any) -> bool:
    try:
        return len(set(value)) == len(value)
    except TypeError:  # raw objects of a body that is out of form anyway
        return all(item not in value[:position] for position, item in enumerate(value))


HEX_WORDS = Phrase("64 位小写十六进制", "64 hex digits, lower case")
ORIGIN_WORDS = Phrase(
    "1 至 255 个字母、数字或 . _ - /，如 log.example.cn/2026", "1 to 255 letters, digits or . _ - /, e.g. log.example.cn/2026"
)
USCC_WORDS = Phrase(
    "18 位统一社会信用代码，大写，末位与校验位相符", "a USCC: 18 characters, upper case, the last one its check character (GB 32100)"
)
_TONNES = r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$"
Mass = Annotated[
    str,
    form(
        f"^{_TONNES}", "QTY", Phrase("以吨为单位、至多 6 位小数的文本，如 5.600000", "tonnes as a text, at most 6 decimals, e.g. 5.600000")
    ),
]
MassAboveZero = Annotated[
    str,
    form(
        f"^(?=.*[1-9]){_TONNES}",
        "QTY",
        Phrase("以吨为单位、大于 0、至多 6 位小数的文本，如 5.600000", "tonnes as a text, above 0, at most 6 decimals, e.g. 5.600000"),
    ),
]
At = Annotated[str, form(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}$", "AT_FORM", AT_WORDS, "at")]
Day = Annotated[
    str, form(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "DATE_FORM", Phrase("年-月-日，如 2026-12-31", "year-month-day, e.g. 2026-12-31"), "day")
]
Month = Annotated[str, form(r"^[0-9]{4}-(0[1-9]|1[0-2])$", "DATE_FORM", Phrase("年-月，如 2026-12", "year-month, e.g. 2026-12"))]
Text = Annotated[str, text(200)]
ShortText = Annotated[str, text(40)]
LongText = Annotated[str, text(2000)]
Flag = Annotated[
    bool, Meta(extra={"check": "true", "expected": Phrase("true，否则不写", "true, or absent")}, extra_json_schema={"const": True})
]
"""Said or not said: ``true``, else absent."""
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Size = Annotated[int, Meta(ge=0, le=INTEGER_LIMIT)]  # Entries of a log.
PositiveSize = Annotated[int, Meta(ge=1, le=INTEGER_LIMIT)]
Hash = Annotated[str, form("^[0-9a-f]{64}$", "FIELD_TYPE", HEX_WORDS)]
KeyId = Annotated[str, form("^[0-9a-f]{64}$", "KEY_UNKNOWN", HEX_WORDS)]
Bytes32 = Annotated[
    str,
    form(
        "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$",
        "FIELD_TYPE",
        Phrase("32 字节的 Base64（44 个字符，以“=”结尾）", "32 bytes in base64 (44 characters, ending in =)"),
    ),
    Meta(extra_json_schema={"contentEncoding": "base64"}),
]
OriginName = Annotated[
    str,
    form(
        f"^{ORIGIN_PATTERN.pattern}$",
        "FIELD_TYPE",
        ORIGIN_WORDS,
    ),
]
Region = Annotated[
    str,
    form(
        "^[0-9]{2}([0-9]{2}){0,2}$",
        "FIELD_TYPE",
        Phrase("行政区划代码的前 2、4 或 6 位，如 51", "the first 2, 4 or 6 digits of a division, e.g. 51"),
    ),
]
CommitField = Annotated[
    str,
    form(
        f"^{FIELD_PATTERN.pattern}$",
        "FIELD_TYPE",
        Phrase("小写字段名，如 driver.name", "a name of a field in lower case, e.g. driver.name"),
    ),
    Meta(max_length=64),
]
Uscc = Annotated[str, form("^[0-9A-HJ-NPQRTUWXY]{18}$", "USCC", USCC_WORDS, "uscc")]
DivisionCode = Annotated[
    str,
    form(
        "^[1-8][0-9]{5}$", "DIVISION", Phrase("6 位行政区划代码（GB/T 2260），如 510104", "6 digits of a division (GB/T 2260), e.g. 510104")
    ),
]
SiteId = Annotated[
    str,
    form(
        "^[0-9A-Za-z._-]{1,32}$",
        "SITE_UNKNOWN",
        Phrase("已登记场所的编号：1 至 32 个字母、数字或 . _ -", "the id of a registered site: 1 to 32 letters, digits or . _ -"),
    ),
]
KindName = Annotated[
    str,
    form(
        "^[a-z]+\\.[a-z_]+$", "FIELD_TYPE", Phrase("不带版本的声明种类，如 manifest.issue", "a kind without version, e.g. manifest.issue")
    ),
]
Province = Annotated[
    str,
    form(
        "^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)$",
        "FIELD_TYPE",
        Phrase("省级行政区划代码的前 2 位，如 50", "the 2 digits of a province, e.g. 50"),
    ),
]


class File(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """An attachment, named by its hash; the file itself travels and is kept apart (formats §7)."""

    sha256: Annotated[Hash, label("文件哈希", "SHA-256 of the file")]
    size: Annotated[int, Meta(ge=1, le=50_000_000), label("字节数", "bytes")]
    media_type: Annotated[
        str,
        form("^[a-z]+/[a-z0-9.+-]{1,64}$", "FIELD_TYPE", Phrase("媒体类型，如 application/pdf", "a media type, e.g. application/pdf")),
        label("媒体类型", "media type"),
    ]
    name: Annotated[Text, label("文件名", "file name")]


def _hashes_once(value: Any) -> bool:
    """Of read files, or of raw items of any form: those without a hash are refused for that."""
    hashes = [item.get("sha256") if isinstance(item, dict) else getattr(item, "sha256", None) for item in value]
    return _are_once([digest for digest in hashes if digest is not None])


Files = Annotated[tuple[File, ...], items(0, 8), Meta(**_said(check="files")), label("附件", "attachments")]
"""At most 8, each hash once (LIST_LENGTH)."""

COMMITMENTS_MAX = 32  # Names, phones and positions of the people of one act.
_COMMITMENTS = Phrase(
    f'至多 {COMMITMENTS_MAX} 项，如 "driver.name"：64 位小写十六进制的承诺值',
    f'at most {COMMITMENTS_MAX}, e.g. "driver.name": the 64 hex digits of its commitment',
)
COMMITMENT_PATTERN = re.compile("[0-9a-f]{64}")


def _are_commitments(value: Any) -> bool:
    """Dotted lower-case paths of at most 64 characters, each with a SHA-256."""
    return len(value) <= COMMITMENTS_MAX and all(
        len(name) <= 64 and is_commitment_field(name) and isinstance(digest, str) and COMMITMENT_PATTERN.fullmatch(digest)
        for name, digest in value.items()
    )


Commitments = Annotated[
    dict[str, str],
    Meta(**_said(code="COMMIT_FORM", check="commitments", expected=_COMMITMENTS)),
    label("个人信息承诺值", "commitments to personal data"),
]
"""{field: 64 hex digits}; names, phones, positions never stand in clear, and no rule reads what is committed (formats §7)."""

CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "day": lambda value: isinstance(value, str) and read_day(value) is not None,
    "at": _is_at,
    "uscc": lambda value: isinstance(value, str) and check_uscc(value),
    "party": lambda value: isinstance(value, str) and check_uscc(value.split("/")[1]),
    "once": _are_once,
    "files": _hashes_once,
    "true": lambda value: value is True,
    "commitments": _are_commitments,
}
"""What no pattern can say, by the name that a form gives it; each takes the raw JSON value or the read one."""
