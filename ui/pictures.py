"""Pictures of the window, numbered in the order they were taken."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget


class Pictures:
    """Leaves DIRECTORY/NN-name.png for each picture taken."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._taken = 0

    def take(self, widget: QWidget, name: str) -> Path:
        """Take a picture of a widget as it is painted now; raises OSError when it cannot be written."""
        self._taken += 1
        path = self._directory / f"{self._taken:02d}-{name}.png"
        if not widget.grab().save(str(path)):
            raise OSError(f"{path}: the picture could not be written")
        return path
