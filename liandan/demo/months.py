"""October is closed by the job of every installation, and both authorities confirm it: each after drawing the statement itself from the entries that
the feed gave it, at the size of the close.
"""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets
from ledger.publishing.files import LogFiles
from ledger.tree.merkle import Edge, leaf_hash
from liandan.client import AsyncLiandan
from liandan.demo import calendar
from liandan.demo.cast import CHONGQING, SICHUAN
from liandan.demo.founding import Keyring
from liandan.demo.play import HttpPoster, Unplanned
from liandan.demo.summary import MonthClosed
from liandan.months.job import MonthJob
from liandan.settings import Settings
from liandan.wiring import KINDS
from reports.reconcile import begin, finish, to_bytes
from whitelist.period import direction_of


async def close_month(data: Path, keyring: Keyring, poster: HttpPoster) -> tuple[MonthClosed, ...]:
    """The job, as it runs from a timer: every direction of the month, drawn, signed and posted."""
    job = MonthJob(Settings(data_dir=data), keyring.server, poster.url)
    report = await job.run(now_s=calendar.CLOSED, first=calendar.MONTH)
    found = []
    for closed in report.closed:
        way = "-".join(direction_of(closed.chain))
        signed = sha256((Path(closed.folder) / f"reconciliation-{calendar.MONTH}-{way}.json").read_bytes()).hexdigest()  # 100 KB
        found.append(MonthClosed(period=closed.chain, way=way, index=closed.index, size=closed.size, json=signed))
    return tuple(found)


async def agree(data: Path, closed: Iterable[MonthClosed], entries: Iterable[Entry], keyring: Keyring, poster: HttpPoster) -> None:
    """Both authorities recompute each close, and confirm what they got. Raises Unplanned where that differs."""
    known = list(entries)
    for number, one in enumerate(closed):
        fold = begin(calendar.MONTH, KINDS, DataSets(KINDS, LogFiles(data / "log", data / "entries").read))
        edge = Edge()
        for entry in known[: one.size]:
            fold.step(entry)
            edge = edge.append_many([leaf_hash(entry.raw)])
        own = to_bytes(finish(fold, direction_of(one.period), b64encode(edge.root()).decode()), "json")
        if sha256(own).hexdigest() != one.json:
            raise Unplanned(f"{one.period}: the authorities' own statement differs from the one that was closed")
        for place, authority in enumerate((SICHUAN, CHONGQING)):
            client = AsyncLiandan(poster.url, keyring.key(authority.uscc), trust=poster.trust)
            client.set_now(calendar.AGREED + (2 * number + place) * calendar.MINUTE)
            async with client:
                await client.post(client.sign(await client.draft("period.confirm/1", one.period, {"json": one.json})))
