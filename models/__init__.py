"""Immutable data: no I/O, and no sentences for users.

Structures that exist once or more per post are not tracked by the garbage collector (`gc=False`): frozen data
holds no cycles, and thousands of loaded posts need not be visited.
"""
