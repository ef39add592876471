"""``python -m bench.sm2``: random keys and messages, signed here and verified by GmSSL and the OpenSSL command line, and the other way round.

Every tenth signature is changed in one bit, and then neither side may take it.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path

import gmssl_pyx
from asn1crypto.algos import DSASignature

from signing.keys import PrivateKey
from signing.refusal import Refusal
from signing.suite import verify
from signing.suites import sm2_sm3

NAME = "sm2-sm3"
_USER = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")


def holds(key: PrivateKey, message: bytes, signature: bytes) -> bool:
    """By this suite."""
    try:
        verify(NAME, key.spki, message, signature)
    except Refusal:
        return False
    return True


def raw_of(der: bytes) -> bytes:
    """r‖s of a DER signature."""
    told = DSASignature.load(der)
    return b"".join(told[part].native.to_bytes(32) for part in ("r", "s"))


def with_gmssl(times: int, chance: random.Random) -> None:
    """Both directions, by a key of its own each."""
    for number in range(times):
        public, private = gmssl_pyx.sm2_key_generate()
        key = PrivateKey(NAME, sm2_sm3._key(int.from_bytes(private)))
        message = chance.randbytes(chance.randrange(200))
        theirs = raw_of(gmssl_pyx.sm2_sign(private, public, message))
        for signature in (theirs, key.sign(message)):
            sent = changed(signature, chance) if number % 10 == 0 else signature
            told = bool(gmssl_pyx.sm2_verify(public, message, DSASignature.from_p1363(sent).dump()))
            assert told == holds(key, message, sent) == (sent == signature), (number, private.hex(), message.hex(), sent.hex())


def changed(signature: bytes, chance: random.Random) -> bytes:
    """One bit of it."""
    bit = chance.randrange(8 * len(signature))
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(signature))


def with_openssl(times: int, chance: random.Random) -> None:
    """Both directions, by the command line."""
    with tempfile.TemporaryDirectory() as name:
        private, public, act, sealed = (Path(name) / part for part in ("key.pem", "key.der", "act", "sig"))
        for number in range(times):
            if number % 50 == 0:
                key = PrivateKey.from_seed(NAME, chance.randbytes(32))
                private.write_bytes(key.to_pem(b"abc"))
                public.write_bytes(key.spki)
            act.write_bytes(message := chance.randbytes(chance.randrange(1, 200)))
            files = ("-in", str(act), *_USER)
            _openssl("pkeyutl", "-sign", "-inkey", str(private), "-passin", "pass:abc", "-out", str(sealed), *files)
            assert holds(key, message, raw_of(sealed.read_bytes())), number
            sealed.write_bytes(DSASignature.from_p1363(key.sign(message)).dump())
            told = _openssl("pkeyutl", "-verify", "-pubin", "-inkey", str(public), "-keyform", "DER", "-sigfile", str(sealed), *files)
            assert "Verified" in told, number


def _openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True, timeout=60).stdout


def main() -> None:
    """Run it and print what it came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.sm2", description=__doc__)
    parser.add_argument("--times", type=int, default=10_000)
    parser.add_argument("--openssl", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with open(os.devnull, "wb") as nowhere:  # GmSSL writes a trace of each refusal
        os.dup2(nowhere.fileno(), 2)
    for name, work, times in (("GmSSL", with_gmssl, options.times), ("OpenSSL", with_openssl, options.openssl)):
        begun = time.monotonic()
        work(times, random.Random(options.seed))
        print(f"{name}: {times:,} random keys or messages, both directions, no difference; {time.monotonic() - begun:,.0f} s")


if __name__ == "__main__":
    main()
