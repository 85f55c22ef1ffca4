"""A canary for the pinned binding: what the screen relies on PySide6 for, and what it works around.

A release that behaves otherwise fails here, and not in front of an approver. 6.12.0 on Python 3.11 lost
references to None, True and False and died after some thousand calls.
"""

from __future__ import annotations

import gc
import sys
import weakref

import PySide6
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from ui.files_model import FilesModel

MANY = 5000


class Sender(QObject):
    size = Signal(object)
    number = Signal(int)


def test_it_is_the_release_that_was_looked_at() -> None:
    assert PySide6.__version__ == "6.8.3"


def test_calls_by_the_thousand_cost_no_reference_to_none_true_or_false(application: QApplication) -> None:
    label, button = QLabel(), QPushButton()
    before = [sys.getrefcount(one) for one in (None, True, False)]

    for number in range(MANY):
        label.setText(str(number))
        button.setEnabled(number % 2 == 0)
        button.isEnabled()
        label.setBuddy(None)

    after = [sys.getrefcount(one) for one in (None, True, False)]
    lost = [one - other for one, other in zip(before, after, strict=True)]
    assert max(lost) < MANY // 10


def test_a_signal_of_objects_carries_sizes_a_signal_of_numbers_would_cut(application: QApplication) -> None:
    sender, seen = Sender(), list[object]()
    sender.size.connect(seen.append)

    sender.size.emit(10 * 1024**3)

    assert seen == [10 * 1024**3]


def test_a_widget_goes_when_it_is_deleted_later_and_not_before_events_run(application: QApplication) -> None:
    parent = QWidget()
    child = QWidget(parent)
    destroyed: list[bool] = []
    child.destroyed.connect(lambda: destroyed.append(True))

    child.deleteLater()
    early = list(destroyed)
    QTest.qWait(10)

    assert early == []
    assert destroyed == [True]
    parent.deleteLater()


def test_a_slot_that_is_a_method_keeps_nobody_alive(application: QApplication) -> None:
    class Listener(QObject):
        def hear(self) -> None:
            """Hear nothing."""

    sender, listener = Sender(), Listener()
    sender.size.connect(listener.hear)
    seen = weakref.ref(listener)

    del listener
    gc.collect()

    assert seen() is None


def test_numbers_in_an_index_come_back_as_they_went_in(application: QApplication) -> None:
    class Numbered(FilesModel):
        def numbered(self, number: int) -> int:
            return self.createIndex(0, 0, number).internalId()

    owner = QObject()
    model = Numbered(owner)

    assert [model.numbered(number) for number in (0, 1, 2**31, 2**40)] == [0, 1, 2**31, 2**40]


def test_a_models_parent_is_asked_for_by_index(application: QApplication) -> None:
    owner = QObject()
    model: QAbstractItemModel = FilesModel(owner)

    assert not model.parent(QModelIndex()).isValid()


def test_keys_and_flags_are_enumerations_that_match_can_tell_apart() -> None:
    assert Qt.Key(Qt.Key.Key_Left) is Qt.Key.Key_Left
    assert not Qt.FocusPolicy.NoFocus & Qt.FocusPolicy.TabFocus
