"""What this machine can do at most, measured beside our own figures: signatures, hashes, disk, JSON."""

from __future__ import annotations

import json
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from bench.load import key_of
from signing.suite import verify

SECONDS = 1.0


def signatures_per_s() -> float:
    """Ed25519 verifications of a 1 KB message on all cores, in threads (libsodium releases the interpreter lock)."""
    key, message = key_of("limit"), bytes(1024)
    signature = key.sign(message)

    def work(deadline: float) -> int:
        done = 0
        while time.perf_counter() < deadline:
            for _ in range(50):
                verify("ed25519", key.spki, message, signature)
            done += 50
        return done

    cores = os.cpu_count() or 1
    start = time.perf_counter()
    with ThreadPoolExecutor(cores) as threads:
        total = sum(threads.map(work, [start + SECONDS] * cores))
    return total / (time.perf_counter() - start)


def hashes_per_s(size: int = 1400) -> float:
    """SHA-256 of entries of a usual size, on one core."""
    entry, done, start = bytes(size), 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS / 2:
        for _ in range(1000):
            sha256(entry).digest()
        done += 1000
    return done / (time.perf_counter() - start)


def json_reads_per_s(raw: bytes) -> float:
    """Parsing one posted envelope and its payload with the standard library, nothing else, on one core."""
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS / 2:
        for _ in range(100):
            json.loads(raw)
        done += 100
    return done / (time.perf_counter() - start)


def flushes_per_s() -> float:
    """4 KiB writes with fdatasync, one after the other, where temporary files live."""
    done = 0
    with tempfile.NamedTemporaryFile() as file:
        start = time.perf_counter()
        while time.perf_counter() - start < SECONDS / 2:
            os.pwrite(file.fileno(), bytes(4096), 0)
            os.fdatasync(file.fileno())
            done += 1
        return done / (time.perf_counter() - start)
