"""Proving what was kept: everything gathered again from the first entry, and compared value by value with what lies there (``--from-genesis``)."""

from collections.abc import Iterator
from contextlib import closing

from msgspec import Struct

from ledger.admission.kind_table import Kinds
from reports.reconciliation.gathered.gathering import Gathering, decoder
from reports.reconciliation.gathered.pages import PagedMap, Unfit
from reports.reconciliation.kept.sealing import KeptIn, alone, forget, moments

SHOWN = 10
"""Names of values that differ, at most."""


class KeptProof(Struct, frozen=True, kw_only=True):
    """What the comparison came to: ``size`` entries, how many values there are by then, how many differ, and which (places in the map)."""

    size: int
    values: int = 0
    differing: int = 0
    places: tuple[str, ...] = ()
    unfit: str = ""
    """Why what lies there cannot be read, or why there is nothing to compare; empty where it was compared."""

    @property
    def is_equal(self) -> bool:
        """Whether what was kept is what the entries give."""
        return not self.unfit and not self.differing

    def lines(self) -> list[str]:
        """For people."""
        if self.unfit and not self.size:
            return [f"没有可比较的留存：{self.unfit} / nothing kept to compare"]
        if self.unfit:
            return [f"留存未能比较（{self.size} 条处）：{self.unfit} / what was kept at {self.size} entries could not be compared"]
        if self.is_equal:
            return [
                f"留存与重新汇总一致：{self.size} 条，{self.values} 个值 / what was kept is equal: {self.size} entries, {self.values} values"
            ]
        what = f"留存与重新汇总不一致：{self.size} 条处 {self.values} 个值中有 {self.differing} 个不同；已删除，下次重新留存"
        said = (
            f"{self.differing} of {self.values} values differ at {self.size} entries; what was kept is thrown away and made again next time"
        )
        return [f"{what} / {said}", *(f"  {place}" for place in self.places)]


class Prover:
    """Compares once a gathering from the first entry is as far as what was kept."""

    def __init__(self, kept: KeptIn | None, kinds: Kinds, origin: str) -> None:
        """Look how far what was kept is. Blocks while somebody else uses it."""
        self._kept, self._kinds, self._origin = kept, kinds, origin
        self.proof = KeptProof(size=0, unfit="nothing is kept")
        self.size = 0
        if kept is not None and kept.path.exists():
            try:
                with alone(kept.path), closing(self._open(kept)) as held:
                    self.size = max(moments(held, kept, origin), default=0)
            except Unfit as error:
                self.proof = KeptProof(size=0, unfit=str(error))
            else:
                self.proof = KeptProof(size=self.size, unfit="the log ends before it" if self.size else "nothing is kept")

    def _open(self, kept: KeptIn) -> PagedMap:
        return PagedMap(kept.path, self._kinds.encode, decoder(self._kinds))

    def look(self, gathering: Gathering) -> None:
        """Compare, where the gathering is that far."""
        if self._kept is None or not self.size or gathering.to.size != self.size:
            return
        with alone(self._kept.path), closing(self._open(self._kept)) as held:
            try:
                seal = moments(held, self._kept, self._origin).get(self.size)
                if seal is None:
                    self.proof = KeptProof(size=self.size, unfit="it has gone on meanwhile; ask again")
                    return
                held.use(seal.pages)
                values, places = 0, list[str]()
                for place, ours, theirs in _beside(gathering.held.items(), held.items()):
                    values += 1
                    if ours != theirs:
                        places.append(place)
                if seal.to != gathering.to:
                    places.insert(0, "how far it is")
            except Unfit as error:
                self.proof = KeptProof(size=self.size, unfit=str(error))
            else:
                self.proof = KeptProof(size=self.size, values=values, differing=len(places), places=tuple(places[:SHOWN]))
        if self.proof.differing:
            with alone(self._kept.path):
                forget(self._kept.path)


def _beside(ours: Iterator[tuple[str, bytes]], theirs: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    """Every place of two maps in order, with what each has there."""
    our, their = next(ours, None), next(theirs, None)
    while our is not None or their is not None:
        if their is None or (our is not None and our[0] < their[0]):
            assert our is not None, "one of them is left"
            yield our[0], our[1], None
            our = next(ours, None)
        elif our is None or their[0] < our[0]:
            yield their[0], None, their[1]
            their = next(theirs, None)
        else:
            yield our[0], our[1], their[1]
            our, their = next(ours, None), next(theirs, None)
