"""Terms of authorities (办理期限, R-42): whether an act came after the working days that the law leaves for it."""

from datetime import date

from ledger.admission.facts import Facts
from ledger.findings import Findings
from signing.refusal import texts
from whitelist.workdays import workdays_of


def is_late(facts: Facts, out: Findings, since: str, workdays: int, day: str) -> bool:
    """Whether ``day`` lies after a term of working days from the day after ``since``; a provisional calendar in it becomes a tag."""
    due = workdays_of(facts).due(date.fromisoformat(since), workdays)
    for flag in due.flags:
        out.tag(flag)
    return date.fromisoformat(day) > due.day


def judge_term(facts: Facts, out: Findings, since: str, workdays: int, day: str) -> None:
    """ALERT M AUTH_LATE after a term."""
    if is_late(facts, out, since, workdays, day):
        out.alert("M", "AUTH_LATE")


TEXTS = texts("""
AUTH_LATE | R-42 | nobody | Order 23 Art. 23–26 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 23–26 [READ]; 固废法 Art. 82.2 [READ S2]
主管部门办理逾期。 || 由该主管部门说明原因；申请人可以催办。
The authority acted after its term. || Let it explain; the applicant may ask for progress.
""")
