"""This program beside its peers: the same supports, the same companies, one run. `python -m benchmarks.peers`.

Every peer gets its rules generated from the rulebook's own expressions and must agree with this program before it is timed.
"""
