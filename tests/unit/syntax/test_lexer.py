"""The lexer finds strings, comments, brackets, and the code inside strings, without a grammar."""

from __future__ import annotations

import pytest

from segue_syntax import CODE, LANGUAGES, LexState, indent_width, kind_on_line, regions_of, scanner_of


def kinds(text: str, language: str) -> str:
    """Return one letter for each character: c(omment), s(tring) or ``.`` for code."""
    regions = regions_of(text, language)
    return "".join({"comment": "c", "string": "s", "code": "."}[regions.at(at)] for at in range(len(text)))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "a = 'x#' # y", "....ssss.ccc"),
        ("python", "f'{a}b' + '{a}'", ".s..sss...sssss"),
        ("python", 'rf"{{a}}{b}"', "..ssssss..ss"),
        ("python", '"""a\n# b"""', "s" * 11),
        ("javascript", "`a ${f(`b`)} c`", "sss.........sss"),
        ("javascript", "'a' // b 'c'", "sss.cccccccc"),
        ("ruby", '"a #{h["k"]} b"', "sss.........sss"),
        ("kotlin", '"a $name b"', "sss.....sss"),
        ("kotlin", '"a ${m["k"]} b"', "sss.........sss"),
        ("swift", r'"a \(f("b")) c"', "sss.........sss"),
        ("csharp", '$"a{b}" + "a{b}"', ".ss..ss...ssssss"),
        ("rust", 'f!("{a:?} {{b}}")', "...s..ssssssssss."),
        ("scala", 's"$a" + "$a"', ".s..s...ssss"),
        ("php", '"a {$b["c"]}" . \'$d\'', "sss.........s...ssss"),
        ("shellscript", 'echo "$a $(b "c")" # d', ".....s..s........s.ccc"),
        ("shellscript", "echo $#", "......."),
        ("lua", "--[[ a\nb ]] c", "ccccccccccc.."),
        ("json", '{"a": 1} // b', ".sss.....cccc"),
        ("an unknown language", "a(/* b */ 'c')", "..ccccccc.sss."),
    ],
)
def test_regions(language: str, text: str, expected: str) -> None:
    assert kinds(text, language) == expected


def test_a_scan_goes_on_in_the_state_where_another_ended() -> None:
    scanner = scanner_of("go")
    tokens, state = scanner.scan("f(`a")
    assert [mark for mark, *_ in tokens] == ["(", "`"]
    assert not state.is_code
    assert not state.is_comment
    tokens, state = scanner.scan("b\nc`)", state=state)
    assert [mark for mark, *_ in tokens] == ["`", ")"]
    assert state == CODE


def test_a_line_comment_lasts_to_the_end_of_its_line() -> None:
    scanner = scanner_of("python")
    _, state = scanner.scan("a # (")
    assert state == LexState(line_comment=True)
    assert scanner.scan("(\n)", state=state)[0] == [(")", 2, 3)]


@pytest.mark.parametrize("language", [language.id for language in LANGUAGES])
def test_an_unclosed_string_full_of_code_takes_no_time(language: str) -> None:
    for quote in "\"'`":
        list(scanner_of(language).regions("x = " + quote + "${a} #{b} {c} " * 2_000))


def test_a_line_alone_tells_its_comments() -> None:
    assert kind_on_line(" * see name", 7, "java") == "comment"
    assert kind_on_line("# name", 2, "php") == "comment"
    assert kind_on_line("x = name", 4, "python") == "code"


def test_tabs_reach_to_the_next_stop() -> None:
    assert indent_width("\t  a") == 6
    assert indent_width(" \ta", 8) == 8
