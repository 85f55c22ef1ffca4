"""A window that was closed leaves nothing behind. `make windows` opens and closes 2,000."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from window_cycles import growth, run, standing

SOME = 6


@pytest.fixture(autouse=True)
def without_the_automatic_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_windows_that_were_closed_leave_no_widget_and_no_descriptor(application: QApplication) -> None:
    run(application, 1)
    before = standing(application)

    run(application, SOME)

    grown = growth(before, standing(application), SOME)
    assert (grown["widgets"], grown["descriptors"]) == (0, 0)
