"""Who appears in the corpus, with seeded keys, and the names of its chains. All are fictitious."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.vectors.forger import v1

ORIGIN = "liandan.example/vectors-corpus"
LOG_KEY = v1.key("corpus log")
WITNESSES = {f"{name}.example/witness": v1.key(f"corpus witness {name}") for name in ("sichuan", "chongqing")}


@dataclass(frozen=True)
class Person:
    """An organisation with one key; others follow by name."""

    uscc: str
    title: str
    key: Any

    @property
    def signer(self) -> tuple[str, Any]:
        return self.uscc, self.key

    def with_key(self, key: Any) -> tuple[str, Any]:
        """Signing with another key of its own."""
        return self.uscc, key


def _person(first17: str, title: str, suite: str = "ed25519") -> Person:
    return Person(v1.uscc(first17), f"{title}（虚构）", v1.key(f"corpus {first17}", suite))


OPERATOR = _person("125000000000FX900", "川渝联单运行中心")
SICHUAN = _person("115100000000FX510", "四川省生态环境厅")
CHONGQING = _person("115000000000FX500", "重庆市生态环境局", "ecdsa-p256-sha256")
GUIZHOU = _person("115200000000FX520", "贵州省生态环境厅")
GENERATOR = _person("915101120000FX101", "成都锦江电池有限公司")
GENERATOR_50 = _person("915001120000FX102", "重庆两江电池有限公司")
GENERATOR_44 = _person("914401010000FX103", "广州虚构电池有限公司")
CARRIER = _person("915001050000FX201", "重庆两江危货运输有限公司", "ecdsa-p256-sha256")
TAKING = _person("915001120000FX202", "重庆嘉陵危货运输有限公司")
RECEIVER = _person("915001160000FX301", "重庆涪江环保科技有限公司")
RECEIVER_51 = _person("915107000000FX302", "绵阳涪城环保科技有限公司")
COLLECTOR = _person("915001070000FX303", "重庆九龙收集有限公司")
EXEMPT_USER = _person("915101000000FX304", "成都豁免利用有限公司")
SUCCEEDED = _person("915101120000FX401", "成都旧电池厂")
GONE = _person("915101120000FX402", "成都停业电池厂")
LATE_COMER = _person("915101120000FX403", "成都后来电池厂")
FIRMS = (GENERATOR, GENERATOR_50, CARRIER, TAKING, RECEIVER, RECEIVER_51, COLLECTOR, EXEMPT_USER, SUCCEEDED, GONE)
"""Registered by the authority of their region."""


def chain(kind: str, owner: Person, number: int) -> str:
    """A chain of an owner; the number is its ULID's last digits."""
    return f"{kind}/{owner.uscc}/01KB2Z8Q6V{number:016}"


def authority_of(person: Person) -> Person:
    """The authority of a region, Sichuan where there is none."""
    return {"51": SICHUAN, "50": CHONGQING, "52": GUIZHOU}.get(person.uscc[2:4], SICHUAN)
