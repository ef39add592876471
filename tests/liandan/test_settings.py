"""Settings: defaults, precedence, and every kind of mistake an operator makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from liandan.rulebook import RULES
from liandan.server import serve
from liandan.settings import Settings, load
from signing.refusal import Refusal

HOME = {"HOME": "/home/li", "XDG_DATA_HOME": "/home/li/share"}


def refusal(env: dict[str, str], toml: Path | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        load(HOME | env, toml)
    assert set(caught.value.codes) <= set(RULES)
    return caught.value


def test_nothing_set_gives_the_defaults() -> None:
    assert load(HOME) == Settings(data_dir=Path("/home/li/share/liandan"))


def test_the_data_directory_follows_xdg() -> None:
    assert load({"XDG_DATA_HOME": "/srv/share"}).data_dir == Path("/srv/share/liandan")


def test_root_keeps_its_data_where_the_database_account_can_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert load({"HOME": "/root"}).data_dir == Path("/var/lib/liandan")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert load({"HOME": "/home/li"}).data_dir == Path("/home/li/.local/share/liandan")


def test_numbers_paths_and_words_are_read_from_variables() -> None:
    settings = load(HOME | {"LIANDAN_PORT": "9000", "LIANDAN_LOG_DIR": "/srv/log", "LIANDAN_LANGUAGE": "en"})
    assert (settings.port, settings.log_path, settings.language) == (9000, Path("/srv/log"), "en")


def test_derived_paths_lie_in_the_data_directory_until_set() -> None:
    settings = load(HOME | {"LIANDAN_DATA_DIR": "/d"})
    assert [settings.log_path, settings.checkpoint_path, settings.key_path, settings.passphrase_path] == [
        Path("/d/log"),
        Path("/d/checkpoints.sqlite3"),
        Path("/d/keys.pem"),
        Path("/d/passphrase"),
    ]
    assert load(HOME | {"LIANDAN_CHECKPOINT_STORE": "/other/c"}).checkpoint_path == Path("/other/c")


@pytest.mark.parametrize(
    "name",
    ["ENTRIES_DIR", "CHECKPOINT_STORE", "VAULT_PATH", "KEY_FILE", "PASSPHRASE_FILE", "WEBHOOK_KEY_FILE", "SMTP_PASSWORD_FILE", "DATA_DIR"],
)
def test_nothing_closed_lies_in_what_a_web_server_may_serve(name: str) -> None:
    with pytest.raises(Refusal) as caught:
        load(HOME | {"LIANDAN_LOG_DIR": "/srv/www", f"LIANDAN_{name}": "/srv/www/x"})
    assert caught.value.codes[0] == "SETTING_VALUE"
    assert f"LIANDAN_{name}" in [reason.field for reason in caught.value.reasons]
    assert load(HOME | {"LIANDAN_LOG_DIR": "/srv/www", f"LIANDAN_{name}": "/srv/www-x"}).log_path == Path("/srv/www")


def test_a_pool_too_small_to_serve_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        load(HOME | {"LIANDAN_POOL_MAX": "1", "LIANDAN_POOL_MIN": "1"})
    assert [(reason.code, reason.field) for reason in caught.value.reasons] == [("SETTING_VALUE", "LIANDAN_POOL_MAX")]


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(HOME | {"LIANDAN_PORT": "", "LIANDAN_DATABASE_URL": ""}) == load(HOME)


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "liandan.toml"
    file.write_text('port = 7000\nhost = "::1"\n')
    settings = load(HOME | {"LIANDAN_PORT": "9000"}, file)
    assert (settings.port, settings.host) == (9000, "::1")
    assert load(HOME | {"LIANDAN_CONFIG": str(file)}).port == 7000


def test_misspelt_names_are_all_reported_with_what_was_meant(tmp_path: Path) -> None:
    file = tmp_path / "liandan.toml"
    file.write_text("prot = 1\n")
    found = refusal({"LIANDAN_QEUE_MAX": "1"}, file)
    assert found.codes == ["SETTING_UNKNOWN"]
    assert [(reason.field, reason.expected.split(", ")[0]) for reason in found.reasons] == [
        (str(file), "port"),
        ("LIANDAN_QEUE_MAX", "queue_max"),
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "x"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("BATCH_MAX", "257"),
        ("LANGUAGE", "fr"),
        ("PUBLISH_INTERVAL_MS", "49"),
        ("REPUBLISH_S", "601"),
    ],
)
def test_a_value_outside_its_range_is_refused_under_the_name_written(name: str, value: str) -> None:
    (reason,) = refusal({f"LIANDAN_{name}": value}).reasons
    assert (reason.code, reason.field, reason.found) == ("SETTING_VALUE", f"LIANDAN_{name}", value)


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "65535"), ("BATCH_MAX", "256"), ("PUBLISH_INTERVAL_MS", "50"), ("REPUBLISH_S", "600")]
)
def test_a_value_on_the_edge_of_its_range_is_taken(name: str, value: str) -> None:
    assert getattr(load(HOME | {f"LIANDAN_{name}": value}), name.lower()) == int(value)


def test_all_wrong_values_are_reported_at_once() -> None:
    assert len(refusal({"LIANDAN_PORT": "x", "LIANDAN_BATCH_MAX": "0"}).reasons) == 2


def test_a_pool_smaller_than_its_minimum_is_refused() -> None:
    assert refusal({"LIANDAN_POOL_MIN": "5", "LIANDAN_POOL_MAX": "4"}).codes == ["SETTING_VALUE"]


def test_a_wrong_database_address_is_not_echoed(tmp_path: Path) -> None:
    file = tmp_path / "liandan.toml"
    file.write_text('database_url = ["postgresql://u:secret@h/d"]\n')
    assert "secret" not in str([(r.found, r.expected) for r in refusal({}, file).reasons])


@pytest.mark.parametrize("content", [None, b"port = ", b"\xff"])
def test_an_unreadable_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "liandan.toml"
    if content is not None:
        file.write_bytes(content)
    assert refusal({}, file).codes == ["SETTING_FILE"]


async def test_an_address_that_nobody_can_have_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="SETTING_VALUE"):
        await serve(load({"LIANDAN_HOST": "名" * 200, "LIANDAN_DATA_DIR": str(tmp_path)}))
