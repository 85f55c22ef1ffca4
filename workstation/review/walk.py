"""Walking a release in memory: every artifact, every container in it, nothing ever extracted.

A lie in what gets installed refuses the release; a lie in a nested container makes that one opaque,
compared by digest only, because real releases carry broken archives as test data.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review import sniff
from workstation.review.ar_reader import ar_entries, is_deb_part
from workstation.review.cpio_reader import cpio_entries
from workstation.review.deb import as_listed
from workstation.review.iso_reader import iso_entries
from workstation.review.leaf import facts_of_entry, read_leaf
from workstation.review.ledger import LIMIT, OPAQUE, STRUCTURE, Closed, Ledger, Lie, Mark, TooMuch
from workstation.review.links import look_at_link
from workstation.review.memo import Same, tell_again, told
from workstation.review.names import Names
from workstation.review.oci_archive import Archive, Image, image_files, may_hold_images
from workstation.review.oci_entries import about_image, checked_blobs
from workstation.review.oci_layers import flattened
from workstation.review.place import Place
from workstation.review.rpm_reader import PAYLOAD, RpmPackage
from workstation.review.sniff import PACKED, Container
from workstation.review.source import BytesSource, Entry, Source, after, chunks, exactly, stream
from workstation.review.squashfs_reader import squashfs_entries
from workstation.review.tar_reader import tar_entries
from workstation.review.unpack import Packing, unpacked
from workstation.review.wheel import check_package
from workstation.review.zip_reader import zip_entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workstation.review.source import Part, Read

_OPAQUE_RANK: Final = 90


def walk_artifact(name: str, source: Source, ledger: Ledger) -> None:
    """Write down the artifact `name` and everything in it; a refusal is written down too."""
    try:
        _walk(name, source, ledger)
    except TooMuch as error:
        ledger.lie(error.where, error.why, rule=LIMIT)
    except Closed as error:
        ledger.odd(_OPAQUE_RANK, name, f"nothing of it was looked into: {error.why}", rule=OPAQUE)
        ledger.cannot_inspect(error.where, f"{error.why} is a container this review does not open")
    except Lie as error:
        ledger.lie(error.where, error.why, rule=STRUCTURE)


def _walk(name: str, source: Source, ledger: Ledger) -> None:
    ledger.count_entry(name)
    ledger.artifacts.append(name)
    head = source.at(0, sniff.HEAD)
    container = sniff.container_of(head)
    entry = Entry(name=name, kind=MemberKind.FILE, read=stream(source), size=source.size)
    # A top-level container is read in place; what is nested in it has to be held in memory.
    leaf = read_leaf(entry, name, ledger, in_place=True)
    if container:
        ledger.opened.add(name)
        ledger.envelopes.add(name)
        _open_once(Place(name, source, 1, installed=True), name, leaf.digest, container, ledger)
    elif closed := sniff.closed_container(head):
        ledger.odd(_OPAQUE_RANK, name, f"nothing of this {closed} was looked into", rule=OPAQUE)
    elif sniff.promises_container(name):
        raise Lie(name, "it does not begin as the container its name promises")


def _open(place: Place, container: Container, ledger: Ledger) -> None:
    if place.depth > ledger.limits.nesting:
        raise TooMuch(place.path, f"containers nested deeper than {ledger.limits.nesting}")
    match container:
        case Container.ZIP:
            _take(zip_entries(place.source, place.path, ledger), place, ledger)
        case Container.AR:
            _take(ar_entries(place.source, place.path, ledger), place, ledger)
        case Container.TAR:
            _open_tar(place, ledger)
        case Container.CPIO:
            _take(cpio_entries(stream(place.source), place.path, ledger), place, ledger)
        case Container.SQUASHFS:
            _take(squashfs_entries(place.source, place.path, ledger), replace(place, rooted=True), ledger)
        case Container.ISO:
            _take(iso_entries(place.source, place.path, ledger), replace(place, rooted=True), ledger)
        case Container.RPM:
            _open_rpm(place, ledger)
        case Container.GZIP | Container.BZIP2 | Container.XZ | Container.ZSTD:
            _open_stream(place, PACKED[container], ledger)


def _open_stream(place: Place, packing: Packing, ledger: Ledger) -> None:
    """Look into a compressed stream: a tar or cpio archive's entries stand directly in it."""
    read = unpacked(stream(place.source), packing, ledger, place.path, place.source.size)
    head = exactly(read, sniff.HEAD)
    joined = after(head, read)
    match sniff.container_of(head):
        case Container.TAR if may_hold_images(head):
            _open_packed_images(joined, place, ledger)
        case Container.TAR:
            _take(tar_entries(joined, place.path, ledger), place, ledger)
        case Container.CPIO:
            _take(cpio_entries(joined, place.path, ledger), place, ledger)
        case _:
            _take_content(joined, place, ledger)
    for _ in chunks(read):
        pass


def _take_content(read: Read, place: Place, ledger: Ledger) -> None:
    """Look at what a compressed stream holds when that is one file: its member `content`."""
    ledger.count_entry(place.path)
    entry = Entry(name="content", kind=MemberKind.FILE, read=read, mode=0o644)
    _leaf(entry, f"{place.path}!/content", place, ledger)


def _open_packed_images(read: Read, place: Place, ledger: Ledger) -> None:
    """Look into images in a packed archive, which has to be held for it: an image is read out of order."""
    most = ledger.limits.nested_container
    data = exactly(read, most + 1)
    if len(data) <= most:
        _open_tar(replace(place, source=BytesSource(data)), ledger)
        return
    ledger.cannot_inspect(
        place.path, f"images in more than {most} bytes of packed archive are not put together"
    )
    _take(tar_entries(after(data, read), place.path, ledger), place, ledger)


def _open_tar(place: Place, ledger: Ledger) -> None:
    """Look into a tar archive; container images in it are looked at as what a container sees."""
    images = image_files(place.source)
    entries = tar_entries(stream(place.source), place.path, ledger)
    if images is None:
        _take(entries, place, ledger)
        return
    archive = Archive(images, place.path, ledger)
    found = archive.images()
    unreferred = archive.unreferred()
    # The archive is still read strictly to its end, and every blob held against the digest it is named by.
    _take(checked_blobs(entries, unreferred, place.path, ledger), place, ledger)
    for name in unreferred:
        ledger.odd(60, f"{place.path}!/{name}", "nothing in the image archive refers to it")
    for image in found:
        _open_image(image, images, place, ledger)


def _open_image(image: Image, files: Mapping[str, Part], place: Place, ledger: Ledger) -> None:
    """Look into an image: its manifest and config, and its layers as what a container sees."""
    _take(about_image(image, files), place, ledger)
    if image.has_root:
        root = f"{place.path}!/{image.name}/rootfs"
        layers = [files[name] for name in image.layers]
        entries = flattened(layers, image.unpacked, root, ledger)
        _take(entries, Place(root, place.source, place.depth + 1, installed=False, rooted=True), ledger)


def _open_rpm(place: Place, ledger: Ledger) -> None:
    """Look into an RPM package: what it says about itself, and its payload held against that."""
    package = RpmPackage(place.source, place.path, ledger)
    _take(package.about(), place, ledger)
    inner = f"{place.path}!/{PAYLOAD}"
    entry = Entry(name=PAYLOAD, kind=MemberKind.FILE, read=package.payload, size=package.payload_size)
    ledger.count_entry(inner)
    leaf = read_leaf(entry, inner, ledger, in_place=True)
    ledger.opened.add(inner)
    if place.installed:
        ledger.envelopes.add(inner)
    read = package.payload
    if leaf.container is not Container.CPIO:
        # An LZMA stream begins like nothing in particular, so that only the header can tell of one.
        packing = Packing.LZMA if package.packing == "lzma" else PACKED.get(leaf.container)
        if packing is None:
            raise Lie(inner, "the RPM's payload is packed in a way this review cannot read")
        read = unpacked(read, packing, ledger, inner, package.payload_size)
    entries = package.installed(cpio_entries(read, inner, ledger))
    _take(entries, Place(inner, place.source, place.depth + 1, installed=False, rooted=True), ledger)


def _take(entries: Iterator[Entry], place: Place, ledger: Ledger) -> None:
    names = Names(place.path, ledger)
    for entry in as_listed(entries, place.path, ledger) if place.installed else entries:
        ledger.count_entry(place.path)
        if entry.kind is MemberKind.HARD_LINK and not names.holds_file(entry.target):
            ledger.lie(f"{place.path}!/{entry.name}", "a hard link to a file that did not come before it")
        path = names.add(entry.name, entry.kind)
        if entry.kind is MemberKind.FILE:
            _leaf(entry, path, place, ledger)
        else:
            ledger.add(path, facts_of_entry(entry))
            if not place.rooted:
                look_at_link(entry, path, ledger)


def _leaf(entry: Entry, path: str, place: Place, ledger: Ledger) -> None:
    """Write down a file of a container, and look into it when it is a container itself."""
    leaf = read_leaf(entry, path, ledger)
    if leaf.container is None:
        return
    installed = place.installed and is_deb_part(entry.name) and place.path.endswith(".deb")
    rooted = installed and entry.name.startswith("data.tar")
    inner = Place(path, BytesSource(leaf.data), place.depth + 1, installed=installed, rooted=rooted)
    ledger.opened.add(path)
    if installed:
        ledger.envelopes.add(path)
        _open(inner, leaf.container, ledger)
    else:
        _try_open(inner, entry.name, leaf.digest, leaf.container, ledger)


def _open_once(place: Place, name: str, digest: bytes, container: Container, ledger: Ledger) -> None:
    """Look into a container, unless the same one was looked into before and says the same again."""
    same = Same(digest, name.rpartition("/")[2], place.depth, place.installed, place.rooted)
    if (known := ledger.memo.find(same)) is not None:
        tell_again(known, place.path, ledger)
        return
    mark, is_first = ledger.mark(), not ledger.members.has_folder(f"{place.path}!")
    _open(place, container, ledger)
    check_package(place.path, ledger)
    if is_first:  # else some of its members are those of another by the same path
        ledger.memo.keep(same, told(ledger, place.path, mark))


def _try_open(place: Place, name: str, digest: bytes, container: Container, ledger: Ledger) -> None:
    mark = ledger.mark()
    try:
        _open_once(place, name, digest, container, ledger)
    except Lie as error:
        _close_again(place.path, f"a {container.value} that does not parse: {error.why}", mark, ledger)
    else:
        if lie := ledger.first_lie(mark):
            why = f"a {container.value} that contradicts itself: {lie.sentence}"
            _close_again(place.path, why, mark, ledger)


def _close_again(path: str, why: str, mark: Mark, ledger: Ledger) -> None:
    ledger.forget(mark)
    ledger.opened.discard(path)
    ledger.cannot_inspect(path, why)
