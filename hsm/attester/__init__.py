"""The attester: a process of its own that asks a PIV card, over PC/SC, what it says of a key it made.

PKCS#11 has no word for it. The token worker has let go of the card by then: the two take turns.
"""
