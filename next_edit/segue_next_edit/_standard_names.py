"""Names of Python's standard library that nearly always come from one module, so that no other file need say so."""

from __future__ import annotations

_NAMES = {
    "abc": "ABC ABCMeta abstractmethod",
    "argparse": "ArgumentParser Namespace",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "concurrent.futures": "ProcessPoolExecutor ThreadPoolExecutor",
    "contextlib": "AsyncExitStack ExitStack asynccontextmanager contextmanager nullcontext suppress",
    "contextvars": "ContextVar",
    "copy": "deepcopy",
    "dataclasses": "dataclass",
    "datetime": "timedelta timezone tzinfo",
    "decimal": "Decimal",
    "enum": "Enum Flag IntEnum IntFlag StrEnum",
    "fractions": "Fraction",
    "functools": "cached_property lru_cache partial partialmethod singledispatch total_ordering wraps",
    "http": "HTTPStatus",
    "importlib.metadata": "PackageNotFoundError",
    "inspect": "Parameter Signature iscoroutinefunction",
    "io": "BytesIO StringIO TextIOWrapper",
    "ipaddress": "IPv4Address IPv6Address ip_address ip_network",
    "itertools": "accumulate chain groupby islice zip_longest",
    "operator": "attrgetter itemgetter methodcaller",
    "pathlib": "Path PosixPath PurePath PurePosixPath",
    "shutil": "copyfile copytree rmtree",
    "tempfile": "NamedTemporaryFile TemporaryDirectory mkdtemp",
    "textwrap": "dedent",
    "types": "MappingProxyType ModuleType SimpleNamespace TracebackType",
    "typing": "Annotated Any ClassVar Dict Final Generic List Literal NamedTuple NoReturn Optional ParamSpec Protocol "
    "Self TYPE_CHECKING Tuple TypeAlias TypeGuard TypeVar TypedDict Union cast overload",
    "unittest": "TestCase",
    "unittest.mock": "AsyncMock MagicMock Mock",
    "urllib.parse": "parse_qs parse_qsl quote_plus unquote unquote_plus urlencode urljoin urlparse urlsplit urlunparse "
    "urlunsplit",
    "uuid": "UUID uuid4",
    "zoneinfo": "ZoneInfo",
}

STANDARD = {name: module for module, names in _NAMES.items() for name in names.split()}
"""The module of each name."""
