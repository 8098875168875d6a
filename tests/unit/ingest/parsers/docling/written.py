"""`python -m tests.unit.ingest.parsers.docling.written` where docling-core is installed: makes `document.json` anew, a
document as Docling writes it out, with what the conversion has to know."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

Place: TypeAlias = Callable[[int, float], Any]

PATH = Path(__file__).with_name("document.json")


def written() -> dict[str, object]:
    # Local: only whoever makes the file anew has it.
    from docling_core.types import doc  # noqa: PLC0415 - as said above

    document = doc.DoclingDocument(name="sample")
    for page in (1, 2):
        document.add_page(page_no=page, size=doc.Size(width=600, height=800))

    def at(page: int, top: float) -> Any:
        """Twenty points high; Docling measures pages of PDFs from below."""
        box = doc.BoundingBox(l=50, t=800 - top, r=550, b=780 - top, coord_origin=doc.CoordOrigin.BOTTOMLEFT)
        return doc.ProvenanceItem(page_no=page, bbox=box, charspan=(0, 1))

    _add_first_page(doc, document, at)
    _add_second_page(doc, document, at)
    return dict(document.export_to_dict())


def _add_first_page(doc: Any, document: Any, at: Place) -> None:
    label, furniture = doc.DocItemLabel, doc.ContentLayer.FURNITURE
    document.add_text(label.PAGE_HEADER, "Running header", prov=at(1, 10), content_layer=furniture)
    document.add_title("Of Herons", prov=at(1, 50))
    document.add_heading("1 Where they live", level=1, prov=at(1, 80))
    document.add_text(label.TEXT, "Herons live by the water.", prov=at(1, 110))
    outer = document.add_list_group()
    document.add_list_item("rivers", parent=outer, prov=at(1, 140))
    lakes = document.add_list_item("lakes", parent=outer, prov=at(1, 165))
    inner = document.add_list_group(parent=lakes)
    document.add_list_item("deep ones", enumerated=True, marker="1.", parent=inner, prov=at(1, 190))
    document.add_list_item("shallow ones", enumerated=True, marker="2.", parent=inner, prov=at(1, 215))
    other = document.add_list_group()
    document.add_list_item("a list of its own", parent=other, prov=at(1, 240))
    document.add_heading("1.1 Counts", level=2, prov=at(1, 280))
    caption = document.add_text(label.CAPTION, "Table 1: Herons by year", prov=at(1, 300))
    document.add_table(data=_table(doc), caption=caption, prov=at(1, 330))
    document.add_code("count = 14\nprint(count)", prov=at(1, 400))
    document.add_text(label.FORMULA, "", orig="n = 14 + 3", prov=at(1, 430))


def _table(doc: Any) -> Any:
    """Cells as text, first row and the one behind the last, columns likewise, and whether it heads a column."""
    cells = [("Place", 0, 2, 0, 1, True), ("Year", 0, 1, 1, 3, True), ("2023", 1, 2, 1, 2, True)]
    cells += [("2024", 1, 2, 2, 3, True), ("Rhine", 2, 3, 0, 1, False), ("14", 2, 3, 1, 2, False)]
    data = doc.TableData(num_rows=3, num_cols=3)
    for text, top, bottom, left, right, heads in [*cells, ("17", 2, 3, 2, 3, False)]:
        rows = {"start_row_offset_idx": top, "end_row_offset_idx": bottom, "row_span": bottom - top}
        columns = {"start_col_offset_idx": left, "end_col_offset_idx": right, "col_span": right - left}
        data.table_cells.append(doc.TableCell(text=text, column_header=heads, **rows, **columns))
    return data


def _add_second_page(doc: Any, document: Any, at: Place) -> None:
    label, layer = doc.DocItemLabel, doc.ContentLayer
    shown = document.add_text(label.CAPTION, "Figure 1: A heron", prov=at(2, 300))
    picture = document.add_picture(caption=shown, prov=at(2, 100))
    document.add_text(label.TEXT, "letters in the picture", parent=picture, prov=at(2, 120))
    inline = document.add_inline_group()
    for piece in ("They eat", "fish", "and frogs."):
        document.add_text(label.TEXT, piece, parent=inline, prov=at(2, 350))
    document.add_text(label.CHECKBOX_SELECTED, "seen this year", prov=at(2, 380))
    key = doc.GraphCell(label="key", cell_id=0, text="Observer", orig="Observer")
    value = doc.GraphCell(label="value", cell_id=1, text="A. Reed", orig="A. Reed")
    link = doc.GraphLink(label="to_value", source_cell_id=0, target_cell_id=1)
    document.add_key_values(graph=doc.GraphData(cells=[key, value], links=[link]), prov=at(2, 410))
    document.add_text(label.FOOTNOTE, "1 Counted in May.", prov=at(2, 700))
    document.add_text(label.TEXT, "A note to the speaker.", content_layer=layer.NOTES)
    document.add_text(label.PAGE_FOOTER, "Page 2", prov=at(2, 780), content_layer=layer.FURNITURE)


if __name__ == "__main__":
    PATH.write_text(
        json.dumps({"written_by": f"docling-core {version('docling-core')}", "document": written()}, indent=1)
    )
