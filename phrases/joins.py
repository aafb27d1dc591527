"""Why quietfeed proposes that two handles are one person."""

from collections.abc import Mapping, Sequence

from ..models.joined import Proposal, ProposalReason

_REASONS: Mapping[ProposalReason, str] = {
    "mutual": "their profiles link to each other",
    "bridge": "a bridge copies the one to the other network",
    "contact": "both are of one contact in your address book",
    "profile": "the profile names the other handle, which proves nothing alone",
}


def reason_text(proposals: Sequence[Proposal]) -> str:
    """The reasons of these proposals, each once: "their profiles link to each other"."""
    return "; ".join(dict.fromkeys(_REASONS[each.reason] for each in proposals))


def proposal_line(proposal: Proposal) -> str:
    """Two handles and the reason, on one line."""
    one, other = proposal.one, proposal.other
    return f"@{one.handle} ({one.network}) and @{other.handle} ({other.network}): {reason_text([proposal])}"
