"""What the scale says against what the manifests say (R-62), line by line: the log's own rule on integer grams, before anything is signed. Pure.

One truck is weighed once. Where it carries one line, that line got the net. Where it carries several, of one manifest or of several of one
trip, the net is divided as they were sent, and whoever weighs them one by one writes over it; what is left without a figure shares the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from ledger.mass import parse_mass, tonnes
from ledger.model import Findings
from manifests.mass import weight_level
from manifests.model import ManifestState
from manifests.tickets import judge_weighed
from signing.refusal import Refusal, refuse
from whitelist.thresholds import Thresholds

Verdict = Literal["within", "less", "more"]
_HUNDREDTHS = 10_000
_KILOGRAM_G = 1_000


class LoadLine(Struct, frozen=True, kw_only=True):
    """A line of a manifest on the truck, as it was sent."""

    manifest: str
    """``<generator>/<ULID>``."""
    line: int
    """From 0."""
    name: str
    code: str
    form: str
    method: str
    declared_g: int
    sent_g: int
    """Weighed at loading, else declared: the baseline of R-62."""

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.manifest} {self.line}"


class WeighedLine(Struct, frozen=True, kw_only=True):
    """A line and what came of it."""

    line: LoadLine
    came_g: int
    tolerance_g: int
    level: str
    """``M`` or ``H`` beyond the tolerance, else empty."""
    is_given: bool
    """Somebody weighed it by itself."""

    @property
    def difference_g(self) -> int:
        """What came less what was sent."""
        return self.came_g - self.line.sent_g


class WeighedLoad(Struct, frozen=True, kw_only=True):
    """A truck on the scale."""

    gross_g: int
    tare_g: int
    lines: tuple[WeighedLine, ...]

    @property
    def net_g(self) -> int:
        """What the truck carried."""
        return self.gross_g - self.tare_g

    @property
    def came_g(self) -> int:
        """What was counted of all lines: the net less what other manifests have of it, unless somebody weighed them by themselves."""
        return sum(one.came_g for one in self.lines)

    @property
    def sent_g(self) -> int:
        """What was sent on it."""
        return sum(one.line.sent_g for one in self.lines)

    @property
    def difference_g(self) -> int:
        """What came less what was sent."""
        return self.came_g - self.sent_g

    @property
    def tolerance_g(self) -> int:
        """What all lines together may differ by."""
        return sum(one.tolerance_g for one in self.lines)

    @property
    def level(self) -> str:
        """The gravest of its lines."""
        return next((level for level in ("H", "M") if any(one.level == level for one in self.lines)), "")

    @property
    def verdict(self) -> Verdict:
        """Whether every line is within its tolerance; else whether too little or too much came."""
        out = [one.difference_g for one in self.lines if one.level]
        return "within" if not out else "less" if sum(out) < 0 else "more"

    @property
    def is_odd(self) -> bool:
        """So far from what was sent that a figure was more likely mistyped: under half of it, or over half as much again."""
        return not self.sent_g <= 2 * self.came_g <= 3 * self.sent_g

    @property
    def is_fine(self) -> bool:
        """Some of its figures have grams, and stand with six decimals."""
        return any(mass_g % _KILOGRAM_G for mass_g in (self.sent_g, self.came_g))

    @property
    def hundredths(self) -> int:
        """The difference in hundredths of a per cent of what was sent, rounded half away from 0."""
        size = (abs(self.difference_g) * _HUNDREDTHS * 2 + self.sent_g) // (2 * self.sent_g) if self.sent_g else 0
        return -size if self.difference_g < 0 else size


def lines_of(manifest: str, state: ManifestState) -> tuple[LoadLine, ...]:
    """The lines of a manifest as they are on the truck."""
    return tuple(
        LoadLine(
            manifest=manifest,
            line=number,
            name=line.name,
            code=line.code,
            form=line.form,
            method=line.method,
            declared_g=line.declared_g,
            sent_g=line.sent_g,
        )
        for number, line in enumerate(state.lines)
    )


def tolerance_g(limits: Thresholds, line: LoadLine) -> int:
    """The most grams that a line may differ by without an alert: the larger of the floor and the share (R-62)."""
    return max(limits.weight_floor_g, line.sent_g * limits.weight_permille(line.form) // 1000)


def weigh(
    lines: Sequence[LoadLine],
    gross_t: str,
    tare_t: str,
    limits: Thresholds,
    given: Mapping[str, str] | None = None,
    drawn_g: int = 0,
) -> WeighedLoad:
    """The load on the scale; ``given``: tonnes of lines that were weighed by themselves, by their keys, empty where not; ``drawn_g``: what other
    manifests of the trip have drawn on the ticket already.

    Refusal QTY for what is no mass; WEIGHING_SUM for a tare above the gross, and for lines that are together more than the net.
    """
    gross_g, tare_g = parse_mass(gross_t.strip(), "gross_t"), parse_mass(tare_t.strip(), "tare_t")
    net_g = gross_g - tare_g
    out = Findings()
    judge_weighed(out, "gross_t", tonnes(gross_g), tonnes(tare_g), tonnes(max(net_g, 0)))
    if out.reasons:
        raise Refusal(out.reasons)
    own = {line.key: parse_mass(text.strip(), f"line {line.key}") for line in lines if (text := (given or {}).get(line.key, "")).strip()}
    rest_g = net_g - drawn_g - sum(own.values())
    if rest_g < 0:
        raise refuse("WEIGHING_SUM", field="lines", found=tonnes(drawn_g + sum(own.values())), expected=f"≤ {tonnes(net_g)}")
    shares = iter(_shares(rest_g, [line.sent_g for line in lines if line.key not in own]))
    return WeighedLoad(
        gross_g=gross_g,
        tare_g=tare_g,
        lines=tuple(_weighed(line, own[line.key] if line.key in own else next(shares), line.key in own, limits) for line in lines),
    )


def _weighed(line: LoadLine, came_g: int, is_given: bool, limits: Thresholds) -> WeighedLine:
    return WeighedLine(
        line=line,
        came_g=came_g,
        tolerance_g=tolerance_g(limits, line),
        level=weight_level(limits, line.form, line.sent_g, came_g) or "",
        is_given=is_given,
    )


def _shares(total_g: int, weights: Sequence[int]) -> list[int]:
    """A mass divided in proportion, whole kilograms to the kilogram, for no scale says less, else to the gram: what rounding leaves goes to the
    largest remainders, the first first."""
    whole, unit_g = sum(weights), 1 if total_g % _KILOGRAM_G else _KILOGRAM_G
    if not whole:
        return [total_g if number == 0 else 0 for number in range(len(weights))]
    total = total_g // unit_g
    found = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda number: (-(total * weights[number] % whole), number))
    for number in order[: total - sum(found)]:
        found[number] += 1
    return [units * unit_g for units in found]
