"""Why quietfeed proposes that two handles are one person."""

from collections.abc import Mapping, Sequence

from ..models.joined import Proposal, ProposalReason

_REASONS: Mapping[ProposalReason, str] = {
    "mutual": "their profiles link to each other",
    "bridge": "one is a bridge's copy of the other",
    "contact": "both belong to one contact in your address book",
    "profile": "the profile names the other handle, which alone is no proof",
}


def reason_text(proposals: Sequence[Proposal]) -> str:
    """The reasons of these proposals without repetition: "their profiles link to each other"."""
    return "; ".join(dict.fromkeys(_REASONS[each.reason] for each in proposals))


def proposal_line(proposal: Proposal) -> str:
    """Two handles and the reason, on one line."""
    one, other = proposal.one, proposal.other
    return f"@{one.handle} ({one.network}) and @{other.handle} ({other.network}): {reason_text([proposal])}"
