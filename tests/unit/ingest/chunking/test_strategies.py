from __future__ import annotations

import pytest

from ingest.documents import Block, BlockKind, Box, ParseType
from tests.unit.ingest.chunking.samples import cut, heading, sentences, table, text


class TestNaive:
    def test_fills_a_chunk_with_paragraphs(self) -> None:
        made = cut(text(sentences(3)), text(sentences(3, start=10)), text(sentences(3, start=20)), text(sentences(3)))
        assert [draft.content.count("\n\n") for draft in made] == [2, 0]

    def test_starts_a_new_chunk_rather_than_split_a_paragraph_when_half_full(self) -> None:
        made = cut(text(sentences(7)), text(sentences(7, start=10)))
        assert [draft.content.split()[1] for draft in made] == ["0", "10"]

    def test_splits_a_long_paragraph_between_sentences(self) -> None:
        made = cut(text(sentences(40)))
        assert all(draft.content.startswith("Sentence") and draft.content.endswith("ends.") for draft in made)

    def test_begins_a_new_chunk_for_a_paragraph_that_does_not_fit_also_when_little_is_in_this_one(self) -> None:
        made = cut(text(sentences(6)), text(sentences(36, start=10)), size=402)
        assert [draft.token_count for draft in made] == [60, 360]

    def test_fills_a_chunk_in_which_there_is_next_to_nothing(self) -> None:
        made = cut(text(sentences(2)), text(sentences(40, start=10)), size=402)
        assert made[0].content.startswith("Sentence 0")
        assert made[0].token_count > 100

    def test_splits_a_paragraph_that_is_a_little_too_long_in_the_middle(self) -> None:
        assert [draft.token_count for draft in cut(text(sentences(11)))] == [60, 50]
        assert [draft.token_count for draft in cut(text(sentences(9)), text(sentences(21, start=10)))] == [
            90,
            70,
            70,
            70,
        ]

    def test_splits_it_in_the_middle_also_where_sentences_are_repeated(self) -> None:
        made = cut(text(sentences(25)), overlap=20)
        counts = [draft.token_count for draft in made]
        assert max(counts) - min(counts) <= 10
        assert len(made) == 3  # 25 sentences: ten in the first, eight new ones in each behind it

    def test_keeps_the_lines_of_a_text_whole_whose_lines_are_paragraphs(self) -> None:
        lines = [sentences(6, start=10 * number) for number in range(4)]
        made = cut(text("\n".join(lines)))
        assert [draft.content for draft in made] == lines

    def test_does_not_take_lines_for_paragraphs_that_are_wrapped_at_a_width(self) -> None:
        wrapped = sentences(24).replace("word ends.", "word\nends.") + " https://example.org/" + "x" * 130
        made = cut(text(wrapped))
        assert len(made) > 1
        assert all(draft.content.endswith("ends.") for draft in made[:-1])

    def test_splits_a_long_sentence_between_words(self) -> None:
        made = cut(text("word " * 300))
        assert [draft.token_count for draft in made] == [100, 100, 100]

    def test_leaves_no_heading_at_the_end_of_a_chunk(self) -> None:
        made = cut(text(sentences(9)), heading("Setup", 2), heading("Linux", 3, "Setup"), text(sentences(9), "Setup"))
        assert made[0].content.endswith("ends.")
        assert made[1].content.startswith("Setup\n\nLinux\n\nSentence 0")

    def test_splits_a_sentence_rather_than_leave_its_heading_alone(self) -> None:
        made = cut(heading("Setup", 2), text("word " * 99 + "end.", "Setup"))
        assert made[0].content.startswith("Setup\n\nword word")

    def test_gives_the_path_that_all_of_its_blocks_share(self) -> None:
        linux = (heading("Linux", 3, "Setup"), text("One.", "Setup", "Linux"))
        mac = (heading("Mac", 3, "Setup"), text("Two.", "Setup", "Mac"))
        made = cut(*linux, *mac)
        assert made[0].heading_path == ("Setup",)
        assert made[0].context == "Setup"

    def test_gives_the_section_where_only_titles_stand_above_it(self) -> None:
        made = cut(heading("Guide", 1), heading("Linux", 2, "Guide"), text("One.", "Guide", "Linux"))
        assert made[0].heading_path == ("Guide", "Linux")

    def test_has_the_heading_that_it_opens_with_in_its_path_but_not_in_its_context(self) -> None:
        made = cut(heading("Linux", 2, "Setup"), text("One.", "Setup", "Linux"))
        assert made[0].heading_path == ("Setup", "Linux")
        assert made[0].context == "Setup"

    def test_knows_its_page_and_boxes(self) -> None:
        box, other = Box(3, 0, 0, 10, 10), Box(4, 0, 0, 10, 10)
        made = cut(
            Block(BlockKind.TEXT, sentences(27), page=3, boxes=(box,)),
            Block(BlockKind.TEXT, "Last.", page=4, boxes=(other,)),
        )
        assert [draft.page for draft in made] == [3] * len(made)
        assert made[0].boxes == (box,)
        assert made[-1].boxes == (box, other)

    def test_a_mixture_of_kinds_is_text(self) -> None:
        made = cut(text("One."), Block(BlockKind.CODE, "x = 1"))
        assert [draft.kind for draft in made] == [BlockKind.TEXT]


class TestMarkdown:
    def test_never_reaches_over_a_heading_of_the_first_two_levels(self) -> None:
        made = cut(
            heading("A", 2), text(sentences(7), "A"), heading("B", 2), text(sentences(7), "B"), by=ParseType.MARKDOWN
        )
        assert [draft.heading_path for draft in made] == [("A",), ("B",)]

    def test_reaches_over_deeper_headings(self) -> None:
        made = cut(
            heading("A", 2),
            text(sentences(4), "A"),
            heading("a", 3, "A"),
            text("One.", "A", "a"),
            by=ParseType.MARKDOWN,
        )
        assert [draft.heading_path for draft in made] == [("A",)]

    def test_joins_tiny_sections_under_one_parent(self) -> None:
        made = cut(
            heading("Doc", 1),
            heading("A", 2, "Doc"),
            text("One.", "Doc", "A"),
            heading("B", 2, "Doc"),
            text("Two.", "Doc", "B"),
            by=ParseType.MARKDOWN,
        )
        assert [draft.content for draft in made] == ["Doc\n\nA\n\nOne.\n\nB\n\nTwo."]
        assert made[0].heading_path == ("Doc",)

    def test_does_not_join_a_tiny_section_to_another_parent_s(self) -> None:
        made = cut(
            heading("A", 2, "Doc"),
            text("One.", "Doc", "A"),
            heading("Next", 1),
            text("Two.", "Next"),
            by=ParseType.MARKDOWN,
        )
        assert len(made) == 2

    @pytest.mark.parametrize("kind", [BlockKind.CODE, BlockKind.LIST])
    def test_keeps_code_and_lists_whole_when_they_fit(self, kind: BlockKind) -> None:
        lines = "\n".join(f"- line {number}" for number in range(25))
        made = cut(text(sentences(4)), Block(kind, lines), by=ParseType.MARKDOWN)
        assert [draft.kind for draft in made] == [BlockKind.TEXT, kind]
        assert made[1].content == lines

    def test_splits_long_code_between_lines_and_keeps_the_indentation(self) -> None:
        lines = "\n".join(f"    call({number})" for number in range(60))
        made = cut(Block(BlockKind.CODE, lines), by=ParseType.MARKDOWN)
        assert len(made) > 1
        assert "\n".join(draft.content for draft in made) == lines


class TestManual:
    def test_cuts_at_ruled_lines_unless_told_otherwise(self) -> None:
        made = cut(text("One."), text("---"), text("Two.\n---\nThree."), by=ParseType.MANUAL)
        assert [draft.content for draft in made] == ["One.", "Two.", "Three."]

    def test_takes_separators_literally_and_the_longest_first(self) -> None:
        made = cut(text("a.b || c |||| d"), by=ParseType.MANUAL, separators=("||", "||||", "."))
        assert [draft.content for draft in made] == ["a", "b", "c", "d"]

    def test_finds_headings_as_markdown_writes_them(self) -> None:
        made = cut(text("Intro."), heading("A", 2), text("One.", "A"), by=ParseType.MANUAL, separators=("\n## ",))
        assert [draft.content for draft in made] == ["Intro.", "A\n\nOne."]

    def test_keeps_a_separator_that_says_something(self) -> None:
        made = cut(text("Article 1 says. Article 2 says."), by=ParseType.MANUAL, separators=("Article ",))
        assert [draft.content for draft in made] == ["Article 1 says.", "Article 2 says."]

    def test_never_joins_pieces_and_splits_long_ones(self) -> None:
        made = cut(text("One."), text("---"), text(sentences(20)), by=ParseType.MANUAL)
        assert made[0].content == "One."
        assert len(made) == 3

    def test_does_not_cut_a_table(self) -> None:
        made = cut(table([["a", "b"], ["1", "2"]]), by=ParseType.MANUAL, separators=("|", "---"))
        assert [draft.kind for draft in made] == [BlockKind.TABLE]


class TestTables:
    HEADER = ("Name", "Price")

    def test_stays_with_its_text_when_both_fit(self) -> None:
        made = cut(text("Prices are:"), table([self.HEADER, ("Tea", "2")]))
        assert [draft.kind for draft in made] == [BlockKind.TEXT]

    def test_starts_a_chunk_of_its_own_when_it_does_not_fit_behind_the_text(self) -> None:
        rows = [(f"Tea {number}", f"{number}") for number in range(10)]
        made = cut(text(sentences(4)), table([self.HEADER, *rows]))
        assert [draft.kind for draft in made] == [BlockKind.TEXT, BlockKind.TABLE]

    def test_repeats_the_header_in_each_part(self) -> None:
        rows = [(f"Tea {number}", f"{number}") for number in range(60)]
        made = cut(table([self.HEADER, *rows], "Menu", caption="Hot drinks"))
        assert len(made) > 3
        assert all("| Name | Price |\n| --- | --- |\n| Tea" in draft.content for draft in made)
        assert {draft.context for draft in made} == {"Menu > Hot drinks"}
        assert made[0].content.startswith("Hot drinks\n\n| Name")
        assert {draft.kind for draft in made} == {BlockKind.TABLE}

    def test_takes_its_heading_along_into_the_first_part(self) -> None:
        rows = [(f"Tea {number}", f"{number}") for number in range(60)]
        made = cut(text(sentences(3)), heading("Menu", 2), table([self.HEADER, *rows], "Menu"))
        assert made[1].content.startswith("Menu\n\n| Name")

    def test_splits_a_long_row_by_columns_and_repeats_its_first_cell(self) -> None:
        made = cut(table([("Name", "Taste", "Origin"), ("Assam", "malty " * 50, "hills " * 50)]))
        assert all("Assam" in draft.content for draft in made)
        assert any("| Name | Origin |" in draft.content for draft in made)

    def test_splits_a_long_cell_by_tokens(self) -> None:
        made = cut(table([("Name", "Story"), ("Assam", "tale " * 300)]))
        assert sum(draft.content.count("tale") for draft in made) == 300
        assert all("| Name | Story |" in draft.content for draft in made)

    def test_cuts_a_wide_header_but_not_the_data(self) -> None:
        header = [f"column{number} " + "described " * 10 for number in range(12)]
        made = cut(table([header, [f"value{number}" for number in range(12)]]))
        joined = " ".join(draft.content for draft in made)
        assert all(f"value{number}" in joined for number in range(12))
        assert joined.count("described") >= 120

    def test_has_no_header_where_the_table_has_none(self) -> None:
        made = cut(table([(f"Tea {number}", f"{number}") for number in range(60)], header_rows=0))
        assert all(draft.content.startswith("|  |  |\n| --- | --- |\n| Tea") for draft in made)

    def test_loses_neither_key_nor_label_where_only_the_data_has_room(self) -> None:
        key, label = "key " * 8, "label " * 8
        made = cut(table([("k", label.strip()), (key.strip(), "data " * 90)]), size=46)
        joined = " ".join(draft.content for draft in made)
        assert (joined.count("key") >= 8, joined.count("label") >= 8, joined.count("data")) == (True, True, 90)

    def test_is_split_by_rows_when_only_its_heading_makes_it_too_large(self) -> None:
        rows = [(f"Tea {number}", f"{number}") for number in range(14)]
        made = cut(heading("Menu " * 6, 2), table([self.HEADER, *rows], "Menu"))
        assert all("| Name | Price |" in draft.content for draft in made)
        assert len(made) == 2
