"""Search as you type: what a text may become."""
