"""Corrections over HTTP: what each changes, who has agreed, whose consent is missing until when, and what acts had signed before."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from ledger.directory import LogState
from ledger.labels import labels
from ledger.problem import Language
from ledger.times import DAY_S, format_at
from manifests.acts import Issue, ReceivedLine
from manifests.amendment import FateFields, LegFields, LoadedFields
from manifests.consent import WORDS, consents, missing, number_in
from manifests.correction import Correction, line_loaded, line_received
from manifests.model import ManifestState
from manifests.view import ManifestView
from whitelist.thresholds import Thresholds


class CorrectedField(Struct, frozen=True, gc=False, kw_only=True):
    """One field of a correction: what stood there and what shall, as compact JSON; empty for nothing."""

    path: str
    label: str
    was: str
    now: str


class ConsentAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """Who agreed, in which entry; ``party`` is for whom, where that is another."""

    by: str
    party: str
    index: int


class WantedConsent(Struct, frozen=True, gc=False, kw_only=True):
    """A consent that is missing, and who may give it."""

    role: str
    """The letters of the consent matrix (``G`` generator, ``R`` receiver, ``K`` consignor, ``AD`` authority of the destination, …)."""
    role_text: str
    parties: tuple[str, ...]


class CorrectionAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A correction of a manifest (更正)."""

    case: str
    fields: tuple[CorrectedField, ...]
    by: str
    """Who proposed it, or for whom."""
    reason: str
    proposed_at: str
    consents: tuple[ConsentAnswer, ...]
    standing: str
    """``open``, ``lapsed``, ``in_force`` or ``refused``."""
    index: int | None
    """The entry that ended it."""
    wanted: tuple[WantedConsent, ...]
    """Consents that are missing, while it is open."""
    lapses_at: str


def correction_answers(
    view: ManifestView, log: LogState, limits: Thresholds, now_s: int, language: Language
) -> tuple[CorrectionAnswer, ...]:
    """Every correction of a manifest, in the order in which they were proposed."""
    return tuple(_answer(one, view.state, log, limits, now_s, language) for one in view.corrections)


def _answer(one: Correction, state: ManifestState, log: LogState, limits: Thresholds, now_s: int, language: Language) -> CorrectionAnswer:
    at = 0 if language == "zh" else 1
    lapses_s = one.proposed_s + limits.amend_d * DAY_S
    standing = one.ended or ("open" if now_s <= lapses_s else "lapsed")
    given = [one.by, *(consent.party or consent.by for consent in one.consents)]
    asked = missing(consents(one.changes, state, log), given) if standing == "open" else ()
    return CorrectionAnswer(
        case=one.case,
        fields=tuple(CorrectedField(path=path, label=label_of(path)[at], was=was, now=now) for path, was, now in one.changes),
        by=one.by,
        reason=one.reason,
        proposed_at=format_at(one.proposed_s),
        consents=tuple(ConsentAnswer(by=consent.by, party=consent.party, index=consent.index) for consent in one.consents),
        standing=standing,
        index=one.ended_index,
        wanted=tuple(WantedConsent(role=wanted.role, role_text=WORDS[wanted.role][at], parties=wanted.holders) for wanted in asked),
        lapses_at=format_at(lapses_s),
    )


_PARTS: Mapping[str, tuple[type, str, str]] = {
    "lines": (Issue, "第 {} 行", "line {}"),
    "legs": (LegFields, "第 {} 段", "leg {}"),
    "loaded": (LoadedFields, "装载第 {} 项", "loaded item {}"),
    "received": (ReceivedLine, "接受第 {} 项", "received item {}"),
    "fates": (FateFields, "去向第 {} 项", "fate {}"),
}
_TIMES: Mapping[str, tuple[str, str]] = {
    "times.departed_at": ("起运时间", "departed at"),
    "times.arrived_at": ("运抵时间", "arrived at"),
    "times.accepted_at": ("接受之日", "accepted at"),
}


def label_of(path: str) -> tuple[str, str]:
    """What a field is called, in Chinese and in English, with its line or leg as people count."""
    part, *rest = path.split(".")
    if path in _TIMES:
        return _TIMES[path]
    if part not in _PARTS or len(rest) < 2:
        return _within(labels(Issue), part, path)
    body, zh_where, en_where = _PARTS[part]
    inner = ".".join(rest[1:])
    zh, en = labels(body).get(f"lines.*.{inner}" if part == "lines" else inner, (inner, inner))
    place = int(rest[0]) + 1
    return f"{zh_where.format(place)}{zh}", f"{en_where.format(place)}: {en}"


def label_of_any(pattern: str) -> tuple[str, str]:
    """What the fields of a pattern of the consent matrix are called (``lines.*.mass_t``), of whichever line or leg."""
    part, star, rest = pattern.partition(".*.")
    if not star:
        return label_of(pattern)
    return labels(_PARTS[part][0]).get(pattern if part == "lines" else rest, (rest, rest))


def _within(known: Mapping[str, tuple[str, str]], part: str, path: str) -> tuple[str, str]:
    """A field of a part with the part's name before it: an address alone may be that of the origin or of the destination."""
    zh, en = known.get(path, (path, path))
    if path == part or part not in known:
        return zh, en
    zh_part, en_part = known[part]
    return zh if zh_part in zh else f"{zh_part}·{zh}", f"{en_part}: {en}"


_LINE_OF: Mapping[str, Callable[[ManifestState, int], int]] = {
    "lines": lambda state, number: number,
    "loaded": line_loaded,
    "received": line_received,
}


def as_signed(state: ManifestState, corrections: Iterable[Correction]) -> dict[int, dict[str, str]]:
    """By line, what acts signed for fields that corrections in force changed: field → first value, as compact JSON."""
    found: dict[int, dict[str, str]] = {}
    for one in corrections:
        if one.ended != "in_force":
            continue
        for path, was, _ in one.changes:
            part = path.split(".", maxsplit=1)[0]
            if part not in _LINE_OF:
                continue
            field = path.split(".", 2)[2]
            name = {"lines.mass_t": "declared_t", "loaded.mass_t": "loaded_t"}.get(f"{part}.{field}", field)
            found.setdefault(_LINE_OF[part](state, number_in(path)), {}).setdefault(name, was)
    return found
