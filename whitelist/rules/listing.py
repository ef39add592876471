"""R-40: the days of the list that a decision was given on; R-35 was judged by the decision, once (consent)."""

from ledger.findings import Findings
from signing.refusal import texts
from whitelist.checked import Checked
from whitelist.listing import ListState


def listing_is_of_the_day(checked: Checked, out: Findings) -> None:
    """R-40: a listing of year Y serves departures in Y only, within the list's effective days. 2020 mechanism 1, 2 [READ S6]."""
    for path, _, decided in checked.decided_lines():
        listed = None if decided.listing is None else checked.lists.get(decided.listing.list)
        if listed is not None:
            judge_departure_day(out, f"{path}.decision_line", listed, checked.day)


def judge_departure_day(out: Findings, field: str, listed: ListState, day: str) -> None:
    """R-40 for the day of an issue or departure, one reason: APPROVAL_EARLY before the list begins, WL_YEAR after its year, WL_TERM after it."""
    if day < listed.effective_from:
        out.refuse("APPROVAL_EARLY", field, day, f"≥ {listed.effective_from}")
    elif int(day[:4]) != listed.year:
        out.refuse("WL_YEAR", field, day, listed.year)
    elif day > listed.effective_to:
        out.refuse("WL_TERM", field, day, f"≤ {listed.effective_to}")


TEXTS = texts("""
WL_UNKNOWN | R-35 | sender | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
账本中没有这份白名单或这一行。 || 核对白名单链名和行号（从 0 起）。
The log has no such list or row. || Check the list and the row, counted from 0.

WL_NOT_IN_FORCE | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]; formats §3 [DESIGN]
白名单尚未经两地主管部门共同签署生效。 || 由接受地主管部门联署后使用，或按商请函程序办理。
The list is not countersigned and not in force. || Wait for the countersignature, or go by letter.

WL_DIRECTION | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单的方向与本次转移不符。 || 甲→乙的白名单不能用于乙→甲；使用本方向的白名单，或按商请函程序办理。
The list is for another direction. || Use a list of this direction, or go by letter.

WL_RECEIVER | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行的接受单位与接受人不一致。 || 核对白名单行号。
The row is another receiver's. || Check the row.

WL_PERMIT | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行的许可证与接受人的许可证不一致。 || 换证后由两地主管部门更新白名单，或按商请函程序办理。
The row is for another permit of the receiver. || Have the list amended, or go by letter.

WL_SCOPE | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行不包含这个废物代码。 || 核对白名单行号，或按商请函程序办理。
The row does not cover this code. || Check the row, or go by letter.

WL_METHOD | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行不包含这种利用处置方式。 || 使用白名单载明的方式，或按商请函程序办理。
The row does not cover this method. || Use a method of the row, or go by letter.

WL_YEAR | R-40 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单只在本年度有效。 || 使用当年的白名单，或按商请函程序重新办理。
A list serves its own year only. || Use the list of the year, or go by letter.

WL_TERM | R-40 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
当日不在白名单的有效期间内。 || 在白名单有效期间内办理，或按商请函程序办理。
The day lies outside the list's effective days. || Act within them, or go by letter.
""")
