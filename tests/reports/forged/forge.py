"""The forgeries, by name: of a certificate that its issuer signed, of one that nobody signed, and of the evidence in either.

Each is told as (what is done, to which certificate) and must be called what :data:`FORGERIES` says. Nobody may call one good.
"""

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable

from msgspec import Struct

from reports.paper import pades
from tests.reports.forged.objects import EDITS, OTHER, saved
from tests.reports.forged.raw import numbers, packed, padded, page_text, replaced, revision, root_of, start_of, stream


class Originals(Struct, frozen=True, kw_only=True):
    """What forgers have at hand."""

    signed: bytes
    unsigned: bytes
    """Of a log that has no key for papers."""
    elsewhere: bytes
    """Signed by another log's issuer."""
    other: bytes
    """Another certificate of the signed one's log."""


class Forgery(Struct, frozen=True, kw_only=True):
    """One forgery: ``codes`` empty where the evidence holds and only the paper was not checked."""

    make: Callable[[Originals], bytes]
    codes: tuple[str, ...] = ()


Make = Callable[[bytes], bytes]


def _objects_in(raw: bytes) -> list[int]:
    return numbers(raw)


def _free(raw: bytes) -> int:
    return max(_objects_in(raw)) + 50


def fake_catalogue(raw: bytes) -> bytes:
    """A revision whose catalogue leads to a page of one's own."""
    root, pages, page, content = (_free(raw) + step for step in range(4))
    objects = {
        root: b"<</Type/Catalog/Pages %d 0 R>>" % pages,
        pages: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % page,
        page: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Contents %d 0 R>>" % (pages, content),
        content: page_text(b"9.999999 t"),
    }
    return revision(raw, objects, root=root)


def fake_catalogue_without_the_past(raw: bytes) -> bytes:
    """The same with no way back to the first revision."""
    root, pages, page = (_free(raw) + step for step in range(3))
    objects = {
        root: b"<</Type/Catalog/Pages %d 0 R>>" % pages,
        pages: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % page,
        page: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]>>" % pages,
    }
    return revision(raw, objects, prev=False, root=root)


def root_written_again(raw: bytes) -> bytes:
    """The catalogue's own number, in a revision."""
    return revision(raw, {root_of(raw): b"<</Type/Catalog/Pages<</Type/Pages/Kids[]/Count 0>>>>"})


def object_twice(raw: bytes) -> bytes:
    """A second object of one number in the body: readers that rebuild take the last, others what the table says."""
    end = raw.rindex(b"startxref")
    return raw[:end] + b"%d 0 obj\n%s\nendobj\n" % (_objects_in(raw)[0], page_text(b"9 t")) + raw[end:]


def start_in_a_comment(raw: bytes) -> bytes:
    """A second startxref far from the end, in a comment."""
    return raw[:9] + b"% startxref 0 %%EOF\n" + raw[9:]


def start_that_lies(raw: bytes) -> bytes:
    """startxref points at nothing: readers rebuild, each in its way."""
    return padded(raw, b"startxref\n%d" % start_of(raw), b"startxref\n1")


def two_starts(raw: bytes) -> bytes:
    """Two startxref before the end."""
    return raw + b"startxref\n%d\n%%%%EOF\n" % start_of(raw)


def end_removed(raw: bytes) -> bytes:
    """No %%EOF."""
    return raw[: raw.rindex(b"%%EOF")]


def junk_before(raw: bytes) -> bytes:
    """Bytes before the header move every place."""
    return b"\x00" * 100 + raw


def another_version(raw: bytes) -> bytes:
    """The header of another version."""
    return raw.replace(raw[:8], b"%PDF-2.0", 1)


def linearised(raw: bytes) -> bytes:
    """A dictionary of linearisation that names another first page and length."""
    head = raw.index(b"\n", 9) + 1
    return raw[:head] + b"999 0 obj<</Linearized 1/L %d/H[0 0]/O 998/E 9/N 1/T 9>>endobj\n" % len(raw) + raw[head:]


def hybrid(raw: bytes) -> bytes:
    """A hybrid table: old readers read it, new ones the stream that it names."""
    table = len(raw)
    return raw + b"xref\n0 0\ntrailer\n<</Size 9/Root %d 0 R/XRefStm %d/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        root_of(raw), start_of(raw), start_of(raw), table,
    )  # fmt: skip


def encrypted_by_word(raw: bytes) -> bytes:
    """A revision that says the file is encrypted."""
    return replaced(revision(raw, {_free(raw): b"<<>>"}), b"trailer\n<<", b"trailer\n<</Encrypt<</Filter/Standard/V 1/R 2/O()/U()/P -4>>")


def longer_stream(raw: bytes) -> bytes:
    """A stream whose length lies, in a revision."""
    return revision(raw, {_objects_in(raw)[0]: stream(OTHER, length=3)})


def bomb(raw: bytes) -> bytes:
    """Streams that unpack to gigabytes, behind the end."""
    small = zlib.compress(bytes(15_000_000), 9)
    return raw + b"".join(b"%d 0 obj\n%s\nendobj\n" % (5000 + at, stream(small, b"/Filter/FlateDecode")) for at in range(60))


def comment_at_the_end(raw: bytes) -> bytes:
    """A remark behind the end, which no reader shows."""
    return raw + b"% nothing\n"


def cut_in_two(raw: bytes) -> bytes:
    """The second half is missing, and with it the evidence or its end."""
    return raw[: len(raw) // 2]


RAW: tuple[Make, ...] = (
    fake_catalogue, fake_catalogue_without_the_past, root_written_again, object_twice, start_in_a_comment, start_that_lies, two_starts,
    end_removed, junk_before, another_version, linearised, hybrid, encrypted_by_word, longer_stream, bomb, comment_at_the_end,
)  # fmt: skip


def _gap(raw: bytes) -> tuple[int, int]:
    found = re.search(rb"/ByteRange \[ 0 (\d+) (\d+)", raw)
    assert found is not None
    return int(found[1]), int(found[2])


def signature_moved(originals: Originals) -> bytes:
    """The signature of one certificate in another."""
    (start, end), (low, high) = _gap(originals.signed), _gap(originals.other)
    assert end - start == high - low
    return originals.signed[:start] + originals.other[low:high] + originals.signed[end:]


def signature_of_a_stranger(originals: Originals) -> bytes:
    """The same pages, signed by the issuer of another log."""
    theirs = pades.signature_of(originals.elsewhere)
    assert theirs is not None
    (start, end), (low, high) = _gap(originals.signed), _gap(originals.elsewhere)
    return originals.signed[:start] + originals.elsewhere[low:high].ljust(end - start) + originals.signed[end:]


def signature_removed(originals: Originals) -> bytes:
    """Zeros in the gap."""
    start, end = _gap(originals.signed)
    return originals.signed[:start] + b"<" + b"0" * (end - start - 2) + b">" + originals.signed[end:]


def signature_in_capitals(originals: Originals) -> bytes:
    """The same signature, written otherwise."""
    start, end = _gap(originals.signed)
    return originals.signed[:start] + originals.signed[start:end].upper() + originals.signed[end:]


def padding_used(originals: Originals) -> bytes:
    """Something in the padding behind the signature."""
    _, end = _gap(originals.signed)
    return originals.signed[: end - 3] + b"41" + originals.signed[end - 1 :]


def range_that_leaves_out(originals: Originals) -> bytes:
    """A range that ends before the end, and something behind it."""
    return originals.signed + b"9 0 obj<<>>endobj\n"


def range_written_twice(originals: Originals) -> bytes:
    """A second byte range, which another reader may take."""
    return replaced(originals.signed, b"/ByteRange", b"/ByteRange [0 1 2 3]/ByteRange")


SIGNATURES: tuple[Callable[[Originals], bytes], ...] = (
    signature_moved, signature_of_a_stranger, signature_removed, signature_in_capitals, padding_used, range_that_leaves_out,
    range_written_twice,
)  # fmt: skip


def _evidence(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The certificate with its evidence changed, in place of the old: the stream is written again and the places repaired by a library."""
    from reports.attachment import NAME, bundle_in  # the reader under test finds it; what is changed is then ours alone

    changed = change(bundle_in(raw))

    def swap(pdf: object) -> None:
        pdf.attachments[NAME] = changed  # type: ignore[attr-defined]

    return saved(raw, swap)


def _newest_entry(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(bundle: bytes) -> bytes:
        fields = json.loads(bundle)
        last = fields["entries"][-1]
        last["entry"] = b64encode(change(b64decode(last["entry"]))).decode()
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    return changed


def hour_changed(raw: bytes) -> bytes:
    """Another hour of admission in the newest entry."""
    return _evidence(raw, _newest_entry(lambda entry: re.sub(rb'(.*"at":"[^"]+T)..', rb"\g<1>00", entry, count=1)))


def entry_left_out(raw: bytes) -> bytes:
    """A hole in a chain."""

    def drop(bundle: bytes) -> bytes:
        fields = json.loads(bundle)
        del fields["entries"][1]
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    return _evidence(raw, drop)


def checkpoint_changed(raw: bytes) -> bytes:
    """Another size in the checkpoint."""

    def change(bundle: bytes) -> bytes:
        fields = json.loads(bundle)
        name, size, *rest = b64decode(fields["checkpoint"]).split(b"\n")
        fields["checkpoint"] = b64encode(b"\n".join([name, b"%d" % (int(size) + 1), *rest])).decode()
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    return _evidence(raw, change)


def evidence_with_blanks(raw: bytes) -> bytes:
    """The same evidence, written otherwise: what it prints carries other bytes."""
    return _evidence(raw, lambda bundle: bundle + b" ")


def evidence_gone(raw: bytes) -> bytes:
    """No attachment."""

    def remove(pdf: object) -> None:
        from reports.attachment import NAME

        del pdf.attachments[NAME]  # type: ignore[attr-defined]

    return saved(raw, remove)


def _named(make: Callable[..., bytes]) -> str:
    return make.__name__.replace("_", " ")


def _on(base: str, make: Make) -> Callable[[Originals], bytes]:
    return lambda originals: make(getattr(originals, base))


def _edited(base: str, edit: object) -> Callable[[Originals], bytes]:
    return lambda originals: saved(getattr(originals, base), edit)  # type: ignore[arg-type]


FORGERIES: dict[str, Forgery] = {
    **{f"{_named(edit)} ({base})": Forgery(make=_edited(base, edit)) for edit in EDITS for base in ("signed", "unsigned")},
    **{f"{_named(make)} ({base})": Forgery(make=_on(base, make)) for make in RAW for base in ("signed", "unsigned")},
    **{_named(make): Forgery(make=make) for make in SIGNATURES},
    "another certificate behind it": Forgery(make=lambda of: of.signed + of.other, codes=("CERT_TWO_BUNDLES",)),
    "another certificate before it": Forgery(make=lambda of: of.other + of.signed, codes=("CERT_TWO_BUNDLES",)),
    "itself behind it": Forgery(make=lambda of: of.signed + of.signed),
    "cut in two": Forgery(make=_on("signed", cut_in_two), codes=("CERT_NO_BUNDLE",)),
    "evidence gone": Forgery(make=_on("signed", evidence_gone), codes=("CERT_NO_BUNDLE",)),
    "hour changed": Forgery(make=_on("signed", hour_changed), codes=("PROOF_WRONG",)),
    "entry left out": Forgery(make=_on("signed", entry_left_out), codes=("KEY_UNKNOWN",)),
    "checkpoint changed": Forgery(make=_on("signed", checkpoint_changed), codes=("NOTE_SIGNATURE",)),
    "evidence with blanks": Forgery(make=_on("signed", evidence_with_blanks)),
    "of a log without the pin": Forgery(make=lambda of: of.elsewhere, codes=("FOUND_DIFFERS",)),
}

__all__ = ["FORGERIES", "Forgery", "Originals", "packed"]
