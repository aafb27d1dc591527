"""Texts of people, for the posts of friends in tests."""

TALK = (
    "the kettle is on and the cat wants in",
    "missed the last bus again, walking home",
    "my sister called from the hospital, all is well",
    "we tried the new bakery, their rye is lovely",
    "somebody left an umbrella on our porch",
    "reading the same page for an hour now",
    "the dog found a hedgehog in the garden",
    "my knee hurts after yesterday's hill",
    "grandma turned ninety and danced all night",
    "rain on the tent, but the coffee is hot",
)
