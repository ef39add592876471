"""What an open incident does to the manifests that it names: ALERT M INCIDENT at each of their acts until it is closed (kinds §6, §9).

Code Art. 125, 540 [READ]: who has an accident tells the authority of the place; the load goes on meanwhile, and everybody who acts on it sees.
"""

from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.model import Facts, Findings
from manifests.case import ManifestCases, cases_key, cases_of
from signing.refusal import texts

INCIDENTS_MAX = 16
"""Open incidents that count for one manifest: so many reporters may name it, and no register grows without bound."""


def incident_is_said(judged: Judged, out: Findings) -> None:
    """ALERT M INCIDENT for an act on a manifest that an open incident names."""
    cases: ManifestCases | None = judged.facts.get(cases_key(judged.statement.chain))
    if cases is not None and cases.incidents:  # as hardly ever
        out.alert("M", "INCIDENT", "OPEN", incident=cases.incidents[0], count=str(len(cases.incidents)))


def opened_for(facts: Facts, manifest: str, incident: str) -> dict[str, ManifestCases]:
    """The register of a manifest that one more open incident names; nothing where as many count as may."""
    cases = cases_of(facts, manifest)
    if len(cases.incidents) >= INCIDENTS_MAX:
        return {}
    return {cases_key(manifest): replace(cases, incidents=(*cases.incidents, incident))}


def closed_for(facts: Facts, manifest: str, incident: str) -> dict[str, ManifestCases]:
    """The register of a manifest after an incident that named it was closed."""
    cases = cases_of(facts, manifest)
    if incident not in cases.incidents:
        return {}
    return {cases_key(manifest): replace(cases, incidents=tuple(one for one in cases.incidents if one != incident))}


TEXTS = texts("""
INCIDENT | - | nobody | kinds §9 [DESIGN]; Code Art. 125, 540 [READ]
联单涉及未了结的突发事件。 || 不影响入账。按应急预案处置，事发地主管部门查清后了结事件（incident.close）。
The manifest is named by an incident that is not closed. || It is entered all the same. Act by the emergency plan; the authority of the place closes the incident when all is clear.

INCIDENT:OPEN
联单涉及未了结的突发事件 {incident}（共 {count} 起）。 || 不影响入账。查看该事件；事发地主管部门查清后了结（incident.close）。
The manifest is named by incident {incident}, which is open ({count} in all). || It is entered all the same. Read the incident; the authority of the place closes it (incident.close) when all is clear.
""")
