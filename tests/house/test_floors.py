"""Who may import whom, and who may touch the world (design §3).

import-linter holds the floors and the rooms. What touches the world is the other way round: only the modules named here may, so that a
new module thinks until somebody decides, in the open, that it acts.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.source import FLOORS, ROOT, every, imports, modules

ROOMS_THAT_ACT = ("routes", "service", "store")
"""Last part of the names of modules that may use the database."""
DATABASE = {
    "ledger.publishing.prefetch",
    "ledger.repair.beside",
    "ledger.repair.cut",
    "ledger.auditing.database_audit",
    "ledger.auditing.derived_rows",
    "ledger.admission.workspace",
    "ledger.admission.intake",
    "ledger.admission.fact_cache",
    "ledger.batch",
    "ledger.kept_facts",
    "ledger.past",
    "ledger.log",
    "ledger.refusal_receipts",
    "ledger.pending.outlook",
    "ledger.pending.posting",
    "ledger.reading",
    "ledger.publishing.publisher",
    "ledger.repair.refill",
    "ledger.admission.refusals",
    "ledger.admission.sequencer",
    "manifests.projection",
}
"""Other modules that may hold a connection, or what one has brought."""
WORLD = {
    "ledger.auditing.reading": "runs worker processes, which end with their audit",
    "ledger.auditing.disk_map": "what an audit remembers, beyond memory, in a file of its own",
    "ledger.publishing.checkpoint_store": "the file outside the database's backups, and the kernel lock beside it",
    "ledger.vault.keys": "the keys of personal data, outside the database",
    "ledger.evidence.arriving": "writes a file as it comes, and removes it",
    "ledger.evidence.bucket": "speaks to the bucket that holds attachments",
    "ledger.evidence.shelf": "keeps attachments in a directory",
    "ledger.publishing.crashpoints": "kills its own process, when a drill has armed it",
    "ledger.publishing.cosigning": "asks witnesses, within their time",
    "ledger.publishing.follower": "reads what the leader shows, lets requests wait for it",
    "ledger.publishing.files": "writes the static log",
    "ledger.publishing.signer": "holds the log keys at the end of a socket",
    "ledger.witnessing.client": "asks witnesses over HTTP, within their time",
    "ledger.witnessing.wire": "reads bounded answers over HTTP",
    "ledger.witnessing.mirror": "fetches the entries of a log and keeps them",
    "signing.files": "reads files that anybody may have made, bounded and never waited for",
    "signing.keys": "reads and writes key files",
    "signing.pkcs8": "draws the salt of a key file",
    "signing.suites.sm2_sm3": "draws private keys",
    "whitelist.adopted": "reads the data files shipped with the package",
    "whitelist.centres": "reads the data file shipped with the package",
    "whitelist.data.make_centres": "a programme run by hand, when the source has changed",
    "whitelist.data.make_workdays": "a programme run by hand, once a year",
}
"""Other modules that may use files, clock, threads or network, and why."""
EFFECTS = {
    "asyncio",
    "http",
    "httpx",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
}
MODULES = modules()
BELOW = sorted(name for name in MODULES if not name.startswith("liandan"))


def may_use_database(name: str) -> bool:
    """Stores, services, routes, the report files, and those named above."""
    return name in DATABASE or name.startswith("reports.") or name.rpartition(".")[2] in ROOMS_THAT_ACT


def acts(name: str) -> bool:
    """Whether a module may touch anything outside its arguments."""
    return may_use_database(name) or name in WORLD


def uses(name: str, library: str) -> bool:
    """Whether a module imports a library or something in it."""
    return any(found == library or found.startswith(f"{library}.") for found in imports(MODULES[name]))


def test_floors_and_rooms_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([program, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_contracts_name_every_floor() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"layers = {list(reversed(FLOORS))}".replace("'", '"') in text


@every(BELOW)
def test_a_module_below_the_shell_touches_only_what_its_room_allows(name: str) -> None:
    if not may_use_database(name):
        assert not uses(name, "asyncpg"), "only stores, services and the modules in DATABASE speak SQL"
    if name.rpartition(".")[2] != "routes" and name not in (
        "ledger.describing",
        "ledger.query",
    ):  # what routes say of themselves, and ask of a query
        assert not uses(name, "litestar"), "only routes and the shell speak HTTP"
    if not acts(name):
        touched = sorted(effect for effect in EFFECTS if uses(name, effect))
        assert touched == [], "a thinking module gets such things as arguments"
        acting = sorted(found for found in imports(MODULES[name]) if found in MODULES and may_use_database(found))
        assert acting == [], "a thinking module does not import one that speaks SQL"


@every(name for name in BELOW if not acts(name))
def test_a_thinking_module_reads_no_clock(name: str) -> None:
    calls = [node for node in ast.walk(MODULES[name]) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    assert [call.lineno for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in {"now", "today", "utcnow"}] == []


def test_nobody_who_only_starts_pays_for_migrations() -> None:
    """Alembic and SQLAlchemy are a fifth of a server's start: they are imported inside the functions that migrate."""
    tops = {
        name: ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], [])
        for name, tree in MODULES.items()
    }
    assert [name for name, top in tops.items() if {"alembic", "sqlalchemy"} & {found.partition(".")[0] for found in imports(top)}] == []


def test_the_lists_name_modules_that_exist() -> None:
    assert sorted((DATABASE | WORLD.keys()) - MODULES.keys()) == []
