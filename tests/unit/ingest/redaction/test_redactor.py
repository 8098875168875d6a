"""Every kind of personal data is found as people write it, and what only looks like it is left."""

from __future__ import annotations

from time import perf_counter

import pytest

from ingest.documents import Block, BlockKind, Document, ParserEngine
from ingest.parsers.tables import as_markdown, table_of
from ingest.redaction.documents import redacted
from ingest.redaction.redactor import Redactor
from ingest.redaction.texts import blackout, check_redaction
from ingest.redaction.types import NOTHING, PersonalKind, Redaction
from kit.errors import Invalid

EVERYTHING = Redaction(tuple(PersonalKind), ("US", "GB", "DE", "FR"))
EVERYWHERE = Redaction(tuple(PersonalKind))


def black(
    text: str, *kinds: PersonalKind, near: str = "", countries: tuple[str, ...] = ("US", "GB", "DE", "FR")
) -> str:
    return Redactor(Redaction(kinds or tuple(PersonalKind), countries)).text(text, near=near)


class TestMailboxes:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("Write to john.doe+news@mail.example.co.uk, please.", "Write to [EMAIL], please."),
            ("<a.b@example.de>; o'neil@example.ie", "<[EMAIL]>; [EMAIL]"),
            ("mailto:x@example.org?cc=y@example.org", "mailto:[EMAIL]?cc=[EMAIL]"),
            ("用户@例子.公司 and JÜRGEN@FIRMA.DE", "[EMAIL] and [EMAIL]"),
            ("'quoted@example.org'", "'[EMAIL]'"),
            ("cv_jane.roe@example.org.pdf", "[EMAIL]"),
        ],
    )
    def test_are_found(self, text: str, left: str) -> None:
        assert black(text, PersonalKind.EMAIL) == left

    @pytest.mark.parametrize(
        "text", ["@handle wrote", "a @ b.com", "5 pieces @ 3.50", "x@y", "user@localhost", "@media.print"]
    )
    def test_are_not_seen_where_there_are_none(self, text: str) -> None:
        assert black(text) == text


class TestBankAccounts:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("IBAN: DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX", "IBAN: [IBAN], BIC COBADEFFXXX"),
            ("DE89370400440532013000 BIC COBADEFF", "[IBAN] BIC COBADEFF"),
            ("gb82west12345698765432.", "[IBAN]."),
            ("NL91 ABNA 0417 1643 00 NL91 ABNA 0417 1643 00", "[IBAN] [IBAN]"),
            ("from NO93 8601 1117 947\nto FR14-2004-1010-0505-0001-3M02-606", "from [IBAN]\nto [IBAN]"),
        ],
    )
    def test_are_found(self, text: str, left: str) -> None:
        assert black(text, PersonalKind.IBAN) == left

    @pytest.mark.parametrize(
        "text", ["DE89 3704 0044 0532 0130 01", "AB12 CDEF 3456 7890 1234", "EN10 204 and ISO27 001"]
    )
    def test_that_do_not_hold_are_left(self, text: str) -> None:
        assert black(text, PersonalKind.IBAN) == text


class TestCards:
    @pytest.mark.parametrize(
        "number",
        [
            *("4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "5500 0000 0000 0004"),
            *("3782 822463 10005", "378282246310005", "6011111111111117", "30569309025904", "2223 0000 4841 0010"),
        ],
    )
    def test_are_found(self, number: str) -> None:
        assert black(f"paid by {number}.") == "paid by [CARD]."

    def test_are_found_in_a_row_of_figures(self) -> None:
        assert black("12 4111 1111 1111 1111 37", PersonalKind.CARD) == "12 [CARD] 37"

    @pytest.mark.parametrize(
        "text",
        [
            *("4111 1111 1111 1112", "9783161484100", "4006381333931", "1234 5678 9012 3456", "3.14159265358979323846"),
            *("0.4111111111111111", "id a4111111111111111", "20240115123000123456", "1 2 3 4 5 6 7 8 9 10 11 12 13 14"),
        ],
    )
    def test_that_do_not_hold_are_left(self, text: str) -> None:
        assert black(text, PersonalKind.CARD) == text


class TestMachines:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("from 192.168.10.7, then http://10.0.0.1:80/x.", "from [IP], then http://[IP]:80/x."),
            ("at 2001:db8::8a2e:370:7334 or fe80::1", "at [IP] or [IP]"),
            ("2001:0db8:85a3:0000:0000:8a2e:0370:7334", "[IP]"),
        ],
    )
    def test_are_found(self, text: str, left: str) -> None:
        assert black(text, PersonalKind.IP) == left

    @pytest.mark.parametrize(
        "text",
        [
            *("v1.2.3.4", "version 10.0.0.1", "Release 2.4.6.8", "Chrome/120.0.0.0", "section 3.1.2.1", "§ 1.2.3.4"),
            *("10.0.19041.1234", "1.2.3", "1.2.3.4.5", "256.1.1.1", "127.0.0.1", "255.255.255.0"),
            *("std::vector", "add::bad", "12:30:45", "::", "::1", "a::b::c", "2024-01-15T10:00:00"),
        ],
    )
    def test_are_told_from_versions_sections_times_and_names_in_programs(self, text: str) -> None:
        assert black(text, PersonalKind.IP) == text


class TestPhones:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("call +49 30 901820 or +1 (202) 456-1111 ext. 12!", "call [PHONE] or [PHONE]!"),
            ("(202) 456-1111, 020 7946 0958, 030 901820", "[PHONE], [PHONE], [PHONE]"),
            ("tel 2024561111; 01 42 68 53 00", "tel [PHONE]; [PHONE]"),
            ("+44\u00a020\u00a07946\u00a00958", "[PHONE]"),
        ],
    )
    def test_are_found(self, text: str, left: str) -> None:
        assert black(text, PersonalKind.PHONE) == left

    def test_without_a_country_are_those_of_the_countries_that_are_named(self) -> None:
        text = "(202) 456-1111 or +44 20 7946 0958"
        assert black(text, PersonalKind.PHONE, countries=()) == "(202) 456-1111 or [PHONE]"
        assert black(text, PersonalKind.PHONE, countries=("US",)) == "[PHONE] or [PHONE]"

    def test_are_found_however_many_figures_come_before(self) -> None:
        text = "12 34 56 78 9, " * 8000 + "+49 30 901820"
        assert black(text, PersonalKind.PHONE, countries=()).endswith(", [PHONE]")


class TestNationalIds:
    @pytest.mark.parametrize(
        "number",
        [
            *("536-22-1234", "RSSMRA85T10A562S", "123.456.789-09", "131052-308T", "85.07.30-033.28"),
            *("756.9217.0769.85", "54362315K", "X-2482300W", "2 95 10 99 126 111 93", "11010519491231002X"),
        ],
    )
    def test_are_found_by_their_shape(self, number: str) -> None:
        assert Redactor(EVERYWHERE).text(f"It is {number}, she said.") == "It is [NATIONAL_ID], she said."

    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("NHS number: 943 476 5919", "NHS number: [NATIONAL_ID]"),
            ("BSN 111222333", "BSN [NATIONAL_ID]"),
            ("Steuer-ID: 36 574 261 809", "Steuer-ID: [NATIONAL_ID]"),
            ("SSN is 536221234", "SSN is [NATIONAL_ID]"),
        ],
    )
    def test_that_many_figures_could_be_are_found_beside_their_name(self, text: str, left: str) -> None:
        wanted = Redaction((PersonalKind.NATIONAL_ID,))
        assert Redactor(wanted).text(text) == left
        bare = text.split(maxsplit=1)[1] if text.startswith("BSN") else "order 111222333"
        assert Redactor(wanted).text(bare) == bare

    def test_are_those_of_the_countries_that_are_named(self) -> None:
        text = "536-22-1234 and RSSMRA85T10A562S"
        assert black(text, PersonalKind.NATIONAL_ID, countries=("IT",)) == "536-22-1234 and [NATIONAL_ID]"


@pytest.mark.parametrize(
    "text",
    [
        *("ISBN 978-3-16-148410-0", "ISBN 0-306-40615-2", "isbn: 0306406152", "978-3-16-148410-0", "ISSN 0317-8471"),
        *("2024-01-15", "15.01.2024", "12/31/2024", "01.02.2024", "2024-01-15T10:00:00Z", "14:30", "from 1999 to 2024"),
        *("v1.2.3", "version 10.15.7", "Python 3.11.4", "12.04.5 LTS", "release 2024.11.27", "1,234,567.89 EUR"),
        *("order 6502530000", "doi:10.1000/182", "§ 12 (3)", "pages 1024-1048", "E = 6.62607015e-34", "#3366ff"),
        *("3.1.2.1", "Table 12.3", "550e8400-e29b-41d4-a716-446655440000", "sha 9f86d081884c7d659a2feaa0c55ad015"),
    ],
)
def test_books_dates_versions_and_figures_are_left(text: str) -> None:
    wanted = Redaction(
        tuple(kind for kind in PersonalKind if kind is not PersonalKind.IP or text != "3.1.2.1"), ("US", "GB")
    )
    assert Redactor(wanted).text(f"See {text}, and so on.") == f"See {text}, and so on."


class TestRedacting:
    def test_does_nothing_unless_asked_to(self) -> None:
        text = "jane@example.org, 4111 1111 1111 1111"
        assert Redactor(NOTHING).text(text) == text
        assert blackout(NOTHING)(text) == text

    def test_looks_for_the_chosen_kinds_only(self) -> None:
        assert black("jane@example.org, 192.0.2.7", PersonalKind.EMAIL) == "[EMAIL], 192.0.2.7"

    def test_counts_by_kind(self) -> None:
        redactor = Redactor(EVERYTHING)
        redactor.text("a@example.org b@example.org 4111111111111111")
        redactor.text("a@example.org", counted=False)
        assert redactor.counts == {PersonalKind.EMAIL: 2, PersonalKind.CARD: 1}

    def test_reaches_every_part_of_a_document(self) -> None:
        cells = table_of(
            [["Name", "Social security"], ["Jane", "536221234"], ["Joe", "joe@example.org"]],
            caption="Of jane@example.org",
        )
        blocks = [
            Block(BlockKind.HEADING, "Mail jane@example.org", level=1),
            Block(BlockKind.TABLE, as_markdown(cells), table=cells, heading_path=("Mail jane@example.org",)),
        ]
        document = Document(
            "text/plain",
            ParserEngine.NODE_NATIVE,
            blocks,
            title="jane@example.org",
            metadata={"author": "j@example.org"},
        )
        redactor = Redactor(EVERYTHING)
        clean = redacted(document, redactor)
        assert "example.org" not in repr(clean)
        assert "536221234" not in repr(clean)
        assert clean.blocks[1].text == as_markdown(clean.blocks[1].table or cells)
        assert redactor.counts == {PersonalKind.EMAIL: 3, PersonalKind.NATIONAL_ID: 1}

    def test_refuses_countries_that_there_are_not(self) -> None:
        with pytest.raises(Invalid, match="'UK': no country has that ISO 3166 code"):
            check_redaction(Redaction((PersonalKind.PHONE,), ("GB", "UK")))

    @pytest.mark.parametrize(
        "text", ["a" * 100_000, "1" * 100_000, "1 " * 20_000, "a@" * 50_000, "DE89 " * 5_000, "1." * 20_000]
    )
    def test_takes_no_longer_for_what_was_written_to_make_it_slow(self, text: str) -> None:
        began = perf_counter()
        black(text, countries=())
        assert perf_counter() - began < 10
