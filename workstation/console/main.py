"""`countersign`: reading the command line, running one command, answering with one of its statuses."""

from __future__ import annotations

import sys
import traceback
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence

from workstation.console import diff_command
from workstation.console.reply import Reply, defect_reply, error_reply, show
from workstation.core.errors import WorkstationError
from workstation.process.frames import PeerGone, PeerSilent


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (see the table in the README)."""
    words = sys.argv[1:] if argv is None else argv
    arguments = _parser(words).parse_args(words)
    run: Callable[[Namespace], Reply] = arguments.run
    try:
        return show(run(arguments), as_json=arguments.json)
    except WorkstationError as error:
        return show(error_reply(error), as_json=arguments.json)
    except (PeerGone, PeerSilent) as error:
        trouble = WorkstationError(f"a process of ours ended or fell silent: {type(error).__name__}")
        return show(error_reply(trouble), as_json=arguments.json)
    except KeyboardInterrupt:
        return 130
    except Exception as defect:  # noqa: BLE001 (left alone it would end with 1, which means refused)
        traceback.print_exc()
        return show(defect_reply(defect), as_json=arguments.json)


def _parser(words: Sequence[str]) -> ArgumentParser:
    """Return the grammar; the whole of it takes half a second to import, which a comparison does not need."""
    if [word for word in words if word != "--json"][:1] == [diff_command.NAME]:
        return diff_command.parser()
    from workstation.console import arguments  # noqa: PLC0415 (the reason is above)

    return arguments.parser()


if __name__ == "__main__":
    sys.exit(main())
