"""The claim in the square code: what it says, that nobody can change it, that it always fits."""

import asyncio
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image, ImageFilter

from ledger.bundle import open_bundle
from manifests.model import ManifestState, Stage
from reports.attachment import claims_in
from reports.certificate.render import render_certificate
from reports.claim import CLAIM_MAX, Claim, SignedClaim, claim_of, parse_claim
from reports.kinds import all_kinds
from reports.verify import verify_bytes
from signing.envelope import pae
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.reports.story import Story, ordinary, trunk
from tests.workbench import ORIGIN

KEY = PrivateKey.from_seed("ecdsa-p256-sha256", bytes(32))


def claim(**changes: Any) -> Claim:
    state = ordinary().bench.facts.state(trunk(123))
    assert isinstance(state, ManifestState)
    facts: dict[str, Any] = {
        "document": "c",
        "number": "20265101000123",
        "as_of_s": 1_790_000_000,
        "size": 19,
        "root": bytes(32),
        "keyid": KEY.keyid,
    }
    return claim_of(state, **{**facts, **changes})


def signed(told: Claim) -> SignedClaim:
    return SignedClaim(told, KEY.sign(pae("application/vnd.liandan.claim.v1", told.text)))


def test_it_says_what_the_evidence_says() -> None:
    assert claim().text.decode().split("\n") == [
        "liandan1", "c", "20265101000123", "closed", "2026-09-21T22:13", "900-052-31", "5.548",
        "915101120000FX029E 915101000000FX037W 915001160000FX0107", "川A·F0123", "510112 500116", "19 000000000000", KEY.keyid[:8],
    ]  # fmt: skip


def test_it_travels_in_the_fragment_of_an_address_of_the_logs_host() -> None:
    address = signed(claim()).address("log.example/liandan-test")
    assert address.startswith("https://log.example/v#")
    again = parse_claim(address)
    assert again == signed(claim())
    again.check(KEY.spki)


@cache
def printed() -> tuple[Any, str]:
    """The first page of a signed certificate as a picture of 200 dots an inch, and the address in its code."""
    story = Story()
    keys = [story.issuer(), story.issuer("claim")]
    story.ordinary(123)
    raw = asyncio.run(story.bundle(123))
    pdf = render_certificate(open_bundle(raw, all_kinds()), raw, {key.keyid: key.sign for key in keys})
    assert (report := verify_bytes(pdf, "c.pdf", story.bench.found)).verdict == "good"
    assert report.paper == "reprint"
    [travelling] = claims_in(pdf)
    page = pypdfium2.PdfDocument(pdf)[0]
    return page.render(scale=200 / 72).to_pil().convert("L"), parse_claim(travelling.decode()).address(ORIGIN)


@pytest.mark.parametrize(
    "photographed",
    [
        lambda picture: picture,
        lambda picture: picture.resize((picture.width * 2 // 3, picture.height * 2 // 3)),
        lambda picture: picture.rotate(7, fillcolor=255, expand=True),
        lambda picture: picture.rotate(90, expand=True),
        lambda picture: picture.filter(ImageFilter.GaussianBlur(1.2)),
        lambda picture: Image.blend(picture, Image.effect_noise(picture.size, 90), 0.35),
        lambda picture: picture.point(lambda level: 255 if level > 170 else 0),  # a bad photocopy
    ],
    ids=["as printed", "rescaled", "rotated", "turned", "blurred", "noisy", "photocopied"],
)
def test_a_phone_reads_it_from_paper(photographed: Callable[[Any], Any]) -> None:
    """Decoded by a library that shares nothing with the one that draws it."""
    picture, address = printed()
    [code] = zxingcpp.read_barcodes(photographed(picture), formats=zxingcpp.BarcodeFormat.QRCode)
    assert code.text == address


@given(st.text("粤港澳学警挂𪚥ABC·1", min_size=1, max_size=40), st.integers(0, 10**16 - 1), st.integers(1, 200), st.sampled_from(Stage))
def test_text_and_signature_have_at_most_300_bytes(plate: str, size: int, codes: int, stage: Stage) -> None:
    state = ordinary().bench.facts.state(trunk(123))
    leg = replace(state.legs[-1], vehicle=replace(state.legs[-1].vehicle, plate=plate))
    lines = tuple(
        replace(state.lines[0], code=f"900-{n:03}-31", declared_g=10**12, loaded_g=10**12, accepted_g=10**15 - 1) for n in range(codes)
    )
    state = replace(state, legs=(leg,), lines=lines, stage=stage)
    told = claim_of(state, document="t", number="0" * 26, as_of_s=1_790_000_000, size=size, root=bytes(32), keyid=KEY.keyid)
    assert len(told.text) + 64 <= CLAIM_MAX
    assert parse_claim(signed(told).raw.decode()).claim == told
    assert plate.startswith(shown := told.plate.removesuffix("…"))
    assert told.plate == plate or (told.plate.endswith("…") and len(shown) <= 8)


def test_no_changed_character_passes() -> None:
    raw, chance = signed(claim()).raw.decode(), Random(8)
    for _ in range(200):
        at = chance.randrange(len(raw))
        other = chance.choice("ABCDEFabcdef0123456789-_.")
        if other == raw[at]:
            continue
        with pytest.raises(Refusal) as refused:
            parse_claim(raw[:at] + other + raw[at + 1 :]).check(KEY.spki)
        assert refused.value.reasons[0].code in ("CLAIM_FORM", "SIGNATURE_WRONG", "SIGNATURE_FORM")


@pytest.mark.parametrize("text", ["", "https://log.example/v", "https://log.example/v#", "#a.b", "#AAAA.AAAA", "liandan:v1?o=x"])
def test_what_is_no_claim_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_claim(text)
    assert refused.value.reasons[0].code == "CLAIM_FORM"
