"""Places (场所) of parties: their texts."""

from __future__ import annotations

from signing.refusal import texts

TEXTS = texts("""
SITE_UNKNOWN | - | sender | kinds §2 party.site [DESIGN]
场所编号不是该单位在该行政区划内登记的、未关闭的场所。 || 核对场所编号；新的场所先由本单位登记（party.site）。
The site is no open site of this party in this division. || Check its id; a new site is registered first (party.site).
""")
