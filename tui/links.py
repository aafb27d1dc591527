"""What of a post can be opened in the browser."""

from ..models.post import Post


def links_of(post: Post) -> list[str]:
    """What can be opened: the post's links, its card, its quoted post, its pictures, and the post itself last."""
    links = [*(post.links or ()), post.card.url if post.card else "", post.quote.url if post.quote else ""]
    links += [medium.url for medium in post.media or ()]
    return [url for url in dict.fromkeys([*links, post.url]) if url.startswith(("https://", "http://"))]
