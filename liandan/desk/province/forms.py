"""Offered acts as forms: what the log knows is filled in, a letter is of today until somebody says otherwise, what nobody changes stays out of sight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from ledger.problem import Language
from liandan.desk.forms.building import FormAsking, form_parts
from liandan.desk.forms.model import ActForm, FormOption, FormPart, FormRows
from liandan.desk.province.offering import OfferedAct

USUAL_DAYS = frozenset({"letter_date", "asked_date", "effective_from"})
"""Days that are most likely today's."""
CLERK = ("handler.name", "handler.phone")
"""Whom an office's act may commit to: no truck of its own has a driver."""


def office_form(
    offered: OfferedAct,
    own: str,
    day: str,
    language: Language,
    next_page: str,
    offers: Mapping[str, Sequence[FormOption]] | None = None,
    row_names: Mapping[str, Sequence[str]] | None = None,
) -> ActForm:
    """The form of an act that ``own`` may sign on ``day``; ``offers``: what may be chosen, by path with ``*``; ``row_names``: what the rows of a
    list are about, by its path."""
    act = offered.act
    numbers = {f"{name}.*.line" for name, value in act.known.items() if isinstance(value, list)}
    hidden = act.hidden | numbers
    asked = frozenset(path for path in starred(act.known) if path not in hidden) | act.asked
    known = {**{name: day for name in act.sample if name in USUAL_DAYS}, **act.known}
    asking = FormAsking(by_need=True, asked=asked | (USUAL_DAYS & act.sample.keys()), hidden=hidden, choices=offers or {}, people=CLERK)
    form = form_parts(offered.kind.body, known, asking, language)
    by = [own if own in role.holders or not role.holders else role.holders[0] for role in offered.roles]
    return ActForm(
        own=own,
        kind=offered.kind.name,
        title=offered.title(language),
        proposal={"kind": act.kind, "chain": act.chain, "by": by or [own], "body": form.body},
        parts=tuple(_rows_named(form.asked, row_names or {})),
        more=tuple(_rows_named(form.more, row_names or {})),
        blockers=offered.blockers,
        next=next_page,
    )


def _rows_named(parts: Sequence[FormPart], names: Mapping[str, Sequence[str]]) -> Iterator[FormPart]:
    """Rows that are known say what they are about: a number alone is compared with nothing."""
    for part in parts:
        if isinstance(part, FormRows) and part.path in names:
            rows = [replace(row, label=name) for row, name in zip(part.rows, names[part.path], strict=False)]
            yield replace(part, rows=(*rows, *part.rows[len(rows) :]))
        else:
            yield part


def starred(value: Any, path: str = "") -> Iterator[str]:
    """Paths of what is known, with ``*`` for places in lists."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from starred(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        yield path
        for inner in value:
            yield from starred(inner, f"{path}.*")
    else:
        yield path
