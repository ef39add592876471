"""Certificates of a whole month from a log in files: an installation's own or an export. No server, no database.

What the files say is believed no further than a verifier would: every bundle is opened, and so verified against the signed checkpoint,
before it is printed.
"""

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from secrets import token_hex

from msgspec import Struct

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.bundle import make_bundle
from ledger.times import parse_at
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.merkle import inclusion_proof
from ledger.tree.tiles import Read, TileReader
from manifests.naming import Reports, noted
from manifests.view import ManifestView, concerns, fold
from reports.attachment import bundles_in, is_pdf, says_layout
from reports.crew import in_order
from reports.documents import layout_of
from reports.evidence import collect
from reports.issuing import UNSIGNED, Signers
from reports.paper.pades import signature_of
from reports.paper.tongue import Tongue, path_in
from reports.press import Press
from reports.reconcile import check_month
from reports.verify import FILE_MAX
from signing.files import read_if_there
from signing.keys import keyid
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

CHAINS_KEPT = 1024
"""Chains whose entries stay in memory: those of the log and of parties are in every bundle."""
Progress = Callable[[int, int], None]


class FiledLog:
    """A log read from files, as of its newest checkpoint: its manifests, and their bundles."""

    def __init__(self, read: Read, kinds: Kinds, progress: Progress = lambda done, of: None) -> None:
        """Reads every entry once. Refusal NOT_FOUND, those of checkpoints (NOTE_…) and tiles."""
        note, vkeys = read("checkpoint"), read("log.vkey")
        if note is None or vkeys is None:
            raise refuse(
                "NOT_FOUND", field="checkpoint, log.vkey", expected=Phrase("导出件，或账本的文件", "an export, or the files of a log")
            )
        self.note, self._kinds = note, kinds
        self.checkpoint = open_checkpoint(note, vkeys.decode("utf-8", "replace").splitlines()).checkpoint
        self._reader = TileReader(self.checkpoint.size, read)
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        self._cases: defaultdict[str, list[str]] = defaultdict(list)
        self.views: dict[str, ManifestView] = {}
        self._reports = Reports()
        self.at = ""
        """``admission.at`` of the last entry: of what came after it nothing is known."""
        for done, raw in enumerate(self._reader.entries(0, self.checkpoint.size), 1):
            self._take(read_entry(raw, kinds))
            progress(done, self.checkpoint.size)
        self._entries = lru_cache(CHAINS_KEPT)(self._read_chain)

    def _take(self, entry: Entry) -> None:
        chain, trunk = entry.statement.chain, concerns(entry)
        if trunk is not None:
            self.views[trunk] = fold(self.views.get(trunk), entry)
            if chain != trunk and chain not in self._places:
                self._cases[trunk].append(chain)
        for named in self._reports.named_by(entry):
            self.views[named] = noted(self.views[named], entry)
        self._places[chain].append(entry.index)
        self.at = entry.admission.at

    def _read_chain(self, chain: str) -> tuple[Entry, ...]:
        places = self._places.get(chain, ())
        return tuple(read_entry(raw, self._kinds) for at in places for raw in self._reader.entries(at, at + 1))

    async def _chain(self, chain: str) -> list[Entry]:
        return list(self._entries(chain))

    def bundle(self, trunk: str) -> bytes:
        """The bundle of a manifest, the same bytes as from the database at this checkpoint."""
        size, hash_at = self.checkpoint.size, self._reader.hash_at
        collecting: Coroutine[None, None, list[Entry]] = collect(self._chain, trunk, self._cases.get(trunk, ()))
        try:
            collecting.send(None)
            raise AssertionError("a file does not wait for anything")
        except StopIteration as done:
            entries: list[Entry] = done.value
        return make_bundle(self.note, trunk, entries, lambda index: inclusion_proof(index, size, hash_at))

    def named(self, name: str) -> ManifestView:
        """The manifest of ``<generator>/<ULID>``, a ULID or a national number; Refusal MANIFEST_UNKNOWN, MANIFEST_AMBIGUOUS."""
        found = [view for chain, view in self.views.items() if name in (chain.partition("/")[2], view.ulid, view.state.number)]
        if not found:
            raise refuse("MANIFEST_UNKNOWN", field="id", found=name)
        if len(found) > 1:
            raise refuse("MANIFEST_AMBIGUOUS", field="id", found=name, expected=" ".join(view.chain for view in found))
        return found[0]

    def is_over(self, month: str) -> bool:
        """Whether a month is over in the log; of one that is not, some manifests are received later. Refusal MONTH_FORM."""
        return parse_at(self.at) >= check_month(month).end_s

    def received(self, month: str) -> dict[str, ManifestView]:
        """Manifests received in the month (``YYYY-MM``) by the name of their file, in the order of receipt; Refusal MONTH_FORM.

        The name is the national number; where there is none, or several manifests have it, generator and ULID.
        """
        period = check_month(month)
        wanted = [view for view in self.views.values() if period.holds(view.state.times.received_s)]
        wanted.sort(key=lambda view: (view.state.times.received_s, view.chain))
        numbers = [view.state.number for view in wanted]
        return {
            view.state.number
            if view.state.number and numbers.count(view.state.number) == 1
            else f"{view.state.generator}-{view.ulid}": view
            for view in wanted
        }


class Batched(Struct, frozen=True):
    """What became of one certificate."""

    file: str
    is_new: bool = False
    """Written now; else it was there already, the same."""
    reasons: tuple[Reason, ...] = ()
    """Why there is none."""


class _Job(Struct, frozen=True):
    path: Path
    bundle: bytes
    tongue: Tongue


_printing: list[tuple[Press, Signers]] = []
"""What this process prints with."""


def begin(kinds: Callable[[], Kinds], signers: Callable[[], Signers]) -> None:
    """Make a press in this process; both are called here, because neither kinds nor private keys travel between processes."""
    held = signers()
    _printing[:] = [(Press(kinds(), held), held)]


def print_one(job: _Job) -> Batched:
    """Write a certificate, whole or not at all, unless it is there."""
    [(press, signers)] = _printing
    try:
        there = read_if_there(job.path, FILE_MAX) or b""
        if _is_signed(there, job, signers):
            return Batched(job.path.name)
        content = press.certificate(job.bundle, job.tongue)
    except Refusal as refusal:
        return Batched(job.path.name, reasons=tuple(refusal.reasons))
    if content != there:
        fresh = job.path.with_name(f".{job.path.name}.{token_hex(4)}.part")
        try:
            fresh.write_bytes(content)
            fresh.replace(job.path)
        finally:
            fresh.unlink(missing_ok=True)
    return Batched(job.path.name, is_new=content != there)


def _is_signed(there: bytes, job: _Job, signers: Signers) -> bool:
    """Whether a file is this certificate, of this evidence, layout and language, that one of our keys signed to the last byte: drawing it
    again proves nothing. Of another layout it is as good, but not what is asked for.
    """
    if not is_pdf(there) or not says_layout(there, layout_of("certificate", job.tongue)):
        return False
    try:
        signature = signature_of(there)
        return signature is not None and keyid(signature.spki) in signers and bundles_in(there) == [job.bundle]
    except Refusal:
        return False


def _jobs(log: FiledLog, wanted: dict[str, ManifestView], out: Path, tongues: Sequence[Tongue]) -> Iterator[_Job]:
    for name, view in wanted.items():
        bundle = log.bundle(view.chain)
        for tongue in tongues:
            yield _Job(path_in(tongue, out / f"{name}.pdf"), bundle, tongue)


def print_month(
    log: FiledLog,
    month: str,
    out: Path,
    kinds: Callable[[], Kinds],
    signers: Callable[[], Signers],
    progress: Progress,
    tongues: Sequence[Tongue] = ("zh",),
) -> list[Batched]:
    """Certificates of everything received in a month, in these languages, on all cores; to be repeated after an interruption: what is there
    stays.

    ``kinds`` and ``signers`` are functions of a module (or partials of one), called in each process, which need not share this one's environment. Refusal MONTH_FORM; ISSUER_KEY, ISSUER_LAPSED, at the first paper.
    """
    wanted = log.received(month)
    out.mkdir(parents=True, exist_ok=True)
    found: list[Batched] = []
    count = len(wanted) * len(tongues)
    for outcome in in_order(print_one, _jobs(log, wanted, out, tongues), count, begin=begin, given=(kinds, signers), preload=__name__):
        if any(reason.code in UNSIGNED for reason in outcome.reasons):
            raise Refusal(outcome.reasons)
        found.append(outcome)
        progress(len(found), count)
    return found
