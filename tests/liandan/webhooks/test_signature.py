"""Signatures of notices, verified by code that is not ours: RFC 9421, RFC 9530."""

from __future__ import annotations

import json
import re
import time
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from msgspec import Struct

from liandan.webhooks.keys import WebhookKeys, thumbprint
from liandan.webhooks.model import CONTENT_TYPE
from liandan.webhooks.signature import COVERED, content_digest, signed_fields
from signing.refusal import Refusal

URL = "https://hooks.example.cn:8443/a/b?of=ours&x=%E8%81%94"
BODY = json.dumps({"data": {"index": 812}}).encode()
FIELDS = {"content-type": CONTENT_TYPE, "liandan-webhook": "ab12", "liandan-delivery": "7", "liandan-attempt": "1"}


class Message(Struct):
    """A request as the library wants it."""

    method: str
    url: str
    headers: dict[str, str]


class Keys(HTTPSignatureKeyResolver):
    """What a receiver has fetched from the directory."""

    def __init__(self, jwks: list[dict[str, Any]]) -> None:
        self._keys = {jwk["kid"]: Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(jwk["x"] + "=")) for jwk in jwks}

    def resolve_public_key(self, key_id: str) -> Any:
        return self._keys[key_id]

    def resolve_private_key(self, key_id: str) -> Any:
        raise AssertionError("it only verifies")


def verify(message: Message, body: bytes, jwks: list[dict[str, Any]]) -> dict[str, Any]:
    """What the foreign library says; its parameters."""
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys(jwks))
    [found] = verifier.verify(message, body=body, require_components=COVERED)
    return dict(found.parameters)


@pytest.fixture
def keys(tmp_path: Path) -> WebhookKeys:
    keys = WebhookKeys(tmp_path / "keys.pem", tmp_path / "passphrase")
    keys.ensure(int(time.time()) - 10)
    return keys


def signed(keys: WebhookKeys, *, created_s: int | None = None, url: str = URL) -> Message:
    now_s = int(time.time()) if created_s is None else created_s
    fields = signed_fields(url, BODY, FIELDS, keys.signing(int(time.time())), created_s=now_s, nonce="n-1")
    return Message("POST", url, {**FIELDS, **fields})


@pytest.mark.parametrize("url", [URL, "https://hooks.example.cn/", "http://127.0.0.1:8080/a?", "https://[2400:3200::1]/a"])
def test_a_foreign_library_accepts_it(keys: WebhookKeys, url: str) -> None:
    jwks = [key.jwk for key in keys.all()]
    found = verify(signed(keys, url=url), BODY, jwks)
    assert (found["alg"], found["keyid"], found["tag"], found["nonce"]) == ("ed25519", jwks[0]["kid"], "liandan-webhook", "n-1")
    assert found["expires"] - found["created"] == 300


@pytest.mark.parametrize("name", [name for name in COVERED if not name.startswith("@")])
def test_no_field_that_counts_can_be_changed(keys: WebhookKeys, name: str) -> None:
    message = signed(keys)
    message.headers[name] = message.headers[name].replace("1", "2").replace("7", "8").replace("json", "xml").replace("sha", "SHA")
    with pytest.raises(HTTPMessageSignaturesException):
        verify(message, BODY, [key.jwk for key in keys.all()])


def test_another_body_another_address_another_method_is_not_what_was_signed(keys: WebhookKeys) -> None:
    jwks = [key.jwk for key in keys.all()]
    with pytest.raises(InvalidSignature):
        verify(signed(keys), BODY + b" ", jwks)
    elsewhere = signed(keys)
    elsewhere.url = "https://hooks.example.cn/other"
    with pytest.raises(InvalidSignature):
        verify(elsewhere, BODY, jwks)
    put = signed(keys)
    put.method = "PUT"
    with pytest.raises(InvalidSignature):
        verify(put, BODY, jwks)


def test_an_old_delivery_has_expired(keys: WebhookKeys) -> None:
    with pytest.raises(InvalidSignature):
        verify(signed(keys, created_s=int(time.time()) - 400), BODY, [key.jwk for key in keys.all()])


def test_the_digest_is_that_of_the_rfc() -> None:
    """RFC 9530 §B.1."""
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def test_a_key_has_the_name_of_the_rfc() -> None:
    """RFC 8037 §A.3."""
    assert thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_new_key_is_shown_a_day_before_it_signs(keys: WebhookKeys) -> None:
    now_s = int(time.time())
    [first] = keys.all()
    second = keys.add(now_s)
    assert [key.keyid for key in keys.all()] == [first.keyid, second.keyid]
    assert keys.signing(now_s).keyid == first.keyid
    assert keys.signing(now_s + 24 * 3600).keyid == second.keyid
    assert second.jwk["nbf"] == now_s + 24 * 3600
    other = WebhookKeys(keys._path, keys._passphrase_path)
    assert other.signing(now_s + 24 * 3600).keyid == second.keyid, "another process sees it too"
    keys.retire(first.keyid[:8], now_s + 24 * 3600)
    assert [key.keyid for key in other.all()] == [second.keyid], "without being started anew"


def test_the_last_key_that_signs_is_not_retired(keys: WebhookKeys) -> None:
    now_s = int(time.time())
    [first] = keys.all()
    keys.add(now_s)
    for keyid, code in ((first.keyid, "KEYRING"), ("", "NOT_FOUND"), ("zz", "NOT_FOUND")):
        with pytest.raises(Refusal) as refused:
            keys.retire(keyid, now_s)
        assert refused.value.codes == [code]
    third = keys.add(now_s, at_once=True)
    assert keys.signing(now_s).keyid == third.keyid
    keys.retire(first.keyid, now_s)


def test_the_private_half_is_never_in_the_clear(keys: WebhookKeys) -> None:
    text = keys._path.read_text("utf-8")
    assert "ENCRYPTED PRIVATE KEY" in text
    assert not re.search(r"BEGIN PRIVATE KEY", text)
    assert keys._path.stat().st_mode & 0o777 == 0o600
