"""The tree: hashes, proofs, tiles, signed notes, checkpoints, cosignatures, policies (RFC 6962, C2SP). Bytes only; it knows no statement."""
