"""Office Open XML packages: parts and the relationships between them.

Read with zipfile and lxml instead of python-docx and python-pptx: those refuse templates and macro-enabled files, and
leave out content controls, tracked insertions, text boxes and equations.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from ingest.parsers.archive import member_xml
from ingest.parsers.errors import FileIsCorrupt

_CORE_FIELDS = {
    "title": "title",
    "creator": "author",
    "created": "created",
    "modified": "modified",
    "language": "language",
}


@dataclass(frozen=True, slots=True)
class Relationship:
    """`kind` is the last word of the relationship's type, such as `officeDocument` or `slide`."""

    kind: str
    target: str


class OfficePackage:
    """The parts of an opened archive. `what` names the kind of file in errors."""

    def __init__(self, archive: zipfile.ZipFile, *, what: str) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self._what = what

    @property
    def main_part(self) -> str:
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument":
                return relationship.target
        raise FileIsCorrupt(self._what, "it names no main document")

    def has(self, part: str) -> bool:
        return part in self._names

    def xml(self, part: str) -> etree._Element:
        return member_xml(self._archive, part, what=self._what)

    def relationships(self, part: str) -> Mapping[str, Relationship]:
        """By id, inside the package only, with targets as part names. Empty where the part has none."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(source):
            return {}
        return {
            str(element.get("Id")): Relationship(
                kind=str(element.get("Type")).rsplit("/", 1)[-1], target=_resolved(folder, str(element.get("Target")))
            )
            for element in self.xml(source)
            if element.get("TargetMode") != "External"
        }

    def related(self, part: str, kind: str) -> list[str]:
        targets = (item.target for item in self.relationships(part).values() if item.kind == kind)
        return [target for target in targets if self.has(target)]

    def core_properties(self) -> Mapping[str, str]:
        """Title, author, created, modified and language, as far as the file has them."""
        values: dict[str, str] = {}
        for part in self.related("", "core-properties"):
            for element in self.xml(part):
                name = _CORE_FIELDS.get(local_name(element))
                if name and element.text and element.text.strip():
                    values[name] = element.text.strip()
        return values


def local_name(element: etree._Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def attribute(element: etree._Element | None, name: str) -> str | None:
    """By its local name: strict and transitional files differ in the namespace."""
    if element is None:
        return None
    return next((str(value) for key, value in element.attrib.items() if str(key).rsplit("}", 1)[-1] == name), None)


def _resolved(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
