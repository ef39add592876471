"""What the square code says: a short signed claim (随附声明) about one document, which a phone checks without a network.

``liandan1`` and eleven values, one a line, UTF-8, no LF at the end; signed by an ``issuer.key`` of use ``claim`` over
PAE(``application/vnd.liandan.claim.v1``, text). It travels in the fragment of an https address, which no browser sends to a server, as
``#<base64url of the text>.<base64url of r‖s>``. Text and signature have at most 300 bytes.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from ledger.mass import format_mass
from ledger.times import format_at
from manifests.model import ManifestState
from signing.envelope import pae
from signing.payload import first_forbidden
from signing.refusal import refuse
from signing.suite import verify

PAYLOAD = "application/vnd.liandan.claim.v1"
BEGINNING = b"liandan1\n"
SUITE = "ecdsa-p256-sha256"
SIGNATURE_BYTES = 64
CLAIM_MAX = 300
TEXT_MAX = CLAIM_MAX - SIGNATURE_BYTES
CODES_SHOWN, PLATE_SHOWN = 2, 8
ROOT_SHOWN, KEY_SHOWN = 12, 8
"""Hexadecimal digits."""
TRAVELLING_MAX = 1024
"""Characters, the address in front included."""
FORM = re.compile(
    r"[ct]\n[0-9A-Za-z]{1,32}\n[a-z_]{1,32}\n[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\n[^\n]{1,80}\n[0-9]{1,16}(?:\.[0-9]{1,6})?\n"
    r"(?:[0-9A-Z]{18}|-)(?: (?:[0-9A-Z]{18}|-)){2}\n[^\n]{1,9}\n[0-9]{6} [0-9]{6}\n(?:0|[1-9][0-9]{0,15}) [0-9a-f]{12}\n[0-9a-f]{8}"
)
"""The eleven values, so that nobody is shown what no issuer writes; ``verify.html`` has the same."""


class Claim(Struct, frozen=True, kw_only=True):
    """The values of a claim, in the order of its lines."""

    document: str
    """``c`` (转移证明) or ``t`` (在途凭证)."""
    number: str
    """National number, else the ULID."""
    stage: str
    as_of: str
    """``YYYY-MM-DDThh:mm``, +08:00: admission of the newest entry about the manifest."""
    codes: str
    """Waste codes, the first two and ``+n`` for more."""
    mass_t: str
    """Accepted tonnes after the receipt, before it the loaded ones, else the declared."""
    parties: str
    """USCC of generator, carrier now or last (or ``-``), receiver."""
    plate: str
    """Of the vehicle now or last, cut after eight characters, sooner where the text would be too long; ``-`` before departure."""
    way: str
    """Divisions: from and to."""
    place: str
    """Size of the checkpoint and first twelve digits of its root."""
    key: str
    """First eight digits of the keyid that signs."""

    @property
    def day(self) -> str:
        """The day of ``as_of``, which has no offset because it is +08:00 by its form."""
        return self.as_of.partition("T")[0]

    @property
    def text(self) -> bytes:
        """The bytes that are signed, before PAE."""
        return BEGINNING + "\n".join(getattr(self, name) for name in self.__struct_fields__).encode()

    @property
    def words(self) -> str:
        """Twelve digits in groups of four, for eyes: the beginning of SHA-256 of the text."""
        digits = sha256(self.text).hexdigest()
        return " ".join(digits[at : at + 4] for at in (0, 4, 8))


class SignedClaim(Struct, frozen=True):
    """A claim and its signature r‖s."""

    claim: Claim
    signature: bytes

    @property
    def raw(self) -> bytes:
        """``<base64url>.<base64url>``, as it travels."""
        return b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in (self.claim.text, self.signature))

    def address(self, origin: str) -> str:
        """The address that the code holds: made from the log's origin alone, so that no setting can change what is printed."""
        return f"https://{origin.partition('/')[0]}/v#{self.raw.decode()}"

    def check(self, spki: bytes) -> None:
        """Refusal SIGNATURE_WRONG, SIGNATURE_FORM for a signature that is not one by this key."""
        verify(SUITE, spki, pae(PAYLOAD, self.claim.text), self.signature)


def claim_of(state: ManifestState, *, document: str, number: str, as_of_s: int, size: int, root: bytes, keyid: str) -> Claim:
    """The claim about a manifest as the evidence tells it."""
    codes = list(dict.fromkeys(line.code for line in state.lines))
    more = [f"+{len(codes) - CODES_SHOWN}"] if len(codes) > CODES_SHOWN else []
    leg = (state.open_legs or state.legs or (None,))[-1]
    grams = sum(line.sent_g if line.accepted_g is None else line.accepted_g for line in state.lines)
    carrier = leg.carrier if leg is not None else "-"
    whole = Claim(
        document=document,
        number=number,
        stage=str(state.stage),
        as_of=format_at(as_of_s)[:16],
        codes=",".join([*codes[:CODES_SHOWN], *more]),
        mass_t=format_mass(grams).rstrip("0").rstrip("."),
        parties=" ".join((state.generator, carrier, state.receiver)),
        plate="-" if leg is None else leg.vehicle.plate,
        way=f"{state.origin.division} {state.destination.division}",
        place=f"{size} {root.hex()[:ROOT_SHOWN]}",
        key=keyid[:KEY_SHOWN],
    )
    return _cut(whole)


def _cut(claim: Claim) -> Claim:
    """With as much of the plate as there is room for: ships have names there, and a character takes up to four bytes."""
    whole = claim.plate
    plates = (whole if len(whole) <= shown else f"{whole[:shown]}…" for shown in range(PLATE_SHOWN, -1, -1))
    return next(cut for plate in plates if len((cut := replace(claim, plate=plate)).text) <= TEXT_MAX)


def parse_claim(raw: str) -> SignedClaim:
    """A claim as it travels, with or without the address in front; Refusal CLAIM_FORM for whatever is none."""
    travelling = raw.rpartition("#")[2]
    try:
        text, signature = (urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in travelling[:TRAVELLING_MAX].split("."))
        said = text.removeprefix(BEGINNING).decode()
        found = SignedClaim(Claim(**dict(zip(Claim.__struct_fields__, said.split("\n"), strict=True))), signature)
        is_short = len(signature) == SIGNATURE_BYTES and len(text) <= TEXT_MAX
        is_ours = FORM.fullmatch(said) is not None and first_forbidden(said.replace("\n", "")) is None
        is_whole = found.raw.decode() == travelling and is_short and is_ours
    except ValueError:
        is_whole, found = False, None
    if found is None or not is_whole:
        raise refuse("CLAIM_FORM", found=raw[:60], expected="https://…/v#…")
    return found
