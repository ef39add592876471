"""Keys that papers and codes are signed with: made, certified, told to the log and retired by commands; what does not fit is refused."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509

from liandan.cli import main
from liandan.keyring import ISSUER_SUITE, IssuerWatch, ServerKeys, add_issuer, read_keyring, write_keyring
from liandan.settings import Settings
from signing.certificate import certify
from signing.keys import PrivateKey, write_key
from signing.possession import register
from signing.refusal import Refusal
from tests.liandan.serving import KEYRING, NOW, http, post_all
from tests.workbench import OPERATOR, ORIGIN, Workbench, key_of

P256 = PrivateKey.from_seed(ISSUER_SUITE, bytes(32))
AUTHORITY = PrivateKey.from_seed(ISSUER_SUITE, bytes(range(32)))


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """An installation with a key file."""
    settings = Settings(data_dir=tmp_path / "own")
    write_keyring(KEYRING, settings.key_path, settings.passphrase_path)
    return settings


def run(own: Settings, *arguments: str | Path) -> Result:
    return CliRunner(env={"LIANDAN_DATA_DIR": str(own.data_dir)}).invoke(main, [str(argument) for argument in arguments])


def test_a_key_joins_the_others_in_the_key_file(own: Settings) -> None:
    before = own.key_path.read_text()
    add_issuer(own, "pdf", P256)
    add_issuer(own, "claim", AUTHORITY)
    assert own.key_path.read_text().startswith(before), "no other key is touched"
    assert (own.key_path.stat().st_mode & 0o777, [path.name for path in own.data_dir.glob(".*")]) == (0o600, [])
    for operator_only in (True, False):
        keys = read_keyring(own, operator_only=operator_only)
        assert [(use, key.keyid) for use, key in keys.issuers] == [("pdf", P256.keyid), ("claim", AUTHORITY.keyid)]
        assert keys.signers[P256.keyid](b"x") == P256.sign(b"x")
        assert (keys.log is None) == operator_only


def test_a_key_file_is_never_left_half_changed(own: Settings) -> None:
    before = own.key_path.read_bytes()
    (own.data_dir / ".keys.pem.new").write_bytes(b"somebody else's")
    with pytest.raises(Refusal) as caught:
        add_issuer(own, "pdf", P256)
    assert caught.value.codes == ["KEY_FILE_EXISTS"]
    own.passphrase_path.write_text("another\n")
    with pytest.raises(Refusal) as caught:
        add_issuer(own, "pdf", P256)
    assert (caught.value.codes, own.key_path.read_bytes()) == (["KEY_FILE"], before)


def test_a_key_file_is_read_again_when_it_has_changed_and_taken_when_it_is_good(own: Settings) -> None:
    look = IssuerWatch(own, KEYRING.origin)
    assert look() is None
    add_issuer(own, "pdf", P256)
    assert list(look() or {}) == [P256.keyid]
    assert look() is None, "once"
    whole = own.key_path.read_text(encoding="utf-8")
    for changed in (whole[:-90] + "A" + whole[-89:], whole.replace(ORIGIN, "log.example/another"), ""):
        own.key_path.write_text(changed, encoding="utf-8")
        assert look() is None
    own.key_path.unlink()
    assert look() is None
    own.key_path.write_text(whole, encoding="utf-8")
    assert list(look() or {}) == [P256.keyid]


def test_no_key_is_made_whose_registration_would_be_lost(own: Settings, tmp_path: Path) -> None:
    before = own.key_path.read_bytes()
    there = tmp_path / "there.json"
    there.write_text("somebody's")
    made = ("key", "issuer", "--use", "pdf", "--for", "0" * 64, "--uscc", OPERATOR)
    for arguments, code in (
        ((*made, "--out", tmp_path / "nowhere" / "r.json"), 3),
        ((*made, "--out", there), 3),
        ((*made[:-1], f"{OPERATOR[:-1]}{'A' if OPERATOR[-1] != 'A' else 'B'}", "--out", tmp_path / "r.json"), 2),
        ((*made[:-3], "0" * 63, "--uscc", OPERATOR), 2),
    ):
        assert run(own, *arguments).exit_code == code, arguments
        assert own.key_path.read_bytes() == before
    (own.data_dir / ".keys.pem.new").write_bytes(b"somebody else's")
    assert run(own, *made, "--out", tmp_path / "r.json").exit_code == 2
    assert (there.read_text(), (tmp_path / "r.json").exists()) == ("somebody's", False)


def test_a_key_for_papers_of_another_suite_is_refused(tmp_path: Path) -> None:
    own = Settings(data_dir=tmp_path)
    keys = ServerKeys(origin=ORIGIN, operator=key_of(OPERATOR), issuers=(("pdf", key_of("ed25519")),))
    write_keyring(keys, own.key_path, own.passphrase_path)
    with pytest.raises(Refusal) as caught:
        read_keyring(own, operator_only=True)
    assert caught.value.codes == ["KEYRING"]


def test_a_server_does_not_sign_with_sm2(tmp_path: Path) -> None:
    own = Settings(data_dir=tmp_path)
    keys = ServerKeys(origin=ORIGIN, operator=PrivateKey.from_seed("sm2-sm3", bytes(32)))
    write_keyring(keys, own.key_path, own.passphrase_path)
    with pytest.raises(Refusal) as caught:
        read_keyring(own, operator_only=True)
    assert [(reason.code, reason.field, reason.found) for reason in caught.value.reasons] == [("KEYRING", "key_file: operator", "sm2-sm3")]


def test_a_certificate_is_self_signed_or_by_an_authority_or_asked_for(own: Settings, tmp_path: Path) -> None:
    add_issuer(own, "pdf", P256)
    days = ("--from", "2026-10-01", "--to", "2028-09-30")
    path, secret = tmp_path / "c.cer", tmp_path / "secret"
    made = ("key", "cert", "--name", "运营中心（虚构）", "--out", path)
    assert run(own, "key", "cert", "--name", "长" * 21, "--out", path, *days).exit_code == 0
    assert run(own, *made, *days).exit_code == 0
    certificate = x509.load_der_x509_certificate(path.read_bytes())
    assert certificate.issuer == certificate.subject
    secret.write_text("secret\n")
    write_key(tmp_path / "ca.pem", AUTHORITY, b"secret")
    write_key(tmp_path / "ed.pem", key_of("x"), b"secret")
    by = ("--ca-name", "测试 CA", "--passphrase-file", secret)
    assert run(own, *made, *days, "--ca", tmp_path / "ca.pem", *by).exit_code == 0
    certificate = x509.load_der_x509_certificate(path.read_bytes())
    certificate.verify_directly_issued_by(
        x509.load_der_x509_certificate(certify(AUTHORITY.spki, "测试 CA", date(2026, 1, 1), date(2030, 1, 1), AUTHORITY))
    )
    assert run(own, *made, "--csr").exit_code == 0
    assert x509.load_pem_x509_csr(path.read_bytes()).is_signature_valid
    for wrong in (
        (*made, *days, "--ca", tmp_path / "ed.pem", *by),
        (*made, "--from", "2026-10-01", "--to", "2026-09-30"),
        ("key", "cert", "--name", "长" * 22, *days),
        ("key", "cert", "--name", "长" * 22, "--csr"),
    ):
        refused = run(own, *wrong)
        assert (refused.exit_code, "ISSUER_UNFIT" in refused.output) == (2, True), wrong
    assert "KEYRING" in run(own, "key", "cert", "ffff", "--name", "x", *days).output


async def test_a_key_is_told_to_the_log_by_command_and_retired(database_url: str, own: Settings, tmp_path: Path) -> None:
    bench = Workbench()

    async def do(*arguments: str | Path) -> Result:
        return await asyncio.to_thread(run, own, *arguments)

    async with http(database_url, tmp_path / "server") as client:
        await post_all(client, bench)
        told = await do("key", "issuer", "--use", "pdf", "--for", bench.found, "--uscc", OPERATOR, "--out", tmp_path / "r.json")
        assert told.exit_code == 0, told.output
        cert = tmp_path / "c.cer"
        assert (await do("key", "cert", "--name", "x", "--from", "2026-10-01", "--to", "2028-09-30", "--out", cert)).exit_code == 0
        url = ("--url", str(client.base_url).rstrip("/"), "--now", NOW, "--json")
        add = ("log", "issuer", "add", tmp_path / "r.json")
        foreign, old = tmp_path / "foreign.cer", tmp_path / "old.cer"
        foreign.write_bytes(certify(P256.spki, "x", date(2026, 1, 1), date(2030, 1, 1), P256))
        [(_, key)] = read_keyring(own).issuers
        old.write_bytes(certify(key.spki, "x", date(2024, 1, 1), date(2025, 1, 1), key))
        (ed := tmp_path / "ed.json").write_text(json.dumps(_registered(key_of("ed"), bench.found)))
        (elsewhere := tmp_path / "elsewhere.json").write_text(json.dumps(_registered(key, "0" * 64)))
        for wrong, code in {
            (*add, "--cert", foreign): "ISSUER_UNFIT",
            (*add, "--cert", old): "ISSUER_UNFIT",
            (*add, "--cert", cert, "--to", "2029-01-01"): "ISSUER_UNFIT",
            add: "ISSUER_UNFIT",
            ("log", "issuer", "add", ed, "--cert", cert): "ISSUER_UNFIT",
            ("log", "issuer", "add", cert): "ISSUER_UNFIT",
            ("log", "issuer", "add", elsewhere, "--cert", cert): "POSSESSION_WRONG",
        }.items():
            refused = await do(*wrong, *url)
            assert (refused.exit_code, code in refused.output) == (2, True), (wrong, refused.output)
        admitted = await do(*add, "--cert", cert, *url)
        assert (admitted.exit_code, '"issuer.key/1"' in admitted.output) == (0, True), admitted.output
        again = await do(*add, "--cert", cert, *url)
        assert (again.exit_code, "KEY_REGISTERED" in again.output) == (1, True)
        retire = ("log", "issuer", "retire", "--reason", "更换（虚构）", "--yes", "--receipts", str(tmp_path / "receipts"), *url)
        assert (await do(*retire, "--keyid", key.keyid)).exit_code == 0
        assert "KEY_UNKNOWN" in (await do(*retire, "--keyid", key.keyid)).output
        assert "64" in (await do(*retire, "--keyid", key.keyid[:8])).output
        here = CliRunner(env={"LIANDAN_DATA_DIR": str(own.data_dir), "LIANDAN_DATABASE_URL": database_url})
        listed = await asyncio.to_thread(here.invoke, main, ["log", "issuer", "list", "--json"])
        [one] = json.loads(listed.stdout)
        assert (one["keyid"], one["use"], one["is_at_hand"], one["retired"]) == (key.keyid, "pdf", True, one["added"] + 1)


def _registered(key: PrivateKey, found: str) -> dict[str, str]:
    made = register(key, found, OPERATOR)
    return {"use": "pdf", "suite": made.suite, "spki": made.spki, "pop": made.pop}
