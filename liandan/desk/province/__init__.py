"""The provincial clerk's face (/province): what waits for us and for the other side, lists, applications, suspensions, emergencies, trials, audit.

``service`` asks the floors below, with the very functions of ``/v1``; ``inbox``, ``lists``, ``approvals`` … say what a page shows of their answers;
``acts`` prepares what an office may sign; ``routes`` draws. No rule, no deadline and no sum is made in a template.
"""
