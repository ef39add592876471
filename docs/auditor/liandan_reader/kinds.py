"""THE table: every kind that a log may hold (§3, kinds §2 to §10), one line each. A kind is real once its schema lies in docs/formats.

A head of several types: kinds that lie on chains of all of them. A line: kind · place: ``!`` opens its chain and stands nowhere else, ``?`` may open it, ``.`` never opens · window of ``at`` (§6): N none,
D 24 hours, M 30 days, C custody · roles in the order of ``by`` · accounts that it may move · stages of its chain before > after, where it
has stages (then ``-`` is a chain that does not exist yet, ``=`` the same stage again, several outcomes are told by the body.

Roles: operator; authorities (each of them); owner, named by the chain; region: authority of the owner's region; recovery: those who may
help an owner that lost its keys; place: authority of a site in another province; origin, destination: authority of an approval's or a
manifest's side; proposer, countersigner, side (either), receiving (destination's): authority of a list's side; consignor, carrier, next (any party that is registered), receiver
of a manifest; holding: authorities that may hold a load; releasing: who holds it, of a contest either side; signer: who signed what is
contested; concerned: whose matter a report or an item is; settling: both firms of an item's manifest, or an authority; this_side, that_side: both sides of a list or approval, a permit's region and another; covering: authority of an incident's place, of a number's digits 5 to 8; proposing, consenting, refusing: of a correction (amendments); declaring,
joining: of an emergency; speaking: authority of either side of a month's direction. ``a|b``: one of them.
"""

import re
from dataclasses import dataclass

TABLE = """
log/main = log/main
  log.found            !  N  operator authorities       -
  ruleset.adopt        .  M  operator authorities       -
  data.adopt           .  M  operator authorities       -
  authority.admit      .  M  operator authorities       -
  witness.set          .  M  operator authorities       -
  log.cut              .  M  operator authorities       -
  log.close            .  M  operator authorities       -
log/refusals = log/refusals
  log.refusals         ?  D  operator                   -
log/erasures = log/erasures
  pd.erase             ?  D  operator                   -
log/issuers = log/issuers
  issuer.key           ?  D  operator                   -
  issuer.retire        .  D  operator                   -
party = party/U
  party.register       !  D  region                     -
  party.amend          .  D  region                     -
  party.site           .  D  owner place                -
  key.add              .  D  owner|recovery             -
  key.rotate           .  D  owner                      -
  key.revoke           .  D  owner|recovery             -
  delegation.grant     .  D  owner                      -
  delegation.revoke    .  D  owner                      -
  crew.register        .  D  owner                      -
  crew.retire          .  D  owner                      -
  access.grant         .  D  owner                      -
  access.revoke        .  D  owner                      -
permit = permit/U/I
  permit.grant         !  D  region                     -    - > active
  permit.amend         .  D  region                     -    active suspended > =
  permit.suspend       .  D  region                     -    active > suspended
  permit.resume        .  D  region                     -    suspended > active
  permit.revoke        .  D  region                     -    active suspended > revoked
  permit.usage         .  D  region|owner               Q3   active suspended revoked > =
list = list/N
  list.propose         !  M  proposer                   -    - > announced
  list.rows            .  M  proposer                   -    announced > announced complete
  list.countersign     .  M  countersigner              -    complete > in_force
  list.amend           .  M  side                       -    in_force > =
  list.report          .  M  side                       -    in_force removed > =
  list.exceed_consent  .  M  receiving                  -    in_force > =
  list.suspend         .  M  side                       -    in_force > =
  list.resume          .  M  side                       -    in_force > =
  list.remove          .  M  side                       -    in_force > = removed
  list.confirm         .  M  side                       -    in_force > = removed
approval = approval/U/I
  approval.apply       ?  D  owner                      -    - noticed > applied
  approval.accept      .  D  origin                     -    applied > accepted
  approval.notice      .  D  origin                     -    applied > noticed
  approval.withdraw    .  D  owner                      -    applied noticed accepted consulted agreed disagreed > withdrawn
  approval.consult     .  D  origin                     -    applied accepted > consulted
  approval.reply       .  D  destination                -    consulted > agreed disagreed
  approval.decide      .  D  origin                     Q1   applied noticed accepted consulted agreed disagreed > approved refused
  approval.suspend     .  D  origin                     -    approved > approved suspended
  approval.resume      .  D  origin                     -    approved suspended > approved
  approval.revoke      .  D  origin                     -    approved suspended > approved suspended revoked
plan = plan/U/Y
  plan.file            ?  D  owner                      -
  plan.amend           .  D  owner                      -
manifest = manifest/U/I
  manifest.issue       !  D  owner                      Q23  - > issued
  manifest.void        .  D  owner                      Q23  issued > voided
  manifest.depart      .  C  consignor next             Q23  issued > in_transit
  manifest.hand_over   .  C  carrier next               -    in_transit > =
  manifest.transship   .  C  carrier                    -    in_transit > =
  manifest.stop        .  C  carrier                    -    in_transit > =
  manifest.arrive      .  C  carrier                    -    in_transit > in_transit arrived
  manifest.receive     .  C  receiver                   Q23  issued in_transit arrived > accepted partly_accepted rejected disposed
  manifest.dispose     .  C  receiver                   -    accepted partly_accepted > = disposed
  manifest.verify      .  D  owner                      -    disposed rejected > closed closed_rejected
case = case/U/I/I
  case.number          !  D  owner|origin               -
  case.hold            !  D  holding                    -
  case.release         .  D  releasing                  -
  case.amend_propose   !  D  proposing                  Q23
  case.amend_consent   .  D  consenting                 Q23
  case.amend_refuse    .  D  refusing                   -
  case.close_with_gap  !  D  destination origin         Q23
  case.contest         !  D  signer                     -
  case.report          ?  D  concerned                  -
emergency = emergency/U/I
  emergency.declare    !  D  declaring                  -    - > open
  emergency.join       .  D  joining                    -    open > =
  emergency.close      .  D  declaring                  -    open > closed
incident = incident/U/I
  incident.report        !  D  owner                    -    - > open
  incident.unmanifested  !  D  owner                    -    - > open
  incident.close         .  D  covering                 -    open > closed
number = number/[0-9]{14}
  number.settle        ?  D  covering                   -
item = item/M/I
  item.comment         ?  D  concerned                  -    - open settled > = open
  item.settle          .  D  settling                   -    open > settled
period = period/20[0-9]{2}-(?:0[1-9]|1[0-2])/[1-8][0-9]-[1-8][0-9]
  period.close         ?  M  operator                   -
  period.confirm       .  M  speaking                   -
  period.dispute       .  M  speaking                   -
list approval permit
  quota.open           .  M  this_side that_side        Q
"""
STAGE_CODE = {
    "permit": "PERMIT_TRANSITION",
    "list": "LIST_STAGE",
    "approval": "APPROVAL_STAGE",
    "manifest": "ACT_NOT_OPEN",
    "incident": "INCIDENT_STATE",
    "emergency": "EMERGENCY_STATE",
    "item": "ITEM_STATE",
}
FORMS = {
    "U": "([0-9A-HJ-NPQRTUWXY]{18})",
    "I": "[0-7][0-9A-HJKMNP-TV-Z]{25}",
    "N": "[0-9]{4}-(?:[0-9]{2}-){2}[a-z0-9]{1,16}",
    "Y": "20[0-9]{2}",
    "M": "20[0-9]{2}-(?:0[1-9]|1[0-2])",
}
NEVER_FOR = ("log/", "list/", "period/")  # chains without delegates (kinds §0), and below the kinds
NEVER_BY_DELEGATE = ("key.", "delegation.", "access.")
NEVER_SCOPED = ("key.", "delegation.", "party.", "access.")  # what a key with ``kinds`` never signs (§5)


@dataclass(frozen=True)
class Kind:
    """One line of the table."""

    name: str
    chain_type: str
    place: str
    window: str
    roles: tuple[str, ...]
    moves: str
    before: list[str]
    after: list[str]

    @property
    def is_custody(self) -> bool:
        return self.window == "C"


def _read() -> tuple[dict[str, str], dict[str, Kind]]:
    chains, kinds, row = dict[str, str](), dict[str, Kind](), ""
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            row, is_one, form = line.partition(" = ")
            if is_one:
                chains[row] = re.sub(r"\b[UINYM]\b", lambda match: FORMS[match[0]], form)
            continue
        name, place, window, *rest = line.split()
        at = next(k for k, word in enumerate(rest) if word in ("-", "Q", "Q1", "Q3", "Q23"))
        before, _, after = " ".join(rest[at + 1 :]).partition(" > ")
        kinds[f"{name}/1"] = Kind(f"{name}/1", row, place, window, tuple(rest[:at]), rest[at], before.split(), after.split())
    return chains, kinds


CHAINS, KINDS = _read()


def row_of(chain: str) -> str:
    """The row of the table that a chain belongs to: its type, for ``log/`` chains the whole name."""
    return chain if chain.startswith("log/") else chain.partition("/")[0]
