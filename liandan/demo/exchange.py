"""The two sides' exchange of what was received on their lists (年度通报): the story's one act whose figures nobody wrote down before.

The log fills the report in from the manifests; the receiving side adds letter and environment and signs. Source: 2020 mechanism 6 [READ S6].
"""

import msgspec

from ledger.times import day_of
from liandan.demo import calendar
from liandan.demo.cast import CHONGQING, SICHUAN
from liandan.demo.play import HttpPoster, PlannedAct, Scribe, play, slots
from liandan.demo.world import World
from manifests.listed.answers import ListYear

_ENVIRONMENT = "各设施运行正常，在线监测达标（虚构）。"


async def exchange(world: World, scribe: Scribe, poster: HttpPoster) -> None:
    """Each receiving side reports on its list."""
    poster.client.set_now(calendar.EXCHANGED)
    for number, (way, chain) in enumerate(world.lists.items()):
        by = (CHONGQING if way.endswith("50") else SICHUAN).uscc
        answer = await poster.client.get(f"/v1/{chain.replace('list', 'lists', 1)}/report")
        [filled] = msgspec.to_builtins(msgspec.json.decode(answer, type=ListYear).bodies)
        added = {
            "letter_no": f"环函〔2026〕{120 + number}号（虚构）",
            "letter_date": day_of(calendar.EXCHANGED),
            "environment": _ENVIRONMENT,
        }
        at_s = calendar.EXCHANGED + number * calendar.MINUTE
        act = PlannedAct(kind="list.report/1", chain=chain, by=(by,), body=filled | added, at_s=at_s, post_s=at_s)
        await play(slots([act]), scribe, poster)
