"""/province/registrations: a firm that asks to be registered, verified from its own bytes, and compared by telephone before anything is signed."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import party_chain
from ledger.log import Log
from ledger.registrations.answers import RegistrationToDecide
from ledger.registrations.form import GROUP, GROUPS, RegistrationForm
from ledger.registrations.form import fingerprint as fingerprint_of
from ledger.registrations.service import Registrations
from liandan.client.registration import verified
from liandan.desk.province.offering import DeskAct
from signing.refusal import refuse

DIGITS = GROUP * GROUPS


class RegistrationView(Struct, frozen=True, kw_only=True):
    """An application; ``form`` is what the firm has signed, ``None`` once it has come to its end."""

    shown: RegistrationToDecide
    form: RegistrationForm | None


class ComparedPrint(Struct, frozen=True, kw_only=True):
    """What came of a fingerprint that was read out."""

    state: Literal["short", "wrong", "right", "registered"]
    given: int = 0
    act: DeskAct | None = None


async def read_registration(
    log: Log, registrations: Registrations | None, caller: Caller, name: str, claimed_s: int | None = None
) -> RegistrationView:
    """One that is the caller's to decide, its signatures, possession and contact held against its own bytes; Refusal REGISTRATION_UNKNOWN."""
    if registrations is None:
        raise refuse("REGISTRATION_UNKNOWN", field="registration", found=name[:64])
    shown = await registrations.read(caller, name, now_s=claimed_s)
    state = await log.state()
    found = "" if state is None else state.found
    return RegistrationView(shown=shown, form=None if shown.envelope is None else verified(shown, found))


def compare(view: RegistrationView, read_out: str) -> ComparedPrint:
    """The act that registers the firm, once the fingerprint is one of its keys'."""
    digits = "".join(read_out.split()).replace("-", "").lower()
    if view.form is None or view.shown.party is not None:
        return ComparedPrint(state="registered")
    if len(digits) != DIGITS:
        return ComparedPrint(state="short", given=len(digits))
    if digits not in [fingerprint_of(keyid).replace(" ", "") for keyid in view.form.keyids]:
        return ComparedPrint(state="wrong")
    body: Any = msgspec.to_builtins(view.form.body)
    known = {name: value for name, value in body.items() if value is not None}
    return ComparedPrint(
        state="right",
        act=DeskAct(key="register", kind="party.register/1", chain=party_chain(view.form.uscc), known=known, hidden=frozenset(known)),
    )
