"""The append-only log: understands keys, parties and itself, and nothing above it.

It promises that an admitted statement has one place for ever, that nothing is signed which has not been decided twice, and that
whoever holds a checkpoint can prove what lies under it. What statements mean is taught to it by personalities. How to find your
way:

* evidence, pure: ``model`` ``chain`` ``statement`` ``entry`` ``times`` · tree ``merkle`` ``tiles`` ``proof`` · notes ``note``
  ``checkpoint`` ``cosignature`` ``policy`` · files for others ``bundle`` ``receipts``
* deciding, pure: ``facts`` ``personality`` ``kinds`` ``admit`` ``replay`` ``directory`` · the log's own kinds in ``…_kinds``
* appending: ``intake`` (outside the lock) → ``sequencer`` on a ``desk`` (one transaction) → ``store``
* publishing: ``publisher`` with its ``shadow``, the ``checkpoint_store``, ``signer``, ``cosigning``; whoever does not publish is a
  ``follower``; what stops it is in ``freeze``, the way on in ``cut``; where it may die in ``crashpoints``
* reading: ``log`` and ``service`` for one process, ``routes`` and ``static`` over HTTP, ``files`` on disk
* judging: ``audit`` of an export, ``database_audit`` of a database, their parts in ``auditing``
* ``witnessing``: cosigning other logs, and being cosigned · ``vault``: personal data beside the log

A new kind of the log's own: a body, ``reads``, ``decide``, ``evolve`` in a ``…_kinds`` module and a line in ``log_personality``.
"""
