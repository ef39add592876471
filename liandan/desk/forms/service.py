"""Forms for a visitor: of a manifest as its possible acts say, of everything else as the kind says; who signs is asked of the log's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from ledger.admission.personality import Kind, Role
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, party_chain, party_name
from ledger.log import Log
from ledger.model import Statement, Unread, chain_key
from ledger.problem import Language
from ledger.reading import Page, snapshot
from ledger.service import Service
from ledger.times import format_at
from liandan.desk.forms.chains import chains_offered
from liandan.desk.forms.model import ActForm, FormOption
from liandan.desk.forms.other import kind_form
from liandan.desk.forms.possible import possible_form
from manifests import service as manifests
from manifests.action_answers import ManifestActions
from signing.refusal import Refusal, refuse
from whitelist.service import with_names

ULID = "<ULID>"
_PREPARED = ("manifest", "case")
_ROUNDS, PARTIES_MAX = 16, 12


class FormAsked(Struct, frozen=True, kw_only=True):
    """Which act is asked for: ``kind`` with or without its version, a chain (of a new one its name with ``<ULID>``), values to begin with."""

    kind: str
    chain: str = ""
    about: str = ""
    """Of a case the chain that it goes on in."""
    known: Mapping[str, Any] = {}
    next: str = ""


def kind_named(log: Log, name: str) -> Kind:
    """The newest version of a kind; Refusal NOT_FOUND."""
    if (found := log.kinds.by_name.get(name)) is not None:
        return found
    versions = [kind for full, kind in log.kinds.by_name.items() if full.partition("/")[0] == name]
    if not versions:
        raise refuse("NOT_FOUND", field="kind", found=name[:64])
    return versions[-1]


async def forms_of(
    log: Log, caller: Caller, actions: ManifestActions, language: Language, next_page: str = "", only: str = ""
) -> tuple[ActForm, ...]:
    """The forms of everything that the visitor may do about a manifest, what is owed first; or of one kind."""
    own = actions.party
    owed = {one.kind: one.term for one in reversed(actions.actions) if any(own in signer.parties for signer in one.signers)}
    return tuple(
        possible_form(one, log.kinds.by_name[one.kind], own, actions.names, language, actions.at, next_page, owed.get(one.kind, ""))
        for one in actions.possible
        if only in ("", one.kind)
    )


async def act_forms(log: Log, caller: Caller, asked: FormAsked, language: Language, claimed_s: int | None) -> tuple[ActForm, ...]:
    """The forms of one kind on a chain: of a manifest there may be several (releases of several holds), or none; Refusal NOT_FOUND."""
    kind = kind_named(log, asked.kind)
    parts = asked.chain.split("/")
    if parts[0] in _PREPARED and len(parts) >= 3 and kind.name != "manifest.issue/1":
        actions = await manifests.read_actions(log, caller, parts[1], parts[2], language, claimed_s)
        actions = await with_names(log, actions, language)
        forms = await forms_of(log, caller, actions, language, asked.next, kind.name)
        return tuple(one for one in forms if not asked.about or one.proposal["chain"] == asked.about)
    chain = asked.chain or f"{kind.chain_type}/{caller.uscc}/{ULID}"
    if kind.chain_type not in (chain.partition("/")[0],) and chain.partition("/")[0] not in kind.chain_types:
        raise refuse("NOT_FOUND", field="chain", found=chain[:128])
    roles, names = await _roles(log, kind, chain, caller, asked.known)
    offered = await chains_offered(log, caller, kind.body, language)
    form = kind_form(
        kind,
        chain,
        caller.uscc,
        asked.known,
        roles,
        names,
        offered.choices,
        language,
        suggestions=offered.suggestions,
        next_page=asked.next,
    )
    return (form,)


async def _roles(log: Log, kind: Kind, chain: str, caller: Caller, known: Mapping[str, Any]) -> tuple[Sequence[Role], dict[str, str]]:
    """Who signs, as far as the kind can tell it before the body is there; with the names of whom it names."""
    now_s = await log.now(None)
    async with snapshot(log) as now:
        workspace, facts = now.workspace, now.workspace.facts
        keys = [chain_key(LOG_MAIN), chain_key(party_chain(caller.uscc))]
        await workspace.load(keys if ULID in chain else [*keys, chain_key(chain)])
        head = None if ULID in chain else facts.head(chain)
        statement = Statement(
            kind=kind.name, chain=chain, seq=0 if head is None else head.seq + 1, prev="", by=(caller.uscc,), at=format_at(now_s), at_s=now_s,
            body=_Known(known), hash="",
        )  # fmt: skip
        roles: Sequence[Role] = ()
        for _ in range(_ROUNDS):
            try:
                roles = tuple(kind.signers(statement, facts))
                break
            except Unread as unread:
                await workspace.load([str(unread.args[0])])
            except (AttributeError, TypeError, KeyError, IndexError, ValueError, AssertionError):  # it depends on what is still to be typed
                roles = tuple(Role(name, (caller.uscc,) if len(kind.roles) == 1 else ()) for name in kind.roles)
                break
        holders = sorted({uscc for role in roles for uscc in role.holders})
        await workspace.load(chain_key(party_chain(uscc)) for uscc in holders)
        return roles, {uscc: party_name(facts, uscc) for uscc in holders}


class _Known:
    """A body as far as it is known: a role that depends on more is not told yet."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.__dict__.update(known)


async def find_parties(service: Service, text: str) -> tuple[FormOption, ...]:
    """Parties whose names hold a text, or whose code it is; nothing for less than two characters."""
    if len(text.strip()) < 2:
        return ()
    try:
        page = await service.parties(text, 0, Page(None, PARTIES_MAX))
    except Refusal:
        return ()
    return tuple(FormOption(value=one.uscc, text=one.name) for one in page.parties if not one.closed_on)
