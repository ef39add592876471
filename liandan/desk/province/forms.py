"""Offered acts as forms: what the log knows is filled in, a letter is of today until somebody says otherwise, what nobody changes stays out of sight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.problem import Language
from liandan.desk.forms.building import FormAsking, form_parts
from liandan.desk.forms.model import ActForm, FormOption
from liandan.desk.province.offering import OfferedAct

USUAL_DAYS = frozenset({"letter_date", "asked_date", "effective_from"})
"""Days that are most likely today's."""


def office_form(
    offered: OfferedAct,
    own: str,
    day: str,
    language: Language,
    next_page: str,
    offers: Mapping[str, Sequence[FormOption]] | None = None,
) -> ActForm:
    """The form of an act that ``own`` may sign on ``day``; ``offers``: what may be chosen, by path with ``*``."""
    act = offered.act
    numbers = {f"{name}.*.line" for name, value in act.known.items() if isinstance(value, list)}
    hidden = act.hidden | numbers
    asked = frozenset(path for path in starred(act.known) if path not in hidden) | act.asked
    known = {**{name: day for name in act.sample if name in USUAL_DAYS}, **act.known}
    asking = FormAsking(by_need=True, asked=asked | (USUAL_DAYS & act.sample.keys()), hidden=hidden, choices=offers or {})
    form = form_parts(offered.kind.body, known, asking, language)
    by = [own if own in role.holders or not role.holders else role.holders[0] for role in offered.roles]
    return ActForm(
        own=own,
        kind=offered.kind.name,
        title=offered.title(language),
        proposal={"kind": act.kind, "chain": act.chain, "by": by or [own], "body": form.body},
        parts=form.asked,
        more=form.more,
        blockers=offered.blockers,
        next=next_page,
    )


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
