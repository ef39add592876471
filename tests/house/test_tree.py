"""What lies in the tree and what may not."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.house.source import FLOORS, ROOT, every, tracked

FILES = tracked()
AGREED = {
    *FLOORS,
    *("alembic", "bench", "deploy", "docs", "tests", ".ci", ".github"),
    *("CHANGELOG.md", "LICENSE", "Makefile", "README.md", "pyproject.toml", "requirements.lock", "zensical.toml"),
    *(".dockerignore", ".editorconfig", ".gitattributes", ".gitignore", ".pre-commit-config.yaml"),
}
MOST_LINES = 400
BUILT = {"liandan/verify_page/verify.html"}
"""Put together from files that each have one noun; a test compares."""
TEXT = (".py", ".md", ".toml", ".lock", ".txt", ".json", ".html", ".css", ".js", ".yaml", ".yml", "Makefile", ".ci/run", ".ci/setup")


def test_the_top_level_holds_only_what_was_agreed() -> None:
    assert sorted({name.split("/")[0] for name in FILES} - AGREED) == []


@every(name for name in FILES if name.endswith((".py", ".js", ".html")) and "/vendor/" not in name and name not in BUILT)
def test_a_file_has_one_noun_and_at_most_400_lines(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= MOST_LINES, "a second noun wants out"


def test_alembic_is_no_package() -> None:
    """With an __init__.py our folder would shadow the library of that name."""
    assert not (ROOT / "alembic/__init__.py").exists()


def test_every_test_directory_is_a_package() -> None:
    """Without tests/__init__.py, ``import ledger`` would find tests/ledger."""
    folders = {Path(name).parent for name in FILES if re.match(r"tests/(?!vectors/).*\.py$", name)}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()] == []


NPM_LOCKS = [name for name in FILES if name.endswith("package-lock.json")]


@every(NPM_LOCKS)
def test_a_lock_of_npm_has_names_versions_and_hashes_only(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"(?i)https?:|file:|\"resolved\"", text) == []
    packages = {place: package for place, package in json.loads(text)["packages"].items() if place}
    assert packages
    assert [place for place, package in packages.items() if not package["integrity"].startswith("sha512-")] == []


@every(name for name in FILES if re.search(r"\.lock$|lock\.(json|yaml)$|(^|/)pylock.*\.toml$", name) and name not in NPM_LOCKS)
def test_a_lock_file_has_names_versions_and_hashes_only(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"(?i)https?:|file:|index-url|find-links|(?<![\w-])/\w+/|#.*", text) == []
    assert len(re.findall(r"(?m)^[a-z0-9.-]+==[^ ]+", text)) >= 50
    for entry in re.split(r"(?m)^(?=[a-z0-9])", text)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


@every(name for name in FILES if name.endswith(TEXT) and not name.startswith("tests/vectors/"))
def test_a_file_names_no_path_of_one_machine(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert f"{ROOT.parent}/" not in text or len(ROOT.parent.parts) < 2
    assert re.findall(r"/(?:work/(?:shared|main)|tmp/w)/", text) == []
