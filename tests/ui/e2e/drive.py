"""End to end as a person with a screen reader: only keys of X go in (xdotool), only AT-SPI text comes out.

Run by `make e2e` with the system's Python, which has the bindings of AT-SPI: WORDS are the release words.
"""

import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402 (after its version is chosen)

PATIENCE_S = 40
WORDS = sys.argv[1:]
PIN = "246810"


def wait_for(what, ask):
    """Return what `ask` finds, once it finds something."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            found = ask()
        except Exception as error:  # noqa: BLE001 (whatever the bus says while a window changes)
            found, what = None, f"{what} ({error})"
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"{what} did not appear; on the screen: {texts(application())}")


def application():
    desktop = Atspi.get_desktop(0)
    for place in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(place)
        if child is not None and "countersign" in (child.get_name() or "").lower():
            # Without a main loop nothing tells the cache what changed.
            child.clear_cache()
            return child
    return None


def showing(node, depth=0):
    """Yield every node that is showing, rows of long lists left out after the first few."""
    if node is None or depth > 14:
        return
    yield node
    for place in range(min(node.get_child_count(), 60)):
        child = node.get_child_at_index(place)
        if child is not None and child.get_state_set().contains(Atspi.StateType.SHOWING):
            yield from showing(child, depth + 1)


def texts(node):
    return " | ".join(name for one in showing(node) if (name := one.get_name()))


def said(words):
    return lambda: words in texts(application())


def by_id(name):
    return next(
        (one for one in showing(application()) if (one.get_accessible_id() or "").endswith(name)), None
    )


def focused_names():
    """Return what says it has the keyboard; a list's current row says so too, wherever the keyboard is."""
    return [
        one.get_accessible_id() or one.get_name() or ""
        for one in showing(application())
        if one.get_state_set().contains(Atspi.StateType.FOCUSED)
    ]


def key(*names):
    for name in names:
        subprocess.run(["xdotool", "key", "--clearmodifiers", name], check=True)
        time.sleep(0.25)


def type_text(text):
    subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)
    time.sleep(0.4)


def tab_to(name):
    for _ in range(60):
        if any(one.endswith(name) for one in focused_names()):
            return
        key("Tab")
    sys.exit(f"Tab does not lead to {name}; the keyboard is at {focused_names()}")


def focus_window():
    """Give the window the keyboard: there is no window manager here to do it."""
    search = ["xdotool", "search", "--onlyvisible", "--name", "Countersign"]
    found = subprocess.run(search, capture_output=True, text=True, check=False).stdout.split()
    focus = ["xdotool", "windowfocus", "--sync"]
    return any(
        subprocess.run([*focus, one], capture_output=True, check=False).returncode == 0 for one in found
    )


def to_sign(card):
    wait_for("the queue", said("Release: pkg:pypi/urllib3 2.2.2"))
    key("Return")
    wait_for("whose card it is", said("Open the review of"))
    wait_for("the cards", said("dana"))
    key("Home", *(["Down"] * card))
    tab_to("opening.pin.edit")
    type_text(PIN)
    key("Return")
    wait_for("the review", said("What changes on the target?"))
    # The riskiest file is in front: once all of it was in sight, nothing stops any more.
    wait_for("what was displayed", said("Nothing found that stops"))
    key("alt+c")
    wait_for("the signing page", said("What you bind your name to"))


def fill_in(card):
    """Type the words, tick the finding, choose the card at a place, type the PIN."""
    tab_to("sign.words.edit")
    type_text(" ".join(WORDS))
    wait_for("the words", said("These are the words of this request"))
    tab_to("sign.finding-1.check")
    # By F6 from pane to pane: the words, the cards, the PIN.
    key("space", "F6", "F6", "Home", *(["Down"] * card), "F6")
    type_text(PIN)
    field = wait_for("the field of the PIN", lambda: by_id("sign.pin.edit"))
    shown = field.get_text_iface()
    if (shown and Atspi.Text.get_text(shown, 0, -1)) or PIN in texts(application()):
        sys.exit("the PIN can be read by AT-SPI")


def main():
    Atspi.init()
    wait_for("the window", focus_window)
    wait_for("the application on the bus", application)
    to_sign(0)
    fill_in(0)
    key("Return")
    wait_for("the review again: Enter never signs", said("What changes on the target?"))
    print("Enter did not sign, and the PIN was not readable")
    for card, ends in ((1, "REFUSED"), (0, "Countersigned by Alice Example")):
        key("ctrl+1")
        to_sign(0)
        fill_in(card)
        key("alt+c")
        wait_for(ends, said(ends))
        print("seen:", ends)
    return 0


if __name__ == "__main__":
    sys.exit(main())
