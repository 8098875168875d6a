"""A workbook's sheets in their order, and the charts that are drawn on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.documents import Table
from ingest.parsers.office.charts import chart_table
from ingest.parsers.office.package import OfficePackage, local_name


@dataclass(frozen=True, slots=True)
class SheetPart:
    """`part` is where its cells are; a sheet that is nothing but a chart has none, and its drawings all the same."""

    name: str
    part: str


def sheet_parts(package: OfficePackage) -> Iterator[SheetPart]:
    main = package.main_part
    relationships = package.relationships(main)
    for entry in package.xml(main).iter("{*}sheet"):
        ids = (str(value) for key, value in entry.attrib.items() if str(key).endswith("}id"))
        for relationship in filter(None, map(relationships.get, ids)):
            yield SheetPart(str(entry.get("name", "")), relationship.target)


def charts_of(package: OfficePackage, sheet: SheetPart) -> Iterator[Table]:
    for drawing in package.related(sheet.part, "drawing"):
        for part in package.related(drawing, "chart"):
            root = package.xml(part)
            if local_name(root) == "chartSpace":
                yield chart_table(root)
