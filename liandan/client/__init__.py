"""The client: draft, sign, post, and keep the evidence. Nothing the server says is believed beyond what its bytes prove.

    async with AsyncLiandan("https://ledger.example.cn", key, trust=trust, folder=ReceiptFolder(Path("receipts"))) as client:
        draft = await client.draft("manifest.issue/1", chain, body)
        receipt = await client.post(client.sign(draft))

``Liandan`` is the same without ``await``.
"""

from liandan.client.api import AsyncLiandan, cosign
from liandan.client.outbox import Outbox, Queued, Sent
from liandan.client.receipt import Heads, Receipt, ReceiptFolder, Trust
from liandan.client.sync import Liandan
from liandan.client.transport import Dishonest, RequestRefused, Unavailable

__all__ = [
    "AsyncLiandan", "Dishonest", "Heads", "Liandan", "Outbox", "Queued", "Receipt", "ReceiptFolder", "RequestRefused", "Sent", "Trust",
    "Unavailable", "cosign",
]  # fmt: skip
