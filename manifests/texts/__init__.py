"""The rule texts by theme; ``manifests.rulebook`` puts them together."""
