"""Search as you type over names, plates and numbers; the address of a search is its saved view."""
