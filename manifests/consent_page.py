"""The consent matrix as people read it: ``docs/amendments.md``, made from ``manifests.consent``; a test compares the two.

``python -m manifests.consent_page > docs/amendments.md``.
"""

from manifests.consent import MATRIX, NEVER, WORDS, AmendmentClass

_HEAD = """# 更正 / Corrections

本页由 `manifests/consent.py` 中的同一张表生成，勿手工修改；重新生成：`python -m manifests.consent_page > docs/amendments.md`。
This page is made from the table in `manifests/consent.py`; do not edit it by hand.

联单上写错的，在自己的案卷（`case/<移出人>/<联单>/<ULID>`）中更正：提出 `case.amend_propose`，由下表所列各方同意 `case.amend_consent`，任何应同意的一方或者提出人可以 `case.amend_refuse`。最后一方同意时更正生效（标记 `AMENDED`；
数量的为 `MASS_AMENDED`），额度按差额变动，阶段按现行的处理意见和数量重新确定。原来的行为一个字节也不变，原值与更正后的值并列显示（`GET /v1/manifests/…` 的 `corrections`）。提出即视为同意；自己不能同意自己提出的，代签也不行。三十日（`amend_d`）内未获全部同意的失效；
单位在十个工作日（`amend_escalate_wd`）内不表态的，由其所在地主管部门代为同意（`CONSENT_BY_AUTHORITY`）。

What is wrong on a manifest is corrected in a case of its own: `case.amend_propose`, consents by everybody in the table (`case.amend_consent`), and `case.amend_refuse` by whoever is asked or by the proposer. With the last consent it is in force (tag `AMENDED`, of masses ALERT M
`MASS_AMENDED`): accounts move by the difference, the stage follows opinions and sums. No act changes by a byte; earlier and corrected values stand side by side. To propose is to consent; nobody consents to his own, for another neither. A proposal lapses after `amend_d` days;
after `amend_escalate_wd` working days of silence a firm's authority may consent in its place.

`changes` 每项为 `{path, was, now}`，`was`、`now` 是值的紧凑 JSON 文本（数量带引号，未填为空文本）：`{"path": "received.0.accepted_t", "was": "\\"200\\"", "now": "\\"2.000000\\""}`。`was` 按值比较，数量按克比较。
Each of `changes` is `{path, was, now}`, the values as texts of compact JSON, empty for nothing; `was` is compared as a value, masses in grams.
"""
_MIDDLE = """
跨省：移出省与接受省不同。起运前只收“起运前”一栏有 ✓ 的；已办结的联单只收更正后仍然办结的，且都要移出人同意；已作废的只收编号。
Before the departure only rows with ✓ are taken; of a finished manifest only what leaves it finished, and G consents to all of it; of a voided one its number.

"""
_TAIL = """
从不更正 never corrected (`AMEND_PATH`): {never}。起运前作废重开，起运后退回、改送或者带缺口办结。
"""


def _words(roles: tuple[str, ...]) -> str:
    return "<br>".join(" ".join(WORDS[role]) for role in roles) or "–"


def _line(row: AmendmentClass) -> str:
    paths = " ".join(f"`{path}`" for path in row.paths)
    consents = tuple(role for role in row.consents)
    cells = (
        f"{row.zh} {row.en}",
        paths,
        _words(row.proposes),
        _words(consents),
        "✓" if row.before_depart else "",
        "<br>".join(row.then),
    )
    return f"| {' | '.join(cells)} |"


def page() -> str:
    """The whole of docs/amendments.md."""
    head = "| 类别 class | 字段 paths | 提出 proposes | 须同意（提出人已同意） must consent, the proposer has | 起运前 | 生效后 then |\n|---|---|---|---|---|---|"
    never = " ".join(f"`{path}`" for path in NEVER)
    return f"{_HEAD}{_MIDDLE}{head}\n" + "\n".join(map(_line, MATRIX)) + "\n" + _TAIL.format(never=never)


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
