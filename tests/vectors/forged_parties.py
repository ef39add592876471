"""A hostile operator admits what the signer had no right to: delegates, scoped keys, closed parties, sites, readers, issuers. Each at the log's end."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from tests.vectors.forger import Forgery, acts, bodies, story, v1
from tests.vectors.forgeries import CARRIER, appended
from tests.vectors.second_reader import VECTORS

sys.path.insert(0, str(VECTORS))
acts_parties = importlib.import_module("acts_parties")
sys.path.remove(str(VECTORS))

GENERATOR, RECEIVER, SICHUAN, CHONGQING, OPERATOR = (
    story.signer(name) for name in ("generator", "receiver", "sichuan", "chongqing", "operator")
)
OWN, NEW = f"party/{story.GENERATOR}", v1.key("forged newcomer")
HOME = {"site": "a", "name": "分厂（虚构）", "division": "510112", "address": "虚构路9号"}
AWAY = HOME | {"division": "500116"}
FOR_OWNER, SAID = {"principal": story.GENERATOR}, {"tags": [["ON_BEHALF"]]}
BY_AUTHORITY = {"tags": [["BY_AUTHORITY"]], "alerts": [["H", "SIGNED_FOR_CLOSED"]]}
Step = tuple[str, str, Any, tuple[Any, ...], dict[str, Any]]


def _step(kind: str, chain: str, body: Any, *by: Any, **more: Any) -> Step:
    return kind, chain, body, by, more


def _delegate(to: Any, *kinds: str) -> Step:
    facts = [] if to in (SICHUAN, CHONGQING) else [f"party/{to[0]}"]
    return _step("delegation.grant", OWN, {"delegate": to[0], "kinds": list(kinds)}, GENERATOR, facts=facts)


def _close(owner: str, by: Any, **more: Any) -> Step:
    facts = [f"party/{more['successor']}"] if "successor" in more else []
    return _step("party.amend", f"party/{owner}", {"closed_on": "2026-11-02", "reason": "注销（虚构）", **more}, by, facts=facts)


def steps(*done: Step | Callable[[Any], Step]) -> Callable[[Any], None]:
    """All acts but the last are in good order; the last is the forgery."""

    def grow(log: Any) -> None:
        for step in done:
            log.forged = len(log.entries)
            kind, chain, body, by, more = step(log) if callable(step) else step
            appended(kind, chain, body, *by, **more)(log)

    return grow


def _registers(use: str, key: Any, owner: str, **more: Any) -> Callable[[Any], Step]:
    def step(log: Any) -> Step:
        return _step("issuer.key", "log/issuers", {"use": use, **v1.registration(key, log.found, owner), **TERM, **more}, OPERATOR)

    return step


def _adds(**more: Any) -> Callable[[Any], Step]:
    by, alerts = more.pop("by", GENERATOR), more.pop("alerts", [])
    return lambda log: _step("key.add", OWN, {"key": v1.registration(NEW, log.found, story.GENERATOR), **more}, by, alerts=alerts)


TERM = {"valid_from": "2026-11-01", "valid_to": "2028-10-31"}
SITE, ACCESS = _step("party.site", OWN, HOME, GENERATOR), {"reader": story.CARRIER, "topics": ["manifest"], "reason": "检查（虚构）"}
PHONE = (story.GENERATOR, acts_parties.PHONE_KEY)
GUANGDONG = v1.uscc("91440101" + "0000FX440")
SICHUANS = f"party/{story.SICHUAN}"

FORGED_PARTIES = [
    # delegates
    Forgery(
        "for another without saying so", grow=steps(_delegate(CARRIER, "party.site"), _step("party.site", OWN, HOME, CARRIER, **FOR_OWNER))
    ),
    Forgery("for oneself, said to be for another", grow=steps(_step("party.site", OWN, HOME, GENERATOR, **SAID))),
    Forgery(
        "one hand for two roles",
        grow=steps(_delegate(CHONGQING, "party.site"), _step("party.site", OWN, AWAY, CHONGQING, **FOR_OWNER, **SAID)),
    ),
    Forgery(
        "a delegate of another kind",
        grow=steps(_delegate(CARRIER, "manifest.issue"), _step("party.site", OWN, HOME, CARRIER, **FOR_OWNER, **SAID)),
    ),
    Forgery(
        "a delegate who opens the books",
        grow=steps(
            _step(
                "delegation.grant",
                SICHUANS,
                {"delegate": story.CARRIER, "kinds": ["access.grant"]},
                SICHUAN,
                facts=[f"party/{story.CARRIER}"],
            ),
            _step("access.grant", SICHUANS, ACCESS | {"regions": ["51"]}, CARRIER, principal=story.SICHUAN, **SAID),
        ),
    ),
    # keys
    Forgery("a scoped key beyond its kinds", grow=steps(_step("party.site", OWN, HOME, PHONE))),
    Forgery(
        "a scoped key that grants", grow=steps(_step("delegation.grant", OWN, {"delegate": acts.TAKING, "kinds": ["manifest.void"]}, PHONE))
    ),
    Forgery("a key whose scope names keys", grow=steps(_adds(kinds=["key.revoke"]))),
    Forgery("a key that is over when it begins", grow=steps(_adds(until=story.clock("16:00:00")))),
    Forgery(
        "a key after its day",
        grow=steps(
            _adds(until=story.clock("16:55:30")),
            _step("party.site", OWN, HOME, (story.GENERATOR, NEW), time="16:56:00", admitted="16:56:01"),
        ),
    ),
    Forgery("a recovery with a scope", grow=steps(_adds(by=SICHUAN, kinds=["manifest.issue"], alerts=[["H", "KEY_BY_AUTHORITY"]]))),
    # closed parties
    Forgery("closed twice", grow=steps(_close(story.GENERATOR, SICHUAN), _close(story.GENERATOR, SICHUAN))),
    Forgery("reopened without having closed", grow=steps(_step("party.amend", OWN, {"reopen": True, "reason": "x"}, SICHUAN))),
    Forgery("an heir of the living", grow=steps(_step("party.amend", OWN, {"successor": story.RECEIVER, "reason": "x"}, SICHUAN))),
    Forgery("nothing amended", grow=steps(_step("party.amend", OWN, {"reason": "x"}, SICHUAN))),
    Forgery(
        "heirs in a circle",
        grow=steps(
            _close(story.GENERATOR, SICHUAN, successor=story.RECEIVER), _close(story.RECEIVER, CHONGQING, successor=story.GENERATOR)
        ),
    ),
    Forgery("amended by itself", grow=steps(_step("party.amend", OWN, {"name": "y", "reason": "x"}, GENERATOR))),
    Forgery("an authority amended", grow=steps(_step("party.amend", SICHUANS, {"name": "y", "reason": "x"}, SICHUAN))),
    Forgery(
        "an heir who does not say so",
        grow=steps(_close(story.GENERATOR, SICHUAN, successor=story.RECEIVER), _step("party.site", OWN, HOME, RECEIVER)),
    ),
    Forgery(
        "an heir who grants",
        grow=steps(
            _close(story.GENERATOR, SICHUAN, successor=story.RECEIVER),
            _step("delegation.grant", OWN, {"delegate": acts.TAKING, "kinds": ["manifest.void"]}, RECEIVER, **SAID),
        ),
    ),
    Forgery("an authority for the living", grow=steps(_step("party.site", OWN, HOME, SICHUAN, **BY_AUTHORITY))),
    Forgery(
        "an authority for the closed, unsaid",
        grow=steps(_close(story.GENERATOR, SICHUAN), _step("party.site", OWN, HOME, SICHUAN, tags=[["BY_AUTHORITY"]])),
    ),
    Forgery(
        "another authority for the closed",
        grow=steps(_close(story.GENERATOR, SICHUAN), _step("party.site", OWN, HOME, CHONGQING, **BY_AUTHORITY)),
    ),
    Forgery(
        "a closed party applies",
        grow=steps(
            _close(story.GENERATOR, SICHUAN),
            _step("approval.apply", acts.CONSULTED[:-1] + "9", bodies.apply(story.RECEIVER, acts.PERMIT), GENERATOR, facts=[acts.PERMIT]),
        ),
    ),
    # sites, readers, issuers, foreign parties
    Forgery("a site in another province", grow=steps(_step("party.site", OWN, AWAY, GENERATOR))),
    Forgery("a site with the word of its own province", grow=steps(_step("party.site", OWN, AWAY, GENERATOR, SICHUAN))),
    Forgery(
        "a region of somebody else",
        grow=steps(_step("access.grant", SICHUANS, ACCESS | {"regions": ["50"]}, SICHUAN, facts=[f"party/{story.CARRIER}"])),
    ),
    Forgery(
        "access by a firm",
        grow=steps(_step("access.grant", OWN, ACCESS | {"regions": ["51"]}, GENERATOR, facts=[f"party/{story.CARRIER}"])),
    ),
    Forgery("access that nobody had", grow=steps(_step("access.revoke", SICHUANS, {"reader": story.RECEIVER, "reason": "x"}, SICHUAN))),
    Forgery("a party's key for documents", grow=steps(_registers("pdf", story.KEYS["generator"], story.OPERATOR))),
    Forgery("a key for documents of another", grow=steps(_registers("pdf", NEW, story.GENERATOR))),
    Forgery(
        "a certificate of another key", grow=steps(_registers("pdf", NEW, story.OPERATOR, cert=v1.b64(v1.certificate(v1.key("other")))))
    ),
    Forgery("a retired key for documents, again", grow=steps(_registers("claim", acts_parties.SEAL_KEY, story.OPERATOR))),
    Forgery(
        "retired twice", grow=steps(_step("issuer.retire", "log/issuers", {"keyid": acts_parties.SEAL_KEY.keyid, "reason": "x"}, OPERATOR))
    ),
    Forgery(
        "a key for documents by an authority",
        grow=lambda log: appended(
            "issuer.key", "log/issuers", {"use": "pdf", **v1.registration(NEW, log.found, story.SICHUAN), **TERM}, SICHUAN
        )(log),
    ),
    Forgery(
        "a foreign party, unsaid",
        grow=steps(
            lambda log: _step(
                "party.register", f"party/{GUANGDONG}", {"name": "x", "keys": [v1.registration(NEW, log.found, GUANGDONG)]}, SICHUAN
            )
        ),
    ),
]
