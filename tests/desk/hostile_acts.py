"""Acts beside a story, of as many kinds as its parties may sign on it, for the texts that they carry: bodies are the published examples of their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from liandan.schema_examples import statements
from signing.possession import register
from tests.manifests.driver import APPROVAL, CARRIER, GENERATOR, MANIFEST, PERMIT, RECEIVER
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench, key_of

LIST, ULID, OTHER = "list/2026-51-50-cy", "01KXYZ00000000000000000000", "01KXYZ00000000000000000001"
CASE, TOLD = f"case/{MANIFEST.removeprefix('manifest/')}/{ULID}", f"incident/{GENERATOR}/{ULID}"
FIRM = f"party/{GENERATOR}"
ACTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("party.site/1", FIRM, (GENERATOR,)),
    ("party.amend/1", FIRM, (AUTHORITY_51,)),
    ("plan.file/1", f"plan/{GENERATOR}/2026", (GENERATOR,)),
    ("plan.amend/1", f"plan/{GENERATOR}/2026", (GENERATOR,)),
    ("permit.usage/1", PERMIT, (AUTHORITY_50,)),
    ("permit.suspend/1", PERMIT, (AUTHORITY_50,)),
    ("permit.resume/1", PERMIT, (AUTHORITY_50,)),
    ("list.exceed_consent/1", LIST, (AUTHORITY_50,)),
    ("list.report/1", LIST, (AUTHORITY_51,)),
    ("list.suspend/1", LIST, (AUTHORITY_51,)),
    ("list.resume/1", LIST, (AUTHORITY_51,)),
    ("list.amend/1", LIST, (AUTHORITY_51,)),
    ("approval.suspend/1", APPROVAL, (AUTHORITY_51,)),
    ("approval.resume/1", APPROVAL, (AUTHORITY_51,)),
    ("manifest.stop/1", MANIFEST, (CARRIER,)),
    ("manifest.transship/1", MANIFEST, (CARRIER,)),
    ("case.report/1", CASE.replace(ULID, OTHER), (RECEIVER,)),
    ("case.hold/1", CASE, (AUTHORITY_51,)),
    ("case.release/1", CASE, (AUTHORITY_51,)),
    ("incident.report/1", TOLD, (GENERATOR,)),
    ("incident.close/1", TOLD, (AUTHORITY_50,)),
    ("incident.unmanifested/1", f"incident/{AUTHORITY_51}/{ULID}", (AUTHORITY_51,)),
)
CHANGED: Mapping[str, Mapping[str, Any]] = {
    "manifest.stop/1": {"leg": 0},
    "case.hold/1": {"until": "2026-12-01T08:00:00+08:00"},
    "incident.report/1": {"manifests": [MANIFEST], "mass_t": "0.010000"},
}
"""What stands otherwise in a body on this story."""


def beside(bench: Workbench) -> None:
    """Post them, each by its own party; a phone is enrolled and given up besides."""
    first = next(entry.statement for entry in bench.entries if entry.statement.chain == MANIFEST)
    phone, examples = key_of(f"{GENERATOR} phone"), statements()
    bench.post("key.add/1", FIRM, (GENERATOR,), {"key": register(phone, bench.found, GENERATOR), "label": "手机（虚构）"})
    bench.post("key.revoke/1", FIRM, (GENERATOR,), {"keyid": phone.keyid, "reason": "遗失（虚构）"})
    for kind, chain, by in ACTS:
        body = {**examples[kind]["body"], **CHANGED.get(kind, {})}
        if "trunk" in body:
            body["trunk"] = {"seq": first.seq, "hash": first.hash}
        bench.post(kind, chain, by, msgspec.convert(body, bench.kinds.by_name[kind].body))
