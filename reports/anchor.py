"""What a reader of receipts pins, and the public keys at hand: nothing of it comes from the receipts themselves."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.bundle import Bundle, open_bundle
from ledger.directory import KeyRecord
from ledger.tree.checkpoint import OpenedCheckpoint, open_checkpoint
from ledger.tree.note import parse_vkey
from ledger.tree.policy import Policy, parse_policy, parse_policy_lines
from reports.attachment import bundle_in
from reports.issuing import Retirement, retirements
from reports.kinds import all_kinds
from signing import b64
from signing.keys import keyid
from signing.phrase import Phrase
from signing.possession import KeyRegistration, check_registration
from signing.refusal import Refusal, refuse

_NO_WITNESSES = Policy()


class Anchor(Struct, frozen=True, kw_only=True):
    """The log that is meant, the witnesses that count, and keys of parties."""

    found: str = ""
    """Pinned statement hash of ``log.found``."""
    vkeys: tuple[str, ...] = ()
    """Pinned ``log.vkey``."""
    policy: Policy | None = None
    """The reader's own: a checkpoint without its quorum is a finding."""
    bundle: Bundle | None = None
    """Given by the reader, or a certificate or bundle among the files that are verified which agrees with every pin: tells keys."""
    retired: tuple[Retirement, ...] = ()
    """Keys of papers and codes that evidence at hand knows to be retired; what they signed cannot be dated and counts as unsigned."""
    registrations: tuple[KeyRegistration, ...] = ()
    is_signed_only: bool = False
    """The reader knows that the log signs its papers: an unsigned one is not checked, even if it is what its evidence prints."""

    @property
    def log_keys(self) -> tuple[str, ...]:
        """Keys of the log: the pinned ones, else those of the bundle's ``log.found``, else the policy's."""
        if self.vkeys:
            return self.vkeys
        if self.bundle is not None:
            return self.bundle.log.log_keys
        return () if self.policy is None else self.policy.log_vkeys

    @property
    def witnesses(self) -> Policy:
        """Whose cosignatures count: the reader's policy, else the one in force in the bundle."""
        if self.policy is not None:
            return self.policy
        return _NO_WITNESSES if self.bundle is None else parse_policy_lines(self.bundle.log.witness_policy)

    @property
    def knows_witnesses(self) -> bool:
        """Whether anything says which witnesses there are."""
        return self.policy is not None or self.bundle is not None

    @property
    def is_pinned(self) -> bool:
        """Whether the log's identity comes from the reader."""
        return bool(self.found or self.vkeys or (self.policy is not None and self.policy.logs))

    def open(self, note: bytes) -> OpenedCheckpoint:
        """The checkpoint, if the log signed it and no known witness's line fails; refuses RECEIPT_UNCHECKED without any key of a log."""
        if not self.log_keys:
            raise refuse("RECEIPT_UNCHECKED", field="checkpoint", expected="--vkey log.vkey, --bundle, --policy")
        opened = open_checkpoint(note, self.log_keys, self.witnesses.witness_vkeys)
        if self.policy is not None and not self.policy.is_met_by({line.vkey for line in opened.cosignatures}):
            named = ", ".join(line.vkey.partition("+")[0] for line in opened.cosignatures)
            raise refuse(
                "NOTE_SIGNATURE",
                field="quorum",
                found=named or "-",
                expected=Phrase(f"策略所定的 quorum {self.policy.quorum!a}", f"the quorum {self.policy.quorum!a} of the policy"),
            )
        return opened

    def open_bundle(self, raw: bytes) -> Bundle:
        """A bundle that agrees with every pin: ``found``, the log's keys, the witnesses asked for. Refusal otherwise."""
        bundle = open_bundle(raw, all_kinds(), self.found or None)
        if not set(self.vkeys) <= set(bundle.log.log_keys):
            raise refuse("FOUND_DIFFERS", field="log_keys", found=", ".join(bundle.log.log_keys), expected=", ".join(self.vkeys))
        if self.vkeys or self.policy is not None:
            log_keys = self.vkeys or (() if self.policy is None else self.policy.log_vkeys) or bundle.log.log_keys
            replace(self, vkeys=log_keys, bundle=None).open(bundle.note)
        return bundle

    def with_bundle(self, raw: bytes) -> Anchor:
        """With the bundle of a certificate or a bundle, if it is of the pinned log; Refusal otherwise."""
        bundle = self.open_bundle(bundle_in(raw))
        return replace(self, bundle=bundle, retired=tuple({*self.retired, *retirements(bundle)}))

    def retired_in(self, found: str) -> dict[str, Retirement]:
        """Keys of that log known to be retired, by keyid."""
        return {one.keyid: one for one in self.retired if one.found == found}

    def key(self, name: str) -> KeyRecord | None:
        """A registered key as the bundle tells it."""
        record: KeyRecord | None = None if self.bundle is None else self.bundle.facts.get(f"key:{name}")
        return record

    def registered_key(self, name: str, uscc: str) -> KeyRecord | None:
        """A key of the given registrations, for the party that its proof of possession names; refuses POSSESSION_WRONG for another."""
        for registration in self.registrations:
            spki = b64.decode(registration.spki, field="spki")
            if keyid(spki) != name:
                continue
            found = self.found or ("" if self.bundle is None else self.bundle.found)
            if found:
                check_registration(registration, found, uscc, field="--registration")
            return KeyRecord(uscc=uscc, suite=registration.suite, spki=spki, added=0)
        return None


def make_anchor(
    found: str | None = None,
    *,
    vkeys: bytes = b"",
    policy: bytes | None = None,
    bundle: bytes | None = None,
    registrations: tuple[bytes, ...] = (),
    is_signed_only: bool = False,
) -> Anchor:
    """From the contents of the files; Refusal for one that is malformed, FOUND_DIFFERS for a bundle of another log."""
    anchor = Anchor(
        found=found or "",
        vkeys=_vkeys(vkeys),
        policy=None if policy is None else parse_policy(policy),
        registrations=tuple(map(_registration, registrations)),
        is_signed_only=is_signed_only,
    )
    return anchor if bundle is None else anchor.with_bundle(bundle)


def _vkeys(raw: bytes) -> tuple[str, ...]:
    lines = tuple(line for line in raw.decode("utf-8", "replace").splitlines() if line)
    for line in lines:
        parse_vkey(line)
    if raw and not lines:
        raise refuse(
            "VKEY_FORM",
            field="--vkey",
            found=Phrase("没有签名行", "no line"),
            expected=Phrase("名称+8 位十六进制+Base64", "name+hex8+base64"),
        )
    return lines


def _registration(raw: bytes) -> KeyRegistration:
    try:
        registration = msgspec.json.decode(raw, type=KeyRegistration)
        b64.decode(registration.spki, field="spki")
    except (msgspec.MsgspecError, Refusal):
        raise refuse(
            "REGISTRATION_FORM", field="--registration", found=Phrase("别的内容", "something else"), expected="suite, spki, pop"
        ) from None
    return registration
