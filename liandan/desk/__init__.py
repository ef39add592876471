"""工作台: pages for people (docs/desk.md), drawn by the server from the same functions that ``/v1`` answers from."""
