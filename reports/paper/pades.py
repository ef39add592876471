"""The issuing signature of a document: PAdES B-B (ETSI EN 319 142-1) with ECDSA P-256, in one pass into a reserved gap.

The same document and key give the same bytes, signature included (RFC 6979). A signature counts only if it covers the whole file but its
own hexadecimal digits: there is no second revision and nothing that one reader sees and another does not.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256, shake_256

import pikepdf
from asn1crypto import cms, tsp, x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from msgspec import Struct

from signing.refusal import Refusal
from signing.suite import verify

SUITE = "ecdsa-p256-sha256"
BESIDE_CERTIFICATE, BESIDE_NAME = 640, 400
"""Bytes of the CMS object beside its certificate, at least; and beside the issuer's name and number, which stand there once more."""
GAP_MAX = 64 * 1024
CERTIFICATES = 8
"""Whose frames are kept: a log has few, a folder of forgeries many."""
_UNFILLED = 9_999_999_999
_GAP = re.compile(rb"/ByteRange \[ 0 (\d{1,10}) (\d{1,10}) (\d{1,10}) *\]")
_CONTENTS = re.compile(rb"<([0-9a-f]*)>")

Sign = Callable[[bytes], bytes]
"""Bytes to a signature r‖s of the suite."""


class PaperSignature(Struct, frozen=True, kw_only=True):
    """A signature that covers the whole file, and the certificate that it names."""

    certificate: bytes
    value: bytes
    """r‖s."""

    @property
    def spki(self) -> bytes:
        """DER of the certified key."""
        return bytes(x509.Certificate.load(self.certificate).public_key.dump())


def room(certificate: bytes) -> int:
    """Bytes that are reserved for the signature: authorities have names of some hundred bytes."""
    held = x509.Certificate.load(certificate)
    named = len(held.issuer.dump()) + len(held["tbs_certificate"]["serial_number"].dump())
    return len(certificate) + max(BESIDE_CERTIFICATE, BESIDE_NAME + named)


def reserve(pdf: pikepdf.Pdf, certificate: bytes, date: str, name: str) -> None:
    """Put an unfilled certification signature (no change is allowed after it, ISO 32000-1 §12.8.2.2) into a document.

    ``date`` is PDF's: that of the evidence, as nothing here reads a clock. The widget has no area: the mark that people see is printed.
    """
    reference = pikepdf.Dictionary(
        Type=pikepdf.Name.SigRef,
        TransformMethod=pikepdf.Name.DocMDP,
        TransformParams=pikepdf.Dictionary(Type=pikepdf.Name.TransformParams, P=1, V=pikepdf.Name("/1.2")),
    )
    value = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Sig,
            Filter=pikepdf.Name("/Adobe.PPKLite"),
            SubFilter=pikepdf.Name("/ETSI.CAdES.detached"),
            ByteRange=[0, _UNFILLED, _UNFILLED, _UNFILLED],
            Contents=pikepdf.String(bytes(room(certificate))),
            M=pikepdf.String(date),
            Name=pikepdf.String(name),
            Reference=[reference],
        )
    )
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=pikepdf.String("liandan"),
            V=value,
            F=132,
            Rect=[0, 0, 0, 0],
            P=pdf.pages[0].obj,
        )
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field], SigFlags=3)
    pdf.Root.Perms = pikepdf.Dictionary(DocMDP=value)


def fill(raw: bytes, certificate: bytes, sign: Sign) -> bytes:
    """The document with its reserved gap filled."""
    gap = room(certificate)
    start = raw.index(b"<" + b"00" * gap + b">")
    end = start + 2 * gap + 2
    unfilled = f"/ByteRange [ 0 {_UNFILLED} {_UNFILLED} {_UNFILLED} ]".encode()
    assert raw.count(unfilled) == 1, "one signature is reserved"
    raw = raw.replace(unfilled, f"/ByteRange [ 0 {start} {end} {len(raw) - end}".encode().ljust(len(unfilled) - 2) + b" ]")
    digest = sha256(raw[:start] + raw[end:]).digest()
    contents = _cms(digest, certificate, sign(_attributes(digest, certificate)))
    assert len(contents) <= gap, "the gap is as long as the certificate needs"
    return raw[: start + 1] + contents.hex().ljust(2 * gap, "0").encode() + raw[end - 1 :]


def signature_of(raw: bytes) -> PaperSignature | None:
    """The signature that covers the whole file, verified by the key in its certificate; ``None`` where there is none such.

    Whoever relies on it compares ``spki`` with the keys that the log tells. The CMS object is not interpreted: it is made again from the
    certificate and the value that it names, and must be the same to the byte.
    """
    found = _GAP.search(raw)
    if found is None:
        return None
    start, end, rest = (int(number) for number in found.groups())
    contents = _CONTENTS.fullmatch(raw, start, end) if start < end <= start + GAP_MAX else None
    if contents is None or end + rest != len(raw):
        return None
    try:
        given = bytes.fromhex(contents[1].decode())
        signed = cms.ContentInfo.load(given)["content"]
        certificate: bytes = signed["certificates"][0].chosen.dump()
        r, s = decode_dss_signature(signed["signer_infos"][0]["signature"].native)
        signature = PaperSignature(certificate=certificate, value=r.to_bytes(32) + s.to_bytes(32))
        digest = sha256(raw[:start] + raw[end:]).digest()
        verify(SUITE, signature.spki, _attributes(digest, certificate), signature.value)
        whole = _cms(digest, certificate, signature.value)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, Refusal):  # of asn1crypto, for what is no CMS object of ours
        return None
    return signature if whole.ljust(len(given), b"\0") == given else None


def _attributes(digest: bytes, certificate: bytes) -> bytes:
    """What is signed, in DER: the digest of the file and the certificate's (RFC 5652 §5.3, RFC 5035); no time, which PAdES keeps in ``M``."""
    before, after = _signed_attributes(certificate)
    return before + digest + after


@lru_cache(maxsize=CERTIFICATES)
def _signed_attributes(certificate: bytes) -> tuple[bytes, bytes]:
    """The attributes up to the file's digest, and behind it."""
    mark = _mark(certificate, sha256().digest_size)
    named = tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(certificate).digest()}]})
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [mark]},
            {"type": "signing_certificate_v2", "values": [named]},
        ]
    )
    before, after = attributes.dump().split(mark)
    return before, after


def _mark(certificate: bytes, length: int) -> bytes:
    """Bytes that stand in no certificate of which they are made: the place of what is put in later."""
    return shake_256(b"the place in the frame of " + certificate).digest(length)


def _cms(digest: bytes, certificate: bytes, value: bytes) -> bytes:
    """The signature object in DER (RFC 5652), with the one certificate."""
    signature = encode_dss_signature(int.from_bytes(value[:32]), int.from_bytes(value[32:]))
    before, between, after = _frame(certificate, len(signature))
    return before + digest + between + signature + after


@lru_cache(maxsize=3 * CERTIFICATES)
def _frame(certificate: bytes, length: int) -> tuple[bytes, bytes, bytes]:
    """The signature object around the file's digest and a signature of so many bytes: its making costs more than drawing a page."""
    held, algorithm = x509.Certificate.load(certificate), {"algorithm": "sha256"}
    mark, digest = _mark(certificate, length), _mark(certificate, sha256().digest_size)
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", {"issuer": held.issuer, "serial_number": held.serial_number}),
        "digest_algorithm": algorithm,
        "signed_attrs": cms.CMSAttributes.load(_attributes(digest, certificate)),
        "signature_algorithm": SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        "signature": mark,
    }
    signed = {
        "version": "v1",
        "digest_algorithms": [algorithm],
        "encap_content_info": {"content_type": "data"},
        "certificates": [held],
        "signer_infos": [signer],
    }
    whole = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    head, after = whole.split(mark)
    before, between = head.split(digest)
    return before, between, after
