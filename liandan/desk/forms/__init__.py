"""Forms of acts: every act that a visitor may sign, drawn from what its kind declares and what the log knows, and signed by the island.

What the template writes (``templates/forms/form.html``) and the island's ``form.js`` reads:

* ``<form data-act>`` holds ``<script type="application/json" data-proposal>`` with ``{kind, chain, by, for, body}``; a chain that ends in
  ``<ULID>`` begins anew. What stands in an input is laid over ``body`` at its path; an empty input takes its field away.
* ``data-path="lines.0.accepted_t"`` with ``data-type`` (FormType). ``name`` is the same path, for a server that judges while somebody types.
* ``data-list``: the field is a list of plain values. Boxes: those that are ticked, in their order. Texts: one a line, or behind a comma.
  Numbers alike. Files: all that were chosen.
* ``data-type="time"`` is a moment of Asia/Shanghai without seconds (``2026-11-02T08:30``); ``flag`` is ``true`` or absent.
* ``data-type="personal"`` with ``data-path="commit"`` and ``data-name``: the text is committed to, and stands in clear nowhere in the act.
* ``data-by="1"``: who holds place 1 of ``by``. ``data-alone`` on a box: signed by the visitor's party alone.
* ``[data-rows]`` holds ``[data-row]`` and a ``<template>`` of one more; ``static/forms/rows.js`` adds, removes and numbers them, so that places of
  a list are always 0, 1, 2 …
"""
