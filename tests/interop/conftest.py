"""One toolbox and one demo log for the whole run; without Go the run fails and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.demo_log import SIZE, VKEYS, DemoLog, Files
from tests.interop.loopback import served, write_files
from tests.interop.toolbox import GoMissing, Toolbox, open_toolbox


@pytest.fixture(scope="session")
def tools() -> Toolbox:
    """The stock tools. Missing Go is a failure, not a skip: who asked for this run wants to know."""
    try:
        return open_toolbox()
    except GoMissing as missing:
        pytest.exit(str(missing), returncode=1)


@pytest.fixture(scope="session")
def demo() -> DemoLog:
    """The log."""
    return DemoLog().grow()


@pytest.fixture(scope="session")
def export(demo: DemoLog) -> Files:
    """Its whole export."""
    return demo.export_at(SIZE)


@pytest.fixture(scope="session")
def export_dir(export: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export on disk; read only."""
    directory = tmp_path_factory.mktemp("export")
    write_files(directory, export)
    return directory


@pytest.fixture(scope="session")
def export_url(export_dir: Path) -> Iterator[str]:
    """The export over HTTP."""
    with served(export_dir) as url:
        yield url


@pytest.fixture(scope="session")
def vkey_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log's Ed25519 vkey alone, as most stock tools want it: one line, no LF."""
    path = tmp_path_factory.mktemp("keys") / "log.pub"
    path.write_text(VKEYS[0], encoding="utf-8")
    return path
