"""Reading the XML doc comments of C#, leniently: models forget to close and to escape."""

from __future__ import annotations

import re
from dataclasses import replace

from segue_assist._doctext import DocItem, DocText

_BLOCK = re.compile(
    r"<(?P<tag>summary|remarks|returns|value|param|typeparam|exception|example)(?P<attributes>[^>]*)>"
    r"(?P<text>.*?)(?:</(?P=tag)>|(?=<(?:summary|remarks|returns|value|param|typeparam|exception|example)[\s>])|\Z)",
    re.DOTALL,
)
_NAME = re.compile(r"(?:name|cref)\s*=\s*[\"']?(?:[TMPE]:)?([\w.<>{}]+)")


def read_xml_doc(text: str) -> DocText:
    """Return what the XML doc comment `text` says; markup that is not known stays as it is."""
    doc = DocText("")
    for match in _BLOCK.finditer(text):
        inner = " ".join(match["text"].split())
        name = _NAME.search(match["attributes"])
        tag = match["tag"]
        if tag == "summary":
            doc = replace(doc, summary=inner)
        elif tag == "remarks":
            doc = replace(doc, body=inner)
        elif tag in {"returns", "value"}:
            doc = replace(doc, returns=DocItem("", "", inner) if inner else None)
        elif tag == "example":
            doc = replace(doc, sections=(*doc.sections, ("Example", match["text"].strip("\n"))))
        elif name is not None and tag == "exception":
            doc = replace(doc, raises=(*doc.raises, DocItem(name[1], "", inner)))
        elif name is not None:
            called = f"<{name[1]}>" if tag == "typeparam" else name[1]
            doc = replace(doc, params=(*doc.params, DocItem(called, "", inner)))
    return (
        doc if doc.summary else replace(doc, summary=" ".join(re.split(r"<\w", text, maxsplit=1)[0].split()))
    )
