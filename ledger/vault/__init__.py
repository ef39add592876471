"""The vault: personal data behind the commitments of the log, readable by few, erasable for ever (formats §7)."""
