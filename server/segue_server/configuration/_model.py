"""Every setting, once: names, types, defaults, meaning, and who may set it.

The documentation's table, the VS Code settings and `segue config --print` are made from this model.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

PROTECTED: dict[str, Any] = {"protected": True}
"""Marks what a project's file can never set: it could send code elsewhere, run something, or change what is kept on this machine."""

EVERYWHERE: dict[str, Any] = {**PROTECTED, "everywhere": True}
"""Marks what is protected and yet names nothing of this machine: an editor may sync it to the user's others."""

ADDED: dict[str, Any] = {"added": True}
"""Marks a list that every source adds to: what the user denies stays denied, whatever a project's file says."""


class Section(BaseModel):
    """A group of settings; unknown names are dropped here and reported by the loader."""

    model_config = ConfigDict(extra="ignore", frozen=True, validate_default=True)


Provider = Literal["embedded", "llamacpp", "ollama", "openai", "mistral", "anthropic", "chat", "none"]
"""`segue_model.PROVIDERS`, as the settings spell them; a test compares the two."""


class CompletionSection(Section):
    """Inline completion."""

    enabled: bool = Field(
        default=True, description="Suggest while you type. What you ask for by key is suggested in any case."
    )
    disabled_languages: list[str] = Field(
        default=[],
        description="Languages in which nothing is suggested, by their ids, such as `markdown` or `plaintext`.",
    )
    certainty: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="How likely a suggestion must be right to be shown while you type, from 0 to 1. A higher value shows less and is wrong less often; 0 always shows the best answer.",
    )
    debounce_ms: int | None = Field(
        default=None,
        ge=0,
        le=5000,
        description="Milliseconds to wait after a key before the model is asked. Where this is not set, Segue learns the wait from your typing.",
    )
    debounce_least_ms: int = Field(
        default=0, ge=0, le=5000, description="The shortest wait that Segue may learn, in milliseconds."
    )
    debounce_most_ms: int = Field(
        default=400, ge=0, le=5000, description="The longest wait that Segue may learn, in milliseconds."
    )
    multiline: bool = Field(
        default=True,
        description="Suggest several lines where the code calls for them, such as the body of a function.",
    )
    max_lines: int = Field(default=40, ge=1, le=500, description="The most lines of one suggestion.")
    candidates: int = Field(
        default=3,
        ge=1,
        le=8,
        description="How many suggestions there are to choose from when you ask for one by key.",
    )
    prefetch: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Compute what follows a suggestion before you accept it. `auto` does so for models on this machine.",
    )
    popup: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Offer suggestions in the completion menu too. `auto` does so in editors that cannot show ghost text.",
    )


class StatisticalSection(Section):
    """The engine that needs no model."""

    enabled: bool = Field(
        default=True,
        description="Suggest code that your open files and your repository already hold. It takes milliseconds and no model.",
    )


class ModelSection(Section):
    """The language model for completion."""

    provider: Provider = Field(
        default="embedded",
        description="The kind of server that completes code. `segue connect` finds a server, tries it and sets this; docs/model-servers.md lists the kinds.",
        json_schema_extra=PROTECTED,
    )
    endpoint: str = Field(
        default="",
        description="The address of the model server in any form, such as `http://127.0.0.1:11434` or `https://api.deepseek.com/beta`. Empty: the usual address of its kind.",
        json_schema_extra=PROTECTED,
    )
    fallback_endpoints: list[str] = Field(
        default=[],
        description="Addresses to try, in this order, when the first does not answer, such as `http://192.168.1.7:8012`.",
        json_schema_extra=PROTECTED,
    )
    name: str = Field(
        default="",
        description="The model's name, such as `qwen2.5-coder:1.5b`, or the path of a GGUF file. Servers that hold a single model need none.",
        json_schema_extra=PROTECTED,
    )
    api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Read from SEGUE_API_KEY, else what `segue connect` keeps in the OS keyring; never from these settings.",
        json_schema_extra={**PROTECTED, "secret": True},
    )
    headers: dict[str, str] = Field(
        default={},
        description='HTTP headers to send with each request, such as `{"X-Team": "search"}`.',
        json_schema_extra={**PROTECTED, "secret": True},
    )
    proxy: str = Field(
        default="",
        description="The proxy in front of model servers, such as `http://proxy.example:3128`. Empty: that of the environment.",
        json_schema_extra=PROTECTED,
    )
    ca_file: str = Field(
        default="",
        description="A PEM file with the certificate authority of your model server, where it is not a public one.",
        json_schema_extra=PROTECTED,
    )
    prompt_format: str = Field(
        default="",
        description="The fill-in-the-middle format of the model, such as `qwen` or `starcoder2` (docs/models.md). Empty: recognised by the model's name.",
        json_schema_extra=PROTECTED,
    )
    template: str = Field(
        default="",
        description="Your own prompt, such as `<PRE> {prefix} <SUF>{suffix} <MID>`, with `{prefix}` and `{suffix}` for the code around the cursor. Empty: that of the prompt format.",
        json_schema_extra=PROTECTED,
    )
    timeout_s: float = Field(
        default=20.0,
        gt=0,
        le=600,
        description="Seconds after which a completion is given up. The time that a model needs to load does not count.",
        json_schema_extra=EVERYWHERE,
    )
    max_tokens: int = Field(
        default=96, ge=1, le=4096, description="The most tokens that the model writes for one suggestion."
    )
    temperature: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="How much the model's answers vary, from 0 (always the likeliest) to 2.",
    )
    prefix_chars: int = Field(
        default=0,
        ge=0,
        le=400_000,
        description="The most characters before the cursor that the model is shown. 0: as many as suit the model.",
    )
    suffix_chars: int = Field(
        default=0,
        ge=0,
        le=400_000,
        description="The most characters after the cursor that the model is shown. 0: as many as suit the model.",
    )
    threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Processor threads of the embedded model. 0: as many as suit this machine.",
    )


class ChatSection(Section):
    """The model that explains and comments code."""

    provider: Literal["", Provider] = Field(
        default="",
        description="The kind of server that explains, answers questions and changes code. Empty: the completion model does.",
        json_schema_extra=PROTECTED,
    )
    endpoint: str = Field(
        default="",
        description="The address of the chat server in any form, such as `http://127.0.0.1:11434`. Empty: the usual address of its kind.",
        json_schema_extra=PROTECTED,
    )
    name: str = Field(
        default="",
        description="The chat model's name, such as `qwen2.5-coder:7b`.",
        json_schema_extra=PROTECTED,
    )
    api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Read from SEGUE_CHAT_API_KEY, else what `segue connect` keeps in the OS keyring; never from these settings.",
        json_schema_extra={**PROTECTED, "secret": True},
    )
    timeout_s: float = Field(
        default=120.0,
        gt=0,
        le=3600,
        description="Seconds after which an answer is given up. The time that a model needs to load does not count.",
        json_schema_extra=EVERYWHERE,
    )


class AskSection(Section):
    """Questions about the repository."""

    engine: Literal["index", "zoekt"] = Field(
        default="index",
        description="What searches for answers: the index on this machine, or a Zoekt server for repositories beyond one machine.",
        json_schema_extra=PROTECTED,
    )
    endpoint: str = Field(
        default="",
        description="The address of the Zoekt server (`zoekt-webserver -rpc`), such as `http://127.0.0.1:6070`.",
        json_schema_extra=PROTECTED,
    )
    repository: str = Field(
        default="",
        description="The name of this repository on the Zoekt server. Empty: the name of its folder.",
        json_schema_extra=PROTECTED,
    )
    timeout_s: float = Field(
        default=5.0,
        gt=0,
        le=600,
        description="Seconds after which a search on the Zoekt server is given up.",
        json_schema_extra=EVERYWHERE,
    )


class EmbeddingsSection(Section):
    """The model that ranks answers to questions by meaning."""

    provider: Literal["auto", "embedded", "openai", "none"] = Field(
        default="auto",
        description="What ranks answers to questions by meaning. `auto` is the embedded model once `segue model pull minilm` has downloaded it, `openai` any server with `/v1/embeddings`, `none` ranks by words only.",
        json_schema_extra=PROTECTED,
    )
    endpoint: str = Field(
        default="",
        description="The address of the embeddings server in any form, such as `http://127.0.0.1:11434`.",
        json_schema_extra=PROTECTED,
    )
    name: str = Field(
        default="",
        description="The embedding model's name, such as `nomic-embed-text`.",
        json_schema_extra=PROTECTED,
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
        description="Seconds after which a request for embeddings is given up.",
        json_schema_extra=EVERYWHERE,
    )


class ContextSection(Section):
    """What of the repository the model is shown."""

    enabled: bool = Field(default=True, description="Show the model code from other files of the repository.")
    budget_chars: int = Field(
        default=0,
        ge=0,
        le=400_000,
        description="The most characters of other files that the model is shown. 0: as many as suit the model.",
    )
    rules_chars: int = Field(
        default=2000,
        ge=0,
        le=40_000,
        description="The most characters of your team's rules that a chat model is shown with completions and next edits. Models that fill in are never shown any.",
    )


class IndexSection(Section):
    """The index of the repository."""

    enabled: bool = Field(
        default=True,
        description="Index the workspace in the background. Suggestions from other files, edits in other files and questions need the index.",
    )
    max_file_kb: int = Field(
        default=512, ge=1, le=65536, description="The size above which a file is not indexed, in kilobytes."
    )
    exclude: list[str] = Field(
        default=[],
        description="Files and folders to leave out of the index, as in `.gitignore`, such as `generated/`.",
    )


class PrivacySection(Section):
    """What is never read, sent or completed in."""

    deny: list[str] = Field(
        default=[],
        description="Files that are never read, sent or completed in, besides the built-in list, as in `.gitignore`, such as `customers/`.",
        json_schema_extra=ADDED,
    )
    allow: list[str] = Field(
        default=[],
        description="Files to allow although the built-in list denies them, as in `.gitignore`, such as `example.env`.",
        json_schema_extra=EVERYWHERE,
    )


class NextEditSection(Section):
    """Suggestions of where to edit next."""

    enabled: bool = Field(default=True, description="Predict the next edit.")
    model: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Let the model write an edit where the rules know only its place, or nothing. `auto` asks any model but the embedded one.",
        json_schema_extra=EVERYWHERE,
    )
    other_files: bool = Field(default=True, description="Predict edits in other files too.")


class AssistSection(Section):
    """Explaining and commenting code."""

    code_actions: bool = Field(
        default=True,
        description="Offer explanations, comments, changes and tests in the menu of code actions.",
    )
    trusted_folders: list[str] = Field(
        default=[],
        description="Folders whose own prompts and rules (`.segue/prompts`) are followed and whose tests may be run, with all folders inside, such as `~/work`.",
        json_schema_extra=PROTECTED,
    )
    agent_instructions: bool = Field(
        default=False,
        description="In trusted folders, follow `AGENTS.md` and `.github/copilot-instructions.md` too.",
        json_schema_extra=EVERYWHERE,
    )
    checkers: dict[str, list[str]] = Field(
        default={},
        description='Commands, by language, that check fixes in trusted folders, such as `{"python": ["ruff", "check", "--output-format=concise"]}`. A command runs on a temporary copy; the path of the file is added.',
        json_schema_extra=PROTECTED,
    )
    test_commands: dict[str, list[str]] = Field(
        default={},
        description='Commands, by language, that run new tests in trusted folders, such as `{"python": ["pytest", "-q"]}`. A command runs on a temporary copy; the path of the test file is added.',
        json_schema_extra=PROTECTED,
    )
    check_timeout_s: float = Field(
        default=60.0,
        gt=0,
        le=1800,
        description="Seconds that one run of a checker or of tests may take.",
        json_schema_extra=EVERYWHERE,
    )


class ActivitySection(Section):
    """The local record of what was suggested and accepted, without code."""

    enabled: bool = Field(
        default=True,
        description="Keep statistics of your own use on this machine, without code; `segue stats` shows them.",
        json_schema_extra=EVERYWHERE,
    )
    keep_days: int = Field(
        default=180,
        ge=1,
        le=3650,
        description="Days after which statistics are forgotten.",
        json_schema_extra=EVERYWHERE,
    )


class LogSection(Section):
    """What Segue says about itself."""

    level: Literal["off", "error", "warning", "info", "debug"] = Field(
        default="warning",
        description="How much is written to the log. Code appears in it at `debug` only.",
        json_schema_extra=EVERYWHERE,
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
