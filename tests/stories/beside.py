"""Stories of cases beside a manifest: who holds a load and lets it go, what is lost, told late, or contested. All firms are fictitious."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from ledger.times import format_at
from liandan.demo.calendar import at
from liandan.demo.cast import CHONGQING, SICHUAN
from liandan.demo.play import PlannedAct
from liandan.demo.trip import ManifestStory
from signing.envelope import freeze
from tests.stories.stage import Stage


def case_of(stage: Stage, trip: ManifestStory, name: str) -> str:
    """A case about a manifest, by a name of the story."""
    return f"{trip.chain.replace('manifest', 'case', 1)}/{stage.world.ulid(trip.now_s, name)}"


def beside(trip: ManifestStory, kind: str, chain: str, moment: str, by: tuple[str, ...], *, trunk: bool = True, **body: Any) -> None:
    """A statement of a case, signed and posted at one moment."""
    at_s, known = at(moment), {"trunk": f"$trunk:{trip.name}"} if trunk else {}
    trip.acts.append(PlannedAct(kind=f"case.{kind}/1", chain=chain, by=by, body=known | body, at_s=at_s, post_s=at_s))


def held(stage: Stage) -> ManifestStory:
    """The authority of the destination stops a truck on the road, looks at it, and lets it go: nothing is reloaded in between."""
    trip = stage.trip("batteries_out", "held", "10-14 08:30", "5.6").do("issue; depart 50m")
    case = case_of(stage, trip, "roadside")
    beside(
        trip,
        "hold",
        case,
        "10-14 10:30",
        (CHONGQING.uscc,),
        reason="群众举报渗漏，停车检查（虚构）",
        basis="固体废物污染环境防治法（虚构）",
    )
    port = {"division": "500112", "address": "重庆市渝北区虚构服务区1号"}
    trip.do("stop", at="10-14 11:00", set={"place": port, "reason": "接受检查（虚构）"})
    reloaded = {"place": port, "reason": "换车（虚构）", "waybill_no": "DG-HELD-2"}
    trip.do("transship", at="10-14 11:30", set=reloaded, refused=("HELD",))
    beside(trip, "release", case, "10-14 12:30", (CHONGQING.uscc,), trunk=False, reason="未发现渗漏，放行（虚构）")
    return trip.do("arrive", at="10-14 15:30").do("receive 35m").do("dispose 3d; verify 1d")


def lapsed(stage: Stage) -> ManifestStory:
    """A hold that names its end ends by itself: the truck leaves half an hour later, and nobody has to write anything."""
    trip = stage.trip("batteries_out", "lapsed", "10-15 08:30", "5.6").do("issue")
    until = format_at(at("10-15 12:00"))
    beside(trip, "hold", case_of(stage, trip, "papers"), "10-15 10:30", (SICHUAN.uscc,), reason="核对转移计划（虚构）", until=until)
    trip.do("depart", at="10-15 11:00", refused=("HELD",)).do("depart", at="10-15 12:30")
    return trip.do("arrive 4h").do("receive 35m").do("dispose 3d; verify 1d")


def overtaken(stage: Stage) -> ManifestStory:
    """The phone had no network: the truck had left before the hold was entered, which both sides see, and nobody is blamed for it."""
    trip = stage.trip("batteries_out", "overtaken", "10-16 08:30", "5.6").do("issue")
    case = case_of(stage, trip, "too late")
    beside(trip, "hold", case, "10-16 11:00", (SICHUAN.uscc,), reason="来源存疑（虚构）")
    trip.do("depart", at="10-16 09:30", posted="10-16 13:00")
    beside(trip, "release", case, "10-16 14:30", (SICHUAN.uscc,), trunk=False, reason="已核实（虚构）")
    return trip.do("arrive", at="10-16 15:00").do("receive 35m").do("dispose 3d; verify 1d")


def stolen(stage: Stage) -> ManifestStory:
    """Truck and load are gone: the authorities of both sides close the manifest with what is missing, and the quota comes back."""
    trip = stage.trip("batteries_out", "stolen", "10-19 08:30", "5.6").do("issue; depart 50m")
    missing = [{"line": 0, "mass_t": "5.6", "cause": "stolen"}]
    finding, case = "车辆被盗，公安机关已立案（虚构）", case_of(stage, trip, "theft")
    beside(trip, "close_with_gap", case, "10-23 10:30", (CHONGQING.uscc, SICHUAN.uscc), gaps=missing, finding=finding)
    return trip


def told_late(stage: Stage) -> ManifestStory:
    """A difference that was neither notified nor reported; the receiver reports it the day after, and the generator answers in the thread."""
    trip = stage.trip("batteries_out", "told late", "10-20 08:30", "5.6").do("issue; depart 50m; arrive 4h").do("receive 35m", net_t="5.1")
    case = case_of(stage, trip, "short")
    to = [trip.generator.uscc, CHONGQING.uscc]
    about = {"about": "discrepancy", "given_at": format_at(at("10-21 09:00")), "to": to, "line": 0}
    beside(trip, "report", case, "10-21 09:30", (trip.receiver.uscc,), **about, text="到厂复磅短少 0.5 吨（虚构）", ref="报告7号（虚构）")
    answer = {"about": "other", "given_at": format_at(at("10-21 10:00")), "text": "已复核装车磅单（虚构）"}
    beside(trip, "report", case, "10-21 10:30", (trip.generator.uscc,), trunk=False, **answer)
    return trip.do("dispose 3d; verify 1d")


STORIES = (held, lapsed, overtaken, stolen, told_late)


def contested(stage: Stage) -> tuple[ManifestStory, PlannedAct]:
    """A departure that was signed in time and never came through, before the receipt: the manifest, and the act that its carrier still has."""
    trip = stage.trip("batteries_out", "contested", "10-21 08:30", "5.6").do("issue").do("depart 50m", refused=("ACT_NOT_OPEN",))
    return trip, trip.acts.pop()


async def settle(stage: Stage, trip: ManifestStory, departed: PlannedAct) -> tuple[ManifestStory, list[bytes]]:
    """The load is received without a recorded departure; its carrier brings the act as evidence, an authority settles it.

    What the authority finds under ``contested`` and ``held`` on the way, and when all is settled.
    """
    envelope, names = stage.scribe.write(departed), ("contested", "held")
    case, waiting = case_of(stage, trip, "evidence"), stage.trip("batteries_out", "waiting", "10-31 08:30", "5.6").do("issue")
    trip.acts.clear()
    trip.do("receive", at="10-31 09:00")
    found = {"envelope": b64encode(freeze(envelope)).decode(), "codes": ["ACT_NOT_OPEN"], "reason": "手机无网络，事后才提交（虚构）"}
    beside(trip, "contest", case, "10-31 10:30", (trip.carrier.uscc,), **found)
    beside(waiting, "hold", case_of(stage, waiting, "papers"), "10-31 10:30", (SICHUAN.uscc,), reason="核对手续（虚构）")
    await stage.post([*trip.acts, *waiting.acts])
    answers = [await stage.read_as(CHONGQING.uscc, "/v1/manifests", **{name: "true"}) for name in names]
    trip.acts.clear()
    beside(trip, "release", case, "10-31 16:30", (SICHUAN.uscc,), trunk=False, reason="起运属实，已责令补登（虚构）")
    await stage.post(trip.acts)
    return waiting, [*answers, await stage.read_as(CHONGQING.uscc, "/v1/manifests", contested="true")]
