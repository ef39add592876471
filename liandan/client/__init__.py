"""The client: draft, sign, post, and keep the evidence. Nothing the server says is believed beyond what its bytes prove.

    async with AsyncLiandan("https://ledger.example.cn", key, trust=trust, folder=ReceiptFolder(Path("receipts"))) as client:
        draft = await client.draft("manifest.issue/1", chain, body)
        receipt = await client.post(client.sign(draft))

``Liandan`` is the same without ``await``.
"""

from liandan.client.api import AsyncLiandan
from liandan.client.errors import Dishonest, RequestRefused, Unavailable
from liandan.client.folder import ReceiptFolder
from liandan.client.heads import Heads
from liandan.client.receipt import Receipt, Trust
from liandan.client.signing import cosign
from liandan.client.sync import Liandan

__all__ = ["AsyncLiandan", "Dishonest", "Heads", "Liandan", "Receipt", "ReceiptFolder", "RequestRefused", "Trust", "Unavailable", "cosign"]
