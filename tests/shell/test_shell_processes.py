"""Who loads what: the desk no token module and no database; deployer and builder neither, and no network."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from shell.journey import Journey, World
from shell.station import PASSPHRASE, SOFTHSM, Station

from workstation.console.main import main
from workstation.process.sandbox import WallsUnavailable, confine_to

AT_THE_DESK = """
import json, os, sys
from pathlib import Path
from workstation.bootstrap import open_desk
from workstation.journal.client import PassphraseUnlock

unlock = PassphraseUnlock(passphrase=bytearray(b"PASSPHRASE"))
with open_desk(Path(os.environ["COUNTERSIGN_STATE"]), unlock) as desk:
    desk.queue()
    desk.review(sys.argv[1])
    cards = desk.tokens().cards
    loaded = [name for name in ("pkcs11", "sqlcipher3", "PySide6") if name in sys.modules]
    maps = Path("/proc/self/maps").read_text()
    found = {"loaded": loaded, "cards": len(cards)}
    print(json.dumps(found | {"softhsm": "softhsm" in maps, "cipher": "sqlcipher" in maps}))
""".replace("PASSPHRASE", PASSPHRASE.decode())

WITHOUT_FOREIGN = """
import sys
for name in ("pkcs11", "sqlcipher3", "PySide6"):
    sys.modules[name] = None
from workstation.console.main import main
sys.exit(main())
"""

WALLED = """
import sys
from pathlib import Path
from workstation.console.main import main
from workstation.console.main import main
from workstation.process.sandbox import confine_to

happened = []
# A database in memory is no state: the readers of artifacts keep their index there.
nowhere = (("sqlite3.connect", ":memory:"), ("sqlite3.connect/handle", None))
sys.addaudithook(
    lambda event, arguments: (event, arguments[0] if event == "sqlite3.connect" else None) in nowhere
    or happened.append(event)
)
confine_to(read=(Path("/"),), deny_sockets=True, deny_processes=True)
status = main()
bad = {"sqlcipher3", "PySide6"} & set(sys.modules)
nets = [event for event in happened if event.split(".")[0] in ("socket", "subprocess", "sqlite3")]
print(f"loaded {sorted(bad)} did {sorted(set(nets))}", file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture(scope="module")
def walls() -> None:
    """Skip where this machine cannot confine a process: a forked child tries, and only it is confined."""
    child = os.fork()
    if child == 0:
        try:
            confine_to(read=(Path("/"),))
        except WallsUnavailable:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        pytest.skip("this machine cannot confine a process")


def test_the_desk_loads_no_token_module_and_no_database(admitted: Station, journey: Journey) -> None:
    found = admitted.spawn(program=("-c", AT_THE_DESK, journey.request))

    assert found.status == 0, found.words
    assert "sqlcipher3" not in found.document["loaded"]
    assert "PySide6" not in found.document["loaded"]
    assert found.document["cards"] > 5
    assert not found.document["softhsm"]
    assert not found.document["cipher"]


def test_a_release_is_verified_behind_walls_with_no_state_and_no_socket(
    walls: None, journey: Journey, tmp_path: Path
) -> None:
    nowhere = {name: str(tmp_path / "nowhere") for name in ("COUNTERSIGN_STATE", "HOME", "XDG_DATA_HOME")}

    said = journey.released.spawn(
        "verify",
        str(journey.release),
        "--root",
        str(journey.released.root),
        program=("-c", WALLED),
        environment=nowhere,
    )

    assert said.status == 0, said.words
    assert said.document["verdict"] == "allowed"
    assert "loaded [] did []" in said.words


def test_the_walls_of_that_test_do_stop_a_socket(walls: None, world: World) -> None:
    trying = WALLED.replace("status = main()", "import socket; socket.socket(); status = 0")

    said = world.station.spawn("verify", program=("-c", trying))

    assert said.status != 0
    assert "PermissionError" in said.words


def test_a_builder_needs_neither_tokens_nor_database_nor_screen(world: World, tmp_path: Path) -> None:
    words = world.after.words(world.keys / "bob-build.pem", tmp_path / "out", world.first_release)

    said = world.station.spawn(*words, program=("-c", WITHOUT_FOREIGN))

    assert said.status == 0, said.words
    assert (tmp_path / "out" / "index.json").is_file()


def test_a_deployer_needs_neither_tokens_nor_database_nor_screen(journey: Journey) -> None:
    said = journey.released.spawn(
        "verify", str(journey.release), "--root", str(journey.released.root), program=("-c", WITHOUT_FOREIGN)
    )

    assert said.status == 0, said.words


def test_the_whole_command_line_stands_as_a_process(admitted: Station, journey: Journey) -> None:
    said = admitted.spawn("queue")

    assert said.status == 0
    assert journey.request in {one["request"] for one in said.document["requests"]}


def test_without_json_answers_go_to_stdout_and_trouble_to_stderr(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    good, answered = main(["request", "show", str(world.bundle)]), capsys.readouterr()
    bad, troubled = main(["request", "show", "/nowhere"]), capsys.readouterr()

    assert (good, bad) == (0, 3)
    assert answered.out.startswith(f"Request {world.made.document['request']}")
    assert answered.err == ""
    assert troubled.out == ""
    assert "nowhere" in troubled.err


@pytest.mark.parametrize("module", ["workstation.console.main", "workstation.bootstrap"])
def test_neither_desk_nor_deployer_imports_the_pkcs11_package(world: World, module: str) -> None:
    program = f"import json, sys, {module}; print(json.dumps({{'loaded': 'pkcs11' in sys.modules}}))"

    said = world.station.spawn(program=("-c", program))

    assert said.document == {"loaded": False}


@pytest.mark.parametrize("words", [(), ("juggle",), ("intake",), ("countersign", "x")])
def test_what_is_no_command_is_a_usage_error(world: World, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        world.station.run(*words)

    assert ended.value.code == 2


def test_pins_never_come_from_a_path_or_the_environment(admitted: Station, journey: Journey) -> None:
    said = admitted.spawn(
        "countersign",
        journey.request,
        "--token",
        "pkcs11:token=alice",
        environment={"PIN": journey.world.pins["alice"]},
    )

    assert said.status == 2
    assert "--pin-fd" in said.words


def test_a_module_that_is_not_the_commissioned_one_is_not_loaded(admitted: Station, journey: Journey) -> None:
    config = admitted.state / "station.json"
    settings = json.loads(config.read_text())
    config.write_text(json.dumps(settings | {"moduleSha256": "0" * 64}))

    said = admitted.run("--module", SOFTHSM, "--unlock", "pkcs11:token=alice;id=%03", "queue", pins=("1",))

    assert said.status == 5
    assert said.document["error"]["kind"] == "module_refused"
