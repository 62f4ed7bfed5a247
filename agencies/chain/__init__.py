"""The sealed chain over the trail: sealing it, sending its head away, and proving that it is whole."""

from agencies.chain import certificates
from agencies.chain.anchors import anchor, anchor_is_due
from agencies.chain.findings import Finding
from agencies.chain.sealing import seal
from agencies.chain.verifying import verify

__all__ = ["Finding", "anchor", "anchor_is_due", "certificates", "seal", "verify"]
