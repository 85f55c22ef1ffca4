"""Every rule of the release diff by name: between which ranks, what it says, and its rank in a baseline.

The table is the one place where a rule is declared; a finding of another name or rank is a defect.
`baseline` is the highest rank where nothing was there before: being new is no news then, being able to
run by itself is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DiffRule:
    """One rule: lowest and highest rank of its findings, its meaning, and its highest rank in a baseline."""

    least: int
    most: int
    means: str
    baseline: int = 100


DIFF_RULES: Final[dict[str, DiffRule]] = {
    # cannot be reviewed
    "DIFF-STRUCTURE": DiffRule(100, 100, "a container contradicts itself"),
    "DIFF-LIMIT": DiffRule(100, 100, "a limit of the review was crossed"),
    "DIFF-NAME": DiffRule(60, 100, "a name that leads out, acts, or is there twice; an odd one"),
    "DIFF-RECORD": DiffRule(100, 100, "a wheel is not what its RECORD says"),
    "DIFF-METADATA": DiffRule(70, 100, "metadata names another package, or cannot be read"),
    "DIFF-SUMS": DiffRule(100, 100, "a file is not what a list of digests beside it says, or is not on it"),
    # not the release it says it is
    "DIFF-SAME-VERSION": DiffRule(98, 98, "this version was released before with other bytes"),
    "DIFF-VERSION-BACK": DiffRule(98, 98, "the version goes back"),
    "DIFF-SIGNER": DiffRule(95, 95, "signed by another key than before, or by nobody"),
    "DIFF-BUILDER": DiffRule(95, 95, "built by another builder or workflow, or submitted by another key"),
    "DIFF-SUBMITTER": DiffRule(46, 46, "submitted with another key than before"),
    "DIFF-SIGNATURE-GONE": DiffRule(60, 60, "a signature that lay beside a file is gone"),
    # hides
    "DIFF-BIDI": DiffRule(95, 95, "characters that reorder the text around them, in code"),
    "DIFF-INVISIBLE": DiffRule(94, 94, "invisible characters in code"),
    "DIFF-BIDI-PROSE": DiffRule(55, 55, "characters that reorder the text around them, in prose"),
    "DIFF-INVISIBLE-PROSE": DiffRule(54, 54, "invisible characters in prose"),
    "DIFF-CONTROL": DiffRule(50, 50, "control characters in code"),
    "DIFF-CONTROL-PROSE": DiffRule(10, 10, "control characters in prose"),
    "DIFF-OPAQUE": DiffRule(90, 90, "an artifact nobody could look into"),
    "DIFF-PROGRAM-OVERLAY": DiffRule(70, 86, "bytes after the end of a program"),
    "DIFF-SIGNATURE-AREA": DiffRule(88, 88, "bytes in a signature's place that are no signature"),
    "DIFF-LONG-LINE": DiffRule(74, 74, "one line nobody can read", 50),
    "DIFF-LARGE-CODE": DiffRule(66, 66, "a large new file of code", 20),
    "DIFF-DENSE": DiffRule(52, 52, "a file that looks compressed or encrypted", 40),
    "DIFF-NO-PICTURE": DiffRule(57, 57, "named as a picture, and none"),
    "DIFF-REPACKED": DiffRule(40, 62, "a container's bytes differ, and no member of it does"),
    # runs, or may
    "DIFF-RUNS-ITSELF": DiffRule(89, 92, "runs by itself: at start, on installation, by the system"),
    "DIFF-INSTALL-SCRIPT": DiffRule(93, 93, "a script of a package that runs on installation"),
    "DIFF-ENTRY-POINT": DiffRule(90, 93, "a program or plug-in installed by metadata", 60),
    "DIFF-IMAGE-CONFIG": DiffRule(55, 88, "a container image starts otherwise", 60),
    "DIFF-SETUID": DiffRule(90, 90, "runs with its owner's rights"),
    "DIFF-CAPABILITY": DiffRule(90, 90, "runs with capabilities of the kernel"),
    "DIFF-DEVICE": DiffRule(90, 90, "a device"),
    "DIFF-OWNER": DiffRule(30, 90, "another owner; 90 when it is root"),
    "DIFF-ATTRIBUTE": DiffRule(15, 45, "other extended attributes", 10),
    "DIFF-MODE": DiffRule(15, 55, "another mode; 55 when it can be run, or written by all"),
    "DIFF-KIND": DiffRule(75, 75, "a file, folder or link became another of these"),
    "DIFF-LINK": DiffRule(30, 60, "a link came, or points elsewhere", 20),
    "DIFF-EXECUTABLE": DiffRule(50, 50, "an executable", 20),
    "DIFF-SCRIPT": DiffRule(30, 30, "a script of a package that people run", 10),
    # programs
    "DIFF-HARDENING": DiffRule(80, 88, "a program lost protection, or looks for libraries elsewhere"),
    "DIFF-PROGRAM-WEAK": DiffRule(56, 56, "a new program without usual protection"),
    "DIFF-PROGRAM-BROKEN": DiffRule(70, 70, "a program that cannot be read"),
    "DIFF-PROGRAM-ADDED": DiffRule(54, 54, "a program or library was added", 20),
    "DIFF-LIBRARY": DiffRule(64, 64, "a program needs another library"),
    "DIFF-POWERS": DiffRule(
        50, 65, "a program uses the network, processes or privileges for the first time", 30
    ),
    "DIFF-LIBRARY-VERSION": DiffRule(38, 38, "a program needs another version of a library"),
    "DIFF-IMPORTS": DiffRule(36, 36, "a program uses other functions"),
    "DIFF-PROGRAM-CODE": DiffRule(24, 24, "a program changed"),
    "DIFF-PATTERN": DiffRule(18, 82, "a pattern of past attacks matches that did not"),
    # packages
    "DIFF-DEPENDENCY": DiffRule(
        70, 94, "a new dependency; 20 more when its name is near a well-known one", 30
    ),
    "DIFF-COMPONENT": DiffRule(70, 90, "a new component in a bill of materials", 20),
    "DIFF-VULNERABILITY": DiffRule(52, 79, "a known vulnerability nobody answers"),
    "DIFF-COMPONENT-BACK": DiffRule(60, 60, "a component's version went back"),
    "DIFF-TRUST-ANCHOR": DiffRule(68, 68, "a certificate authority came or went", 40),
    "DIFF-CERTIFICATE": DiffRule(44, 44, "another certificate came or went", 20),
    "DIFF-BUILT-ALONE": DiffRule(
        64, 64, "a built file changed, or differs from its source, and the source did not"
    ),
    "DIFF-PUBLISHER": DiffRule(46, 48, "other authors or maintainers"),
    "DIFF-LICENCE": DiffRule(45, 45, "another licence"),
    "DIFF-METADATA-FIELD": DiffRule(12, 44, "another field of a package's metadata"),
    "DIFF-CONTROL-FILE": DiffRule(34, 34, "what a package tells the package manager", 10),
    "DIFF-COMPONENT-VERSION": DiffRule(34, 34, "a component of another version"),
    "DIFF-DEPENDENCY-VERSION": DiffRule(28, 28, "a dependency's versions"),
    "DIFF-COMPONENT-GONE": DiffRule(26, 26, "a component is gone"),
    "DIFF-DEPENDENCY-GONE": DiffRule(24, 24, "a dependency is gone"),
    "DIFF-VULNERABILITY-ANSWERED": DiffRule(18, 18, "a known vulnerability is answered or gone"),
    # texts
    "DIFF-BUILD-FILE": DiffRule(45, 58, "a file that steers the build", 20),
    "DIFF-FIRST-USE": DiffRule(
        52, 56, "processes, eval, network, decoding or secrets for the first time here", 30
    ),
    "DIFF-USE": DiffRule(46, 46, "one more statement that brings such a power in"),
    "DIFF-HOST": DiffRule(48, 48, "a host not named here before", 12),
    "DIFF-CLASS": DiffRule(48, 48, "a class within an archive", 10),
    "DIFF-FIRST-USE-TESTS": DiffRule(27, 31, "such a power for the first time in a test", 6),
    "DIFF-HOST-TESTS": DiffRule(20, 20, "a host not named in this test before", 4),
    "DIFF-BINARY": DiffRule(30, 35, "a binary file", 12),
    "DIFF-ARTIFACT": DiffRule(32, 42, "an artifact came, went, or took the place of another version"),
    "DIFF-ODDITY": DiffRule(20, 90, "something unusual in a container"),
    # folded and counted
    "DIFF-REMOVED": DiffRule(14, 14, "files are gone"),
    "DIFF-RESPELLED": DiffRule(8, 8, "dependencies spelled otherwise that mean the same"),
    "DIFF-PICTURE": DiffRule(6, 6, "pictures"),
    "DIFF-BUILD-ID": DiffRule(5, 5, "programs in which nothing but marks of the build changed"),
    "DIFF-VERSION-ONLY": DiffRule(4, 4, "texts in which only the release's version changed"),
    "DIFF-PROSE": DiffRule(3, 3, "documentation"),
}


def baseline_rank(rule: str, rank: int) -> int:
    """Return the rank of a finding where nothing was there before."""
    return min(rank, DIFF_RULES[rule].baseline)
