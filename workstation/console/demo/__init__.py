"""The demo: the whole journey on two real releases of a public package, with SoftHSM for cards.

It stands outside the workstation and uses it as people do: through the command line and the screen.
"""
