"""The desk: what a person at the screen, or a script, can ask for.

`face` says what can be asked and answered; the screen's process imports that, `codec` and `client`
only. `desk` answers, in a process of its own, and `server` lets the screen reach it.
"""
