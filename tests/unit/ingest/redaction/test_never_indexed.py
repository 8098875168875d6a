"""Whatever a document says where, what is redacted is in no chunk, no context and no heading."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking.chunker import chunk
from ingest.documents import Block, BlockKind, ChunkDraft, ChunkSettings, Document, ParserEngine, ParseType
from ingest.parsers.tables import as_markdown, table_of
from ingest.redaction.documents import redacted
from ingest.redaction.redactor import Redactor
from ingest.redaction.types import PersonalKind, Redaction
from tests.unit.ingest.chunking.samples import WordCounter
from tests.unit.ingest.redaction import planted

VALUES = {
    PersonalKind.EMAIL: planted.mailboxes(),
    PersonalKind.IBAN: planted.ibans(),
    PersonalKind.CARD: planted.cards(),
    PersonalKind.IP: planted.machines(),
    PersonalKind.NATIONAL_ID: planted.national_ids(),
    PersonalKind.PHONE: planted.phones(),
}
WORDS = st.text("abc déß漢字, ", max_size=60)
AROUND = st.sampled_from([" {} ", "({})", "“{}”", " is: {}. ", "\n{}\n", "<{}>", " {}, or", "[{}]", " *{}* "])
TOKENS = WordCounter()


class Planted(NamedTuple):
    kind: PersonalKind
    value: str
    text: str


@st.composite
def plants(draw: st.DrawFn) -> Planted:
    kind = draw(st.sampled_from(list(PersonalKind)))
    value = draw(VALUES[kind])
    return Planted(kind, value, f"{draw(WORDS)}{draw(AROUND).format(value)}{draw(WORDS)}")


@st.composite
def blocks(draw: st.DrawFn, plant: Planted) -> Block:
    kind = draw(st.sampled_from(list(BlockKind)))
    path = tuple(draw(st.lists(st.sampled_from(["Guide", plant.text]), max_size=2)))
    if kind is BlockKind.TABLE:
        cells = table_of([["Name", "Note"], [draw(WORDS), plant.text], [plant.text, "x"]], caption=plant.text)
        return Block(kind, as_markdown(cells), heading_path=path, table=cells)
    return Block(kind, plant.text, level=1 if kind is BlockKind.HEADING else 0, heading_path=path)


def said(draft: ChunkDraft) -> str:
    return "\n".join([draft.content, draft.context, *draft.heading_path])


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(plants(), min_size=1, max_size=5), st.sampled_from(list(ParseType)))
def test_is_in_nothing_that_is_indexed(data: st.DataObject, given: list[Planted], by: ParseType) -> None:
    document = Document(
        "text/plain", ParserEngine.NODE_NATIVE, [data.draw(blocks(plant)) for plant in given], title=given[0].text
    )
    redactor = Redactor(Redaction(tuple(PersonalKind)))
    clean = redacted(document, redactor)
    drafts = chunk(
        clean,
        file_name=redactor.text(f"{given[-1].text}.txt", counted=False),
        settings=ChunkSettings(by, 128, 16),
        tokens=TOKENS,
        special_tokens=2,
    )
    everything = "\n".join(map(said, drafts))
    for plant in given:
        assert plant.value not in everything
        assert plant.value not in repr(clean)
        assert redactor.counts[plant.kind] >= 1


@settings(max_examples=50, deadline=None)
@given(plants())
def test_only_what_was_planted_is_taken_away(plant: Planted) -> None:
    assert Redactor(Redaction((plant.kind,))).text(plant.text) == plant.text.replace(
        plant.value, plant.kind.placeholder
    )
