"""Keys in a token: both suites sign there as from a file, prove possession there, and never come out; what does not fit is told."""

from __future__ import annotations

import pytest

from signing.keys import PrivateKey
from signing.possession import check_registration, register
from signing.refusal import Refusal
from signing.suite import verify
from signing.token import TokenKey, make_token_key, open_token_key, read_uri
from tests.softtoken import MODULE, PIN, SoftToken, soft_token, wants_token

USCC = "11510000000000000H"
SUITES = ("ed25519", "ecdsa-p256-sha256")


@pytest.fixture(scope="module")
def token() -> SoftToken:
    return soft_token()


@pytest.fixture(scope="module", params=SUITES)
def key(request: pytest.FixtureRequest, token: SoftToken) -> TokenKey:
    return make_token_key(token.uri(f"key-{request.param}"), PIN.encode(), request.param)


@wants_token
def test_a_token_signs_as_its_suite_says(key: TokenKey, token: SoftToken) -> None:
    """Of 40 signatures by P-256 all but never none has s in the upper half: the module knows no halves."""
    for number in range(40):
        message = b"%d" % number
        verify(key.suite, key.spki, message, key.sign(message))
    again = open_token_key(token.uri(f"key-{key.suite}"), PIN.encode())
    assert (again.keyid, again.suite) == (key.keyid, key.suite)
    verify(key.suite, key.spki, b"again", again.sign(b"again"))


@wants_token
def test_possession_is_proved_inside(key: TokenKey) -> None:
    made = register(key, "log.example/token", USCC)
    assert check_registration(made, "log.example/token", USCC) == key.spki


@wants_token
def test_the_private_half_never_comes_out(key: TokenKey, token: SoftToken) -> None:
    import pkcs11

    takings = (lambda: key.private, lambda: key.to_pem(b"pass"), lambda: key.secret("x"))
    for taking in takings:
        with pytest.raises(Refusal) as refused:
            taking()
        assert refused.value.codes == ["TOKEN"]
    assert isinstance(key, PrivateKey)
    assert key.keyid[:16] in repr(key)
    session = pkcs11.lib(str(MODULE)).get_token(token_label=token.label).open()
    [inside] = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.LABEL: f"key-{key.suite}"})
    assert (inside[pkcs11.Attribute.SENSITIVE], inside[pkcs11.Attribute.EXTRACTABLE]) == (True, False)


WRONG_URIS = (
    ("pkcs11:token=office", "key"), ("pkcs11:token=office;object", "object"), ("pkcs11:object=a;object=b", "object"),
    ("pkcs11:object=a;colour=red", "key"), ("pkcs11:object=a?pin-value=1234", "pin-value"), ("pkcs11:object=a;colour=red?pin-value=1234", "pin-value"), ("pkcs11:object=a", "module-path"),
    ("pkcs11:", "key"), ("/a/path", "/a/path"),
)  # fmt: skip
"""URI and what the refusal names."""


@pytest.mark.parametrize(("uri", "field"), WRONG_URIS)
def test_a_wrong_uri_is_told(uri: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_uri(uri)
    assert [(reason.code, reason.field) for reason in refused.value.reasons] == [("TOKEN_URI", field)]
    assert "1234" not in str(refused.value.reasons), "a PIN is repeated by nobody"


def test_a_uri_is_read_as_rfc_7512_writes_it() -> None:
    found = read_uri("pkcs11:token=%E5%B7%9D%20office;object=k%3B1;id=%01%AB;serial=9f?module-path=/usr/lib/x.so")
    assert (found.token, found.label, found.id, found.serial, found.module) == ("川 office", "k;1", b"\x01\xab", b"9f", "/usr/lib/x.so")
    assert read_uri("pkcs11:object=k", "/opt/m.so").module == "/opt/m.so"


@wants_token
def test_what_does_not_fit_is_told(key: TokenKey, token: SoftToken) -> None:
    with pytest.raises(Refusal) as refused:
        make_token_key(token.uri(f"key-{key.suite}"), PIN.encode(), key.suite)
    assert "已有这个名称的密钥" in str(refused.value.reasons[0].found)
    for uri, said in (
        (token.uri("nothing"), "0"),
        (token.uri("x").replace("token=office", "token=other"), "0"),
        (token.uri("x").replace(str(MODULE), "/nowhere.so"), "nowhere"),
        (token.uri("x").replace(str(MODULE), "/bin/ls"), "/bin/ls"),
    ):
        with pytest.raises(Refusal) as refused:
            open_token_key(uri, PIN.encode())
        assert refused.value.codes == ["TOKEN"]
        assert said in str(refused.value.reasons[0].found)
    with pytest.raises(Refusal) as refused:
        make_token_key(token.uri("ml"), PIN.encode(), "ml-dsa-44")
    assert refused.value.reasons[0].found == "ml-dsa-44"
