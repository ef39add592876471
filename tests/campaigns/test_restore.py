"""``python -m bench.restore`` once: whatever part of a backup is put back, the server refuses to start."""

from __future__ import annotations

from bench.restore import WAYS, campaign


async def test_a_restored_backup_is_refused_at_start_whatever_was_restored() -> None:
    refused, accepted = await campaign(1, seed=4)
    assert accepted == []
    assert refused == dict.fromkeys(WAYS, 1)
