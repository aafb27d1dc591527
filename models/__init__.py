"""Immutable data: no I/O, and no sentences for users.

The structures of which there is one or more per post are not tracked by the garbage collector (`gc=False`): frozen data
holds no cycles, and thousands of loaded posts need not be visited.
"""
