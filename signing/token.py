"""Keys that never leave their token: PKCS#11 (OASIS v3.1) behind the same face as a key from a file, named by a URI (RFC 7512).

    pkcs11:token=office;object=clerk?module-path=/usr/lib/softhsm/libsofthsm2.so

The module is the maker's program for the token, a smart card, a USB key or an HSM. Registration needs no more than a signature: the proof of
possession (``pop``) is made inside too. Suites: ``ed25519`` (CKM_EDDSA) and ``ecdsa-p256-sha256`` (CKM_ECDSA over our SHA-256, s folded); no
token signs ML-DSA-44 yet. Needs the extra ``token`` (python-pkcs11, MIT).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, unquote_to_bytes

from msgspec import Struct

from signing.keys import PrivateKey, keyid
from signing.phrase import Phrase, Word
from signing.refusal import Refusal, refuse
from signing.suite import SUITES, verify
from signing.suites.ecdsa_p256 import folded

if TYPE_CHECKING:
    import pkcs11

SCHEME = "pkcs11:"
_P256 = bytes.fromhex("06082a8648ce3d030107")  # DER of the curve's identifier (RFC 5480).
_EDWARDS = bytes.fromhex("06032b6570")  # Of Ed25519 (RFC 8410).
_OCTETS = 0x04
_KNOWN = frozenset(
    {"token", "object", "id", "serial", "manufacturer", "model", "type", "slot-id", "library-description", "library-version"}
)
_IN_TOKENS = ("ed25519", "ecdsa-p256-sha256")


class TokenUri(Struct, frozen=True, kw_only=True):
    """Where a key lies; ``id`` are the bytes of CKA_ID. A part that is empty is not asked for."""

    text: str
    module: str
    token: str = ""
    serial: bytes = b""
    label: str = ""
    id: bytes = b""


def read_uri(text: str, module: str = "") -> TokenUri:
    """A PKCS#11 URI; Refusal TOKEN_URI for what is none, names no key, or holds a PIN, which belongs on no command line, or where neither it
    nor ``module`` says which module is loaded."""
    if "pin-value" in text:  # before anything else, for what else is wrong with it is told with its text
        raise refuse("TOKEN_URI", field="pin-value", expected=Phrase("PIN 用文件或当面输入", "the PIN from a file or the terminal"))
    path, _, query = text.removeprefix(SCHEME).partition("?")
    parts, asked = _parts(text, path, ";"), _parts(text, query, "&")
    wanted = Phrase("pkcs11:token=…;object=…?module-path=…", "pkcs11:token=…;object=…?module-path=…")
    if not text.startswith(SCHEME) or not parts.keys() <= _KNOWN or not ({"object", "id"} & parts.keys()):
        raise refuse("TOKEN_URI", field="key", found=text[:200], expected=wanted)
    module = unquote(asked.get("module-path", "")) or module
    if not module:
        raise refuse("TOKEN_URI", field="module-path", expected=Phrase("?module-path=<厂商程序>", "?module-path=<the maker's module>"))
    return TokenUri(
        text=text, module=module, token=unquote(parts.get("token", "")), serial=unquote_to_bytes(parts.get("serial", "")),
        label=unquote(parts.get("object", "")), id=unquote_to_bytes(parts.get("id", "")),
    )  # fmt: skip


def _parts(text: str, joined: str, by: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, joined.split(by)):
        name, equals, value = part.partition("=")
        if not equals or name in found:
            raise refuse("TOKEN_URI", field=name[:40], found=text[:200], expected=Phrase("名称=值，每项一次", "name=value, each once"))
        found[name] = value
    return found


class TokenKey(PrivateKey):
    """A private key of a token. It signs like any other and gives nothing of itself away."""

    __slots__ = ("_uri",)

    def __init__(self, uri: TokenUri, suite_name: str, spki: bytes, sign: Callable[[bytes], bytes]) -> None:
        """``sign`` is asked for each message, in the form that the suite's verifier accepts."""
        self.suite, self.spki, self.keyid = suite_name, spki, keyid(spki)
        self._sign, self._uri = sign, uri

    @property
    def private(self) -> NoReturn:
        """Stays where it is: Refusal TOKEN."""
        raise _unfit(self._uri, Phrase("私钥不离开令牌", "the key does not leave its token"))

    def to_pem(self, passphrase: bytes) -> bytes:  # noqa: ARG002  # as that of a key from a file
        """The same."""
        return self.private

    def secret(self, purpose: str) -> bytes:  # noqa: ARG002  # as that of a key from a file
        """The same."""
        return self.private


def open_token_key(text: str, pin: bytes, module: str = "") -> TokenKey:
    """The key that a URI names; Refusal TOKEN_URI, or TOKEN for a module, token, PIN or key that is not there or does not fit."""
    uri = read_uri(text, module)
    library = _library()
    try:
        session = _session(_token(uri, library), library, pin)
        private, public = (_find(uri, library, session, form) for form in (library.ObjectClass.PRIVATE_KEY, library.ObjectClass.PUBLIC_KEY))
        suite_name, spki = _spki(uri, library, public)
        key = TokenKey(uri, suite_name, spki, _signer(uri, library, private, suite_name))
    except library.PKCS11Error as error:
        raise _failed(uri, error) from None
    _prove(key)
    return key


def make_token_key(text: str, pin: bytes, suite_name: str, module: str = "") -> TokenKey:
    """A new key inside the token, sensitive and not to be taken out, under the label (and id) of the URI; Refusal TOKEN for a label in use."""
    uri = read_uri(text, module)
    library = _library()
    if suite_name not in _IN_TOKENS:
        raise refuse("TOKEN", field="suite", found=suite_name, expected=" / ".join(_IN_TOKENS))
    attribute, edwards = library.Attribute, suite_name == "ed25519"
    form = library.KeyType.EC_EDWARDS if edwards else library.KeyType.EC
    try:
        with _session(_token(uri, library), library, pin, rw=True) as session:
            if any(session.get_objects({attribute.CLASS: library.ObjectClass.PRIVATE_KEY, **_named(uri, library)})):
                raise _unfit(uri, Phrase("已有这个名称的密钥", "there is a key of this name"))
            curve = session.create_domain_parameters(form, {attribute.EC_PARAMS: _EDWARDS if edwards else _P256}, local=True)
            # A label is for people, an id is what finds both halves: made of the label where the URI says none.
            curve.generate_keypair(store=True, label=uri.label or None, id=uri.id or sha256(uri.label.encode()).digest()[:8])
    except library.PKCS11Error as error:
        raise _failed(uri, error) from None
    return open_token_key(text, pin, module)


def _library() -> ModuleType:
    try:
        return import_module("pkcs11")
    except ImportError:
        wanted = Phrase("安装附加部分 token：pip install 'liandan[token]'", "the extra token: pip install 'liandan[token]'")
        raise refuse("TOKEN", field="python-pkcs11", found=Phrase("没有安装", "not installed"), expected=wanted) from None


def _token(uri: TokenUri, library: ModuleType) -> pkcs11.Token:
    try:
        loaded = library.lib(uri.module)
    except (library.PKCS11Error, RuntimeError, OSError) as error:
        raise _unfit(uri, Phrase(f"{uri.module} 无法装入：{error}", f"{uri.module} cannot be loaded: {error}")) from None
    found = [
        token
        for token in loaded.get_tokens()
        if uri.token in ("", token.label.strip()) and (not uri.serial or token.serial.strip() == uri.serial)
    ]
    if len(found) != 1:
        raise _unfit(uri, Phrase(f"{len(found)} 个这样的令牌", f"{len(found)} such tokens"))
    token: pkcs11.Token = found[0]
    return token


def _session(token: pkcs11.Token, library: ModuleType, pin: bytes, *, rw: bool = False) -> pkcs11.Session:
    """A session in which the user is logged in: a login holds for the whole process, so a second key of a token finds it done."""
    try:
        return token.open(user_pin=pin.decode("utf-8", "replace"), rw=rw)
    except library.UserAlreadyLoggedIn:
        return token.open(rw=rw)


def _named(uri: TokenUri, library: ModuleType) -> dict[Any, Any]:
    asked = {library.Attribute.LABEL: uri.label, library.Attribute.ID: uri.id}
    return {name: value for name, value in asked.items() if value}


def _find(uri: TokenUri, library: ModuleType, session: pkcs11.Session, form: Any) -> Any:  # an object of the library
    found = list(session.get_objects({library.Attribute.CLASS: form, **_named(uri, library)}))
    if len(found) != 1:
        half = ("私钥", "private") if form == library.ObjectClass.PRIVATE_KEY else ("公钥", "public")
        raise _unfit(uri, Phrase(f"{len(found)} 把这样的{half[0]}", f"{len(found)} such {half[1]} keys"))
    return found[0]


def _spki(uri: TokenUri, library: ModuleType, public: Any) -> tuple[str, bytes]:
    """Suite and SubjectPublicKeyInfo of a public object: its point stands in an octet string, with some makers bare."""
    point, curve = bytes(public[library.Attribute.EC_POINT]), bytes(public[library.Attribute.EC_PARAMS])
    for name in _IN_TOKENS:
        known = SUITES[name]
        raw = point[2:] if point[:1] == bytes([_OCTETS]) and point[1:2] == bytes([len(point) - 2]) else point
        raw = raw[1:] if name != "ed25519" and len(raw) == known.key_bytes + 1 else raw
        fits = curve == _P256 if name != "ed25519" else public[library.Attribute.KEY_TYPE] == library.KeyType.EC_EDWARDS
        if fits and len(raw) == known.key_bytes:
            return name, known.prefix + raw
    raise _unfit(uri, Phrase(f"曲线 {curve.hex()[:40]}", f"curve {curve.hex()[:40]}"))


def _signer(uri: TokenUri, library: ModuleType, private: Any, suite_name: str) -> Callable[[bytes], bytes]:
    def sign(message: bytes) -> bytes:
        try:
            if suite_name == "ed25519":
                return bytes(private.sign(message, mechanism=library.Mechanism.EDDSA))
            return folded(bytes(private.sign(sha256(message).digest(), mechanism=library.Mechanism.ECDSA)))
        except library.PKCS11Error as error:
            raise _failed(uri, error) from None

    return sign


def _prove(key: TokenKey) -> None:
    """Both halves belong together, and the token signs as the suite says, before anything is signed that counts."""
    message = b"liandan: a token shows that it can sign"
    try:
        verify(key.suite, key.spki, message, key.sign(message))
    except Refusal as refusal:
        if refusal.codes == ["TOKEN"]:
            raise
        raise _unfit(key._uri, Phrase("签名与公钥不符", "its signature does not fit its public key")) from None


def _unfit(uri: TokenUri, found: Word) -> Refusal:
    return refuse(
        "TOKEN", field=uri.text[:120], found=found, expected=Phrase("令牌中的一把密钥及其 PIN", "one key of a token, and its PIN")
    )


def _failed(uri: TokenUri, error: Exception) -> Refusal:
    said = f"{type(error).__name__} {error}".strip()
    return _unfit(uri, said)
