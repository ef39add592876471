"""The inspector's desk: is this truck right, now? One field, contradictions first, every answer with the entries that prove it."""
