"""The pure core: types, rules and formats.

No I/O, no clock, no randomness: time, chance and people are parameters.
"""
