"""The append-only log: understands keys, parties and itself, and nothing above it.

It promises that an admitted statement has one place for ever, that nothing is signed which has not been decided twice, and that whoever
holds a checkpoint can prove what lies under it. What statements mean is taught to it by personalities. The rooms:

* ``admission``: from posted bytes to an entry: form, facts, the one pure judgement, the sequencer
* ``kinds``: the log's own kinds of statement, one module an act or a noun
* ``tree``: hashes, proofs, tiles, notes, checkpoints, cosignatures, policies
* ``publishing``: the publisher and all that stands between a commit and a checkpoint to rely on
* ``witnessing``: cosigning other logs, and being cosigned · ``static``: tiles and checkpoints over HTTP
* ``auditing``: replay, audits of an export and of a database · ``repair``: cut and refill
* ``vault``: personal data beside the log

Flat here stands what every package uses: nouns (``model`` ``directory`` ``chain`` ``times`` ``mass`` ``caller``), the forms of bodies
(``fields`` ``labels``), the toolbox of answers (``problem`` ``reading`` ``bundle``), and the log as one service (``log`` ``service``
``store`` ``routes``).
"""
