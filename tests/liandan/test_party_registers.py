"""The crew of a carrier over HTTP; sites are read beside ``party.site`` in ``tests/liandan/pending/test_relay.py``."""

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
        path = f"/v1/parties/{CARRIER}"
        for reader in (CARRIER, AUTHORITY_51):
            crew = (await client.get(path, headers=await token_of(client, reader))).json()["crew"]
            assert [one["crew"] for one in crew] == ["D01", "D2", "E1"]
            assert crew[2] == {"crew": "E1", "role": "driver", "valid_to": "2027-06-30", "retired": True}
        assert "crew" not in (await client.get(path, headers=await token_of(client, OTHER))).json()
