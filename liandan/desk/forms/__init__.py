"""Forms of acts: every act that a visitor may sign, drawn from what its kind declares and what the log knows, and signed by the island.

The template (``templates/forms/form.html``) writes what ``static/island/form.js`` reads: ``<form data-act>`` with the proposal as JSON, and inputs with
``data-path`` (place in the body), ``data-type``, ``data-list``, ``data-on="by.1"`` (who holds a place of ``by``), ``data-personal`` (a commitment). An
empty input is left out, so the body of the proposal holds only what stands in no input. ``name`` is the path again, for a server that judges
while somebody types.

``[data-rows]`` holds ``[data-row]`` and a ``<template>`` of one more; ``static/forms/rows.js`` adds, removes and numbers them, and lets ``[data-alone]``
take the others out of ``by``.
"""
