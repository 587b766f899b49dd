"""What languages bring along: names and modules that no other file of a repository need import to be known."""

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
    "html": "unescape",
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
    "time": "monotonic perf_counter",
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

PYTHON = {name: module for module, names in _NAMES.items() for name in names.split()}
"""The module of each name of Python's standard library that nearly always comes from one module."""

_GO = (
    "bufio bytes context crypto/md5 crypto/sha256 crypto/tls embed encoding/base64 "
    "encoding/binary encoding/hex encoding/json encoding/xml errors flag fmt hash "
    "html/template io io/fs log log/slog maps math math/big "
    "mime/multipart net net/http net/http/httptest net/url os os/exec os/signal "
    "path path/filepath reflect regexp runtime slices sort strconv "
    "strings sync sync/atomic syscall testing time unicode unicode/utf8 "
)
GO = {path.rsplit("/", 1)[-1]: path for path in _GO.split()}
"""The import path of each package of Go's standard library that is in common use, by the package's name."""

_NODE = "assert buffer child_process crypto events fs http https net os path stream url util zlib"
NODE = frozenset(_NODE.split())
"""The modules of Node.js in common use."""

JAVASCRIPT = frozenset(
    """
    abstract any as asserts bigint boolean break case catch continue debugger declare delete do enum extends finally
    get implements in infer instanceof is keyof namespace never number object of out override private protected public
    readonly satisfies set static string super switch symbol throw typeof unique unknown void
    __dirname __filename exports module require
    Array ArrayBuffer Boolean Date Error Exclude Extract Function JSON Map Math NonNullable Number Object Omit
    Parameters Partial Pick Promise Proxy Readonly ReadonlyArray Record Reflect RegExp Required ReturnType Set String
    Symbol TypeError URL Uint8Array WeakMap WeakSet arguments clearTimeout console document globalThis process setTimeout window
    """.split()  # noqa: SIM905
)
"""The words of JavaScript and TypeScript, and the names that nobody imports."""
