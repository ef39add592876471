"""How the rules of manifests name what is so in a case: stages, acts, loads; in both languages, for the texts of causes (see whitelist.telling)."""

from collections.abc import Iterable, Mapping

from manifests.machine import Act, moves_from, roles_of
from manifests.model import CAPACITIES, STAGES, Stage
from signing.phrase import Word, word_in

ACTS: Mapping[Act, tuple[str, str]] = {
    Act.ISSUE: ("开具", "issue"),
    Act.VOID: ("作废", "void"),
    Act.DEPART: ("起运", "depart"),
    Act.HAND_OVER: ("承运人交接", "hand over"),
    Act.TRANSSHIP: ("换装", "transship"),
    Act.STOP: ("停留", "stop"),
    Act.ARRIVE: ("运抵", "arrive"),
    Act.RECEIVE: ("接受确认", "receive"),
    Act.DISPOSE: ("利用处置结果", "dispose"),
    Act.VERIFY: ("移出人核实", "verify"),
}
"""What an act is called; in Chinese as its kind is, or shorter. One that is not named here speaks for itself."""

RETURN = ("开具退回联单（或者改送）", "issue a return, or a redirect")
"""What an issue is called where it carries on what was refused of another manifest."""


def _act(asked: Act) -> tuple[str, str]:
    return ACTS.get(asked, (asked.value, asked.replace("_", " ")))


def stage(now: Stage) -> Word:
    """A stage in words."""
    return STAGES[now], now.replace("_", " ")


def act(asked: Act) -> Word:
    """An act in words, with the name under which it is sent: ``起运（manifest.depart）``."""
    zh, en = _act(asked)
    return f"{zh}（manifest.{asked}）", f"{en} (manifest.{asked})"


def open_acts(now: Stage) -> Word:
    """What may be done at a stage, and who signs it."""
    found = sorted((known for known, _ in moves_from(now)), key=lambda known: known is Act.VOID)  # to go on comes first
    zh = "；".join(f"{_act(known)[0]} manifest.{known}，由{'、'.join(CAPACITIES[role] for role in roles_of(known))}签署" for known in found)
    en = "; ".join(
        f"manifest.{known}, signed by the {' and the '.join(role.replace('_', ' ') for role in roles_of(known))}" for known in found
    )
    return zh or "无", en or "nothing"


def way_to(now: Stage, asked: Act) -> Word:
    """The act that comes first where another is asked for, and who signs it: to arrive, a load departs. Empty where no way leads there, and
    voiding is never one."""
    first: dict[Stage, Act | None] = {now: None}
    waiting = [now]
    for stage in waiting:
        for known, move in moves_from(stage):
            if known is asked and (before := first[stage]) is not None:
                signers = roles_of(before)
                zh = "、".join(CAPACITIES[role] for role in signers)
                en = " and the ".join(role.replace("_", " ") for role in signers)
                return f"{act(before)[0]}，由{zh}签署", f"{act(before)[1]}, signed by the {en}"
            for end in move.to if known is not Act.VOID else ():
                if end not in first:
                    first[end] = first[stage] or known
                    waiting.append(end)
    return ""


def lines(count: int) -> str:
    """Numbers of the lines of a manifest: ``0 … 3``, of one line ``0``."""
    return "0" if count == 1 else f"0 … {count - 1}"


def several(words: Iterable[Word]) -> Word:
    """Words one after the other."""
    found = list(words)
    return "、".join(word_in(word, "zh") for word in found), ", ".join(word_in(word, "en") for word in found)
