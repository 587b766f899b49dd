"""Reading the XML doc comments of C#, leniently: models forget to close and to escape."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BLOCK = re.compile(
    r"<(?P<tag>summary|remarks|returns|value|param|typeparam|exception|example)(?P<attributes>[^>]*)>"
    r"(?P<text>.*?)(?:</(?P=tag)>|(?=<(?:summary|remarks|returns|value|param|typeparam|exception|example)[\s>])|\Z)",
    re.DOTALL,
)
_NAME = re.compile(r"(?:name|cref)\s*=\s*[\"']?(?:[TMPE]:)?([\w.<>{}]+)")


@dataclass(slots=True)
class XmlDoc:
    """The parts of an XML doc comment, their inner markup as written."""

    summary: str = ""
    remarks: str = ""
    returns: str = ""
    params: list[tuple[str, str]] = field(default_factory=list)
    exceptions: list[tuple[str, str]] = field(default_factory=list)
    sections: list[tuple[str, str]] = field(default_factory=list)


def read_xml_doc(text: str) -> XmlDoc:
    """Return the parts of the XML doc comment `text`; markup that is not known stays as it is."""
    doc = XmlDoc()
    for match in _BLOCK.finditer(text):
        inner = " ".join(match["text"].split())
        name = _NAME.search(match["attributes"])
        tag = match["tag"]
        if tag == "summary":
            doc.summary = inner
        elif tag == "remarks":
            doc.remarks = inner
        elif tag in {"returns", "value"}:
            doc.returns = inner
        elif tag == "example":
            doc.sections.append(("Example", match["text"].strip("\n")))
        elif name is not None:
            if tag == "exception":
                doc.exceptions.append((name[1], inner))
            else:
                doc.params.append((f"<{name[1]}>" if tag == "typeparam" else name[1], inner))
    if not doc.summary:
        head = re.split(r"<\w", text, maxsplit=1)[0]
        doc.summary = " ".join(head.split())
    return doc
