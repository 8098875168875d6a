"""PNG, JPEG, TIFF, WebP, GIF and BMP: their text by recognition, where the dataset has it switched on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, LimitExceeded, OcrIsOff
from ingest.parsers.ocr.pages import DOTS_PER_INCH, Picture, recognised, with_boxes_as_shown
from ingest.parsers.options import ParseOptions, Watch, unwatched
from ingest.parsers.pdf.assembly import assemble

# Opening reads the header alone, and what a picture may have is the options' to say: see _drawn.
Image.MAX_IMAGE_PIXELS = None

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP")
_POINTS = 72
_LEAST_DOTS, _MOST_DOTS = 72, 1200  # what a scanner may have set; other values are leftovers of some program


def read(path: Path, *, file_name: str, options: ParseOptions, watch: Watch = unwatched) -> Document:
    try:
        with Image.open(path, formats=_FORMATS) as image:
            return _read(image, file_name=file_name, options=options, watch=watch)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise FileIsCorrupt("picture", str(error)[:200]) from error


def _read(image: Image.Image, *, file_name: str, options: ParseOptions, watch: Watch) -> Document:
    pages = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1  # other frames are an animation's
    if pages > options.max_pages:
        found = f"the picture has {pages} pages"
        raise LimitExceeded(limit="pages", allowed=options.max_pages, found=found, setting="CAIRN_PARSE_MAX_PAGES")
    if options.ocr is None:
        raise OcrIsOff(f"{file_name!r} is a picture")
    collector = BlockCollector(options)

    def draw(number: int) -> Picture:
        image.seek(number - 1)
        return _drawn(image, options)

    found_text = recognised(range(1, pages + 1), draw, options=options.ocr, collector=collector, watch=watch)
    collector.pages_without_text += [
        number for number in range(1, pages + 1) if number not in found_text.pages or not found_text.pages[number].lines
    ]
    if not found_text.facts:
        raise FileHasNoText(f"text recognition found no text in the picture {file_name!r}")
    assemble(collector, [found_text.pages[number] for number in sorted(found_text.pages)])
    document = collector.document(
        mime_type=Image.MIME.get(image.format or "", "image/*"),
        nothing=f"text recognition found no text in the picture {file_name!r}",
        page_count=pages,
    )
    return with_boxes_as_shown(replace(document, ocr_pages=tuple(found_text.facts)), found_text.turns)


def _drawn(image: Image.Image, options: ParseOptions) -> Picture:
    """On white, which is what a transparent picture is mostly seen on."""
    width, height = image.size
    if width * height > options.max_pixels:
        found = f"the picture has {width} x {height} pixels"
        raise LimitExceeded(limit="pixels", allowed=options.max_pixels, found=found, setting="CAIRN_PARSE_MAX_PIXELS")
    scale = _POINTS / _dots(image)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        white.alpha_composite(clear)
        return Picture(np.asarray(white.convert("RGB")), scale)
    return Picture(np.asarray(_to_eight_bits(image).convert("RGB")), scale)


def _to_eight_bits(image: Image.Image) -> Image.Image:
    if image.mode not in {"I", "I;16", "I;16B", "F"}:
        return image
    values = np.asarray(image, dtype=np.float32)
    lowest, highest = float(values.min()), float(values.max())
    return Image.fromarray(((values - lowest) * (255 / max(highest - lowest, 1))).astype(np.uint8))


def _dots(image: Image.Image) -> float:
    """Per inch, as the picture says of itself."""
    try:
        own = float(image.info["dpi"][0])
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError):
        return DOTS_PER_INCH
    return own if _LEAST_DOTS <= own <= _MOST_DOTS else DOTS_PER_INCH
