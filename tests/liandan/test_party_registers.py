"""The crew of a carrier over HTTP, page by page; sites are read beside ``party.site`` in ``tests/liandan/pending/test_relay.py``."""

from __future__ import annotations

from pathlib import Path

from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import token_of
from tests.workbench import AUTHORITY_51, Workbench, uscc

CARRIER, OTHER = uscc("510112", 2), uscc("510112", 3)


async def test_a_carriers_crew_is_read_by_itself_and_the_authorities(database_url: str, tmp_path: Path) -> None:
    bench = Workbench()
    for party in (CARRIER, OTHER):
        bench.register(party)
    for name in ("D2", "D01", "E1"):
        body = {"crew": name, "role": "driver", "valid_to": "2027-06-30", "commit": {"driver.name": "5e" * 32}}
        bench.post("crew.register/1", f"party/{CARRIER}", (CARRIER,), body)
    bench.post("crew.retire/1", f"party/{CARRIER}", (CARRIER,), {"crew": "E1", "reason": "离职"})
    async with http(database_url, tmp_path) as client:
        assert all(answer.status_code == 201 for answer in await post_all(client, bench))
        path, own = f"/v1/parties/{CARRIER}/crew", await token_of(client, CARRIER)
        first = (await client.get(f"{path}?limit=2", headers=own)).json()
        rest = (await client.get(path, params={"limit": 2, "cursor": first["next"]}, headers=own)).json()
        assert [one["id"] for page in (first, rest) for one in page["crew"]] == ["D01", "D2", "E1"]
        assert (rest["next"], rest["crew"][0]["said"]) == (None, {"role": "driver", "valid_to": "2027-06-30", "retired": True})
        assert len((await client.get(path, headers=await token_of(client, AUTHORITY_51))).json()["crew"]) == 3
        assert (await client.get(path, headers=await token_of(client, OTHER))).json()["code"] == "NOT_FOUND"
        assert (await client.get(f"{path[:-4]}sites?cursor={first['next']}", headers=own)).json()["code"] == "CURSOR_OTHER"
