"""Text recognition by RapidOCR, whose models come with its package: the picture of a page to lines in their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.utils.process_img import get_rotate_crop_image

Pixels: TypeAlias = NDArray[np.uint8]  # rows, columns, and three colours
Corners: TypeAlias = NDArray[np.float32]  # of one line: top left, top right, bottom right, bottom left; each (x, y)

_LONGEST_SIDE = 4000  # pixels; a larger picture is made smaller before lines are looked for
_UNSURE = 0.5  # lines below it are noise: specks, halves of pictures
_TALL = 1.5  # height over width, from which a line is taken to run up or down
_ASKED = 9  # lines that vote on which way up the page is

_PARAMETERS = {
    "Global.log_level": "critical",
    "Global.max_side_len": _LONGEST_SIDE,
    "Global.text_score": 0.0,
    "Rec.rec_batch_num": 1,  # lines of a batch are filled up to its longest: on a CPU, one by one is faster
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # other files are read beside this one
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@dataclass(frozen=True, slots=True)
class ReadLine:
    """`left` to `bottom` in pixels of the picture turned upright, `confidence` from 0 to 1."""

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """`turns` quarters to the left make the picture upright; `width` and `height` in pixels are those it then has."""

    lines: Sequence[ReadLine]
    turns: int
    width: int
    height: int

    @property
    def confidence(self) -> float:
        """By characters; 0 without any."""
        characters = sum(len(line.text) for line in self.lines)
        return sum(line.confidence * len(line.text) for line in self.lines) / characters if characters else 0.0


class Recognizer:
    """Loads its models once; several hundred megabytes with the first picture."""

    def __init__(self) -> None:
        self._engine: Any = RapidOCR(params=_PARAMETERS)

    def read(self, pixels: Pixels) -> ReadPicture:
        """Lines from top to bottom; a page on its side or on its head is turned first."""
        boxes = self._found(pixels)
        pixels, boxes, turns = self._upright(pixels, boxes)
        lines = [line for box in boxes if (line := self._line(pixels, box)) is not None]
        height, width = pixels.shape[:2]
        return ReadPicture(lines, turns, width, height)

    def _found(self, pixels: Pixels) -> Sequence[Corners]:
        found = self._engine(pixels, use_det=True, use_cls=False, use_rec=False)
        return [] if found.boxes is None else [np.asarray(box, dtype=np.float32) for box in found.boxes]

    def _upright(self, pixels: Pixels, boxes: Sequence[Corners]) -> tuple[Pixels, Sequence[Corners], int]:
        turns = 0
        tall = sum(_height(box) > _TALL * _width(box) for box in boxes)
        if tall * 2 > len(boxes):
            boxes = [_turned(box, width=pixels.shape[1]) for box in boxes]
            pixels, turns = np.rot90(pixels), 1
        if self._stands_on_its_head(pixels, boxes):
            for _ in range(2):
                boxes = [_turned(box, width=pixels.shape[1]) for box in boxes]
                pixels, turns = np.rot90(pixels), turns + 1
        return np.ascontiguousarray(pixels), boxes, turns

    def _stands_on_its_head(self, pixels: Pixels, boxes: Sequence[Corners]) -> bool:
        pixels = np.ascontiguousarray(pixels)
        longest = sorted(boxes, key=_width, reverse=True)[:_ASKED]
        votes = 0
        for box in longest:
            answer = self._engine(_cut_out(pixels, box), use_det=False, use_cls=True, use_rec=False)
            votes += sum(label == "180" for label, _ in answer.cls_res or ())
        return votes * 2 > len(longest)

    def _line(self, pixels: Pixels, box: Corners) -> ReadLine | None:
        read = self._engine(_cut_out(pixels, box), use_det=False, use_cls=False, use_rec=True)
        text = " ".join(read.txts or ()).strip()
        confidence = float(read.scores[0]) if read.scores else 0.0
        if not text or confidence < _UNSURE:
            return None
        left, top = box.min(axis=0)
        right, bottom = box.max(axis=0)
        return ReadLine(text, confidence, float(left), float(top), float(right), float(bottom))


def _cut_out(pixels: Pixels, box: Corners) -> Pixels:
    cut: Pixels = np.ascontiguousarray(get_rotate_crop_image(pixels, box))
    return cut


def _turned(box: Corners, *, width: int) -> Corners:
    """The corners after the picture of that width was turned a quarter to the left, again beginning at the top left."""
    turned = np.stack([box[:, 1], width - box[:, 0]], axis=1).astype(np.float32)
    return np.roll(turned, -1, axis=0)


def _width(box: Corners) -> float:
    return float(np.linalg.norm(box[0] - box[1]))


def _height(box: Corners) -> float:
    return float(np.linalg.norm(box[0] - box[3]))
