"""Every setting, once: names, types, defaults, meaning, and who may set it.

The documentation's table, the VS Code settings and `segue config --print` are made from this model.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

PROTECTED: dict[str, Any] = {"protected": True}
"""Marks what a project's file can never set: it could send code elsewhere or run something."""


class Section(BaseModel):
    """A group of settings; unknown names are dropped here and reported by the loader."""

    model_config = ConfigDict(extra="ignore", frozen=True, validate_default=True)


Provider = Literal["embedded", "llamacpp", "ollama", "openai", "mistral", "anthropic", "chat", "none"]
"""`segue_model.PROVIDERS`, as the settings spell them; a test compares the two."""


class CompletionSection(Section):
    """Inline completion."""

    enabled: bool = Field(
        default=True, description="Suggest while typing; explicit requests are always answered."
    )
    disabled_languages: list[str] = Field(
        default=[], description="Language ids in which nothing is suggested."
    )
    certainty: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="Least chance that what is shown unasked is exactly what you type: higher shows less and is wrong "
        "less often; 0 shows the best whole answer.",
    )
    debounce_ms: int | None = Field(
        default=None,
        ge=0,
        le=5000,
        description="Fixed wait before the model is asked; unset learns it from your typing.",
    )
    debounce_least_ms: int = Field(default=0, ge=0, le=5000, description="Lower bound of the learned wait.")
    debounce_most_ms: int = Field(default=400, ge=0, le=5000, description="Upper bound of the learned wait.")
    multiline: bool = Field(
        default=True, description="Allow suggestions of several lines where the syntax calls for them."
    )
    max_lines: int = Field(default=40, ge=1, le=500, description="Most lines of one suggestion.")
    candidates: int = Field(
        default=3, ge=1, le=8, description="Suggestions to choose from when asked explicitly."
    )
    prefetch: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Compute what follows a shown suggestion before it is accepted; auto does it for models on this machine.",
    )
    popup: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Also offer suggestions in the completion popup; auto does it for editors without inline completion.",
    )


class StatisticalSection(Section):
    """The engine that needs no model."""

    enabled: bool = Field(
        default=True, description="Suggest what the open files and the repository hold already."
    )


class ModelSection(Section):
    """The language model for completion."""

    provider: Provider = Field(
        default="embedded",
        description="Where completions come from: docs/model-servers.md lists them; `segue connect` finds and tests one.",
        json_schema_extra=PROTECTED,
    )
    endpoint: str = Field(
        default="",
        description="Address of the server in any form, such as http://127.0.0.1:11434 or https://api.deepseek.com/beta.",
        json_schema_extra=PROTECTED,
    )
    fallback_endpoints: list[str] = Field(
        default=[],
        description="Base URLs to try, in order, when the first fails.",
        json_schema_extra=PROTECTED,
    )
    name: str = Field(
        default="", description="The model's name, or the path of a GGUF file.", json_schema_extra=PROTECTED
    )
    api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Read from SEGUE_API_KEY, else what `segue connect` keeps in the OS keyring; never from these settings.",
        json_schema_extra={**PROTECTED, "secret": True},
    )
    headers: dict[str, str] = Field(
        default={}, description="Extra HTTP headers.", json_schema_extra={**PROTECTED, "secret": True}
    )
    proxy: str = Field(
        default="", description="Proxy URL; empty follows the environment.", json_schema_extra=PROTECTED
    )
    ca_file: str = Field(
        default="", description="PEM file of an extra authority.", json_schema_extra=PROTECTED
    )
    prompt_format: str = Field(
        default="", description="Name of a prompt format; empty recognises it.", json_schema_extra=PROTECTED
    )
    template: str = Field(
        default="",
        description="Own prompt template with {prefix} and {suffix}; empty uses the prompt format.",
        json_schema_extra=PROTECTED,
    )
    timeout_s: float = Field(
        default=20.0,
        gt=0,
        le=600,
        description="Longest time for a completion, from the request to its last token; a model that loads is waited for besides.",
        json_schema_extra=PROTECTED,
    )
    max_tokens: int = Field(default=96, ge=1, le=4096, description="Most tokens of one completion.")
    temperature: float = Field(default=0.0, ge=0, le=2, description="Randomness of the first candidate.")
    prefix_chars: int = Field(
        default=0,
        ge=0,
        le=400_000,
        description="Most characters before the cursor to send; 0 suits the model.",
    )
    suffix_chars: int = Field(
        default=0,
        ge=0,
        le=400_000,
        description="Most characters after the cursor to send; 0 suits the model.",
    )
    threads: int = Field(default=0, ge=0, le=256, description="Threads of the embedded model; 0 chooses.")


class ChatSection(Section):
    """The model that explains and comments code."""

    provider: Literal["", Provider] = Field(
        default="",
        description="Where answers come from, the same list; empty uses the completion model.",
        json_schema_extra=PROTECTED,
    )
    endpoint: str = Field(
        default="",
        description="Address of the server in any form, such as http://127.0.0.1:11434 or https://api.deepseek.com/beta.",
        json_schema_extra=PROTECTED,
    )
    name: str = Field(default="", description="The model's name.", json_schema_extra=PROTECTED)
    api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Read from SEGUE_CHAT_API_KEY, else what `segue connect` keeps in the OS keyring; never from these settings.",
        json_schema_extra={**PROTECTED, "secret": True},
    )
    timeout_s: float = Field(
        default=120.0,
        gt=0,
        le=3600,
        description="Longest time for a whole answer; a model that loads is waited for besides.",
        json_schema_extra=PROTECTED,
    )


class AskSection(Section):
    """Questions about the repository."""

    engine: Literal["index", "zoekt"] = Field(
        default="index",
        description="Who searches: the index of this machine, or a Zoekt server for repositories beyond one machine.",
        json_schema_extra=PROTECTED,
    )
    endpoint: str = Field(
        default="",
        description="Address of `zoekt-webserver -rpc`, such as http://127.0.0.1:6070.",
        json_schema_extra=PROTECTED,
    )
    repository: str = Field(
        default="",
        description="What the Zoekt server calls this repository; empty for the name of its folder.",
        json_schema_extra=PROTECTED,
    )
    timeout_s: float = Field(
        default=5.0, gt=0, le=600, description="Longest time for one search.", json_schema_extra=PROTECTED
    )


class EmbeddingsSection(Section):
    """The model that ranks answers to questions by meaning."""

    provider: Literal["auto", "embedded", "openai", "none"] = Field(
        default="auto",
        description="Where vectors come from: auto uses the embedded model once `segue model pull minilm` has brought it, "
        "openai any server with /v1/embeddings.",
        json_schema_extra=PROTECTED,
    )
    endpoint: str = Field(
        default="",
        description="Address of the server in any form, such as http://127.0.0.1:11434.",
        json_schema_extra=PROTECTED,
    )
    name: str = Field(
        default="", description="The model's name, such as nomic-embed-text.", json_schema_extra=PROTECTED
    )
    api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Read from SEGUE_EMBEDDINGS_API_KEY, else the key kept for the endpoint; never from these settings.",
        json_schema_extra={**PROTECTED, "secret": True},
    )
    timeout_s: float = Field(
        default=20.0,
        gt=0,
        le=600,
        description="Longest time for one request.",
        json_schema_extra=PROTECTED,
    )


class ContextSection(Section):
    """What of the repository the model is shown."""

    enabled: bool = Field(default=True, description="Show the model snippets of other files.")
    budget_chars: int = Field(
        default=0, ge=0, le=400_000, description="Most characters of snippets; 0 suits the model."
    )
    rules_chars: int = Field(
        default=2000,
        ge=0,
        le=40_000,
        description="Most characters of the team's rules that a chat model is shown with completions and next edits; "
        "models that fill in are never shown any.",
    )


class IndexSection(Section):
    """The index of the repository."""

    enabled: bool = Field(default=True, description="Index the workspace in the background.")
    max_file_kb: int = Field(default=512, ge=1, le=65536, description="Larger files are not indexed.")
    exclude: list[str] = Field(default=[], description="Further patterns (as in .gitignore) to leave out.")


class PrivacySection(Section):
    """What is never read, sent or completed in."""

    deny: list[str] = Field(default=[], description="Further patterns of files to leave alone.")
    allow: list[str] = Field(
        default=[],
        description="Patterns of files to allow although the built-in list denies them.",
        json_schema_extra=PROTECTED,
    )


class NextEditSection(Section):
    """Suggestions of where to edit next."""

    enabled: bool = Field(default=True, description="Predict the next edit.")
    model: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Let the model write where the rules know a place only, or nothing; auto asks any model but the "
        "embedded one.",
        json_schema_extra=PROTECTED,
    )
    other_files: bool = Field(default=True, description="Also suggest edits in other files.")


class AssistSection(Section):
    """Explaining and commenting code."""

    code_actions: bool = Field(
        default=True, description="Offer explaining and commenting among the code actions."
    )
    trusted_folders: list[str] = Field(
        default=[],
        description="Workspace folders whose own prompts and rules (`.segue/prompts`) are used; their subfolders are too.",
        json_schema_extra=PROTECTED,
    )
    agent_instructions: bool = Field(
        default=False,
        description="In trusted folders, follow `AGENTS.md` and `.github/copilot-instructions.md` as rules of the team too.",
        json_schema_extra=PROTECTED,
    )
    checkers: dict[str, list[str]] = Field(
        default={},
        description="A command by language that checks fixes in trusted folders, such as "
        '`{"python": ["ruff", "check", "--output-format=concise"]}`; it runs on a temporary copy, and the file\'s path is added.',
        json_schema_extra=PROTECTED,
    )
    test_commands: dict[str, list[str]] = Field(
        default={},
        description="A command by language that runs new tests in trusted folders, such as "
        '`{"python": ["pytest", "-q"]}`; it runs on a temporary copy, and the test file\'s path is added.',
        json_schema_extra=PROTECTED,
    )
    check_timeout_s: float = Field(
        default=60.0,
        gt=0,
        le=1800,
        description="How long one run of a checker or of tests may take.",
        json_schema_extra=PROTECTED,
    )


class ActivitySection(Section):
    """The local record of what was suggested and accepted, without code."""

    enabled: bool = Field(default=True, description="Keep statistics of your own use on this machine.")
    keep_days: int = Field(default=180, ge=1, le=3650, description="Forget events older than this.")


class LogSection(Section):
    """What Segue says about itself."""

    level: Literal["off", "error", "warning", "info", "debug"] = Field(
        default="warning", description="How much is logged; code appears at debug only."
    )


class Settings(Section):
    """Every setting of Segue, by section."""

    completion: CompletionSection = CompletionSection()
    statistical: StatisticalSection = StatisticalSection()
    model: ModelSection = ModelSection()
    chat: ChatSection = ChatSection()
    ask: AskSection = AskSection()
    embeddings: EmbeddingsSection = EmbeddingsSection()
    context: ContextSection = ContextSection()
    index: IndexSection = IndexSection()
    privacy: PrivacySection = PrivacySection()
    next_edit: NextEditSection = NextEditSection()
    assist: AssistSection = AssistSection()
    activity: ActivitySection = ActivitySection()
    log: LogSection = LogSection()
