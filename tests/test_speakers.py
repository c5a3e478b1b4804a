"""Who a source is: names, kinds, roles, pronouns and descriptions in small articles, with the real recogniser.

Sources stand in ⟨…⟩; the expectation lists, in text order, the names that the article holds for them.
"""

from __future__ import annotations

import cProfile

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.attribution import Reader, load_reader
from quotes.marks import find_marks
from quotes.nlp import split_sentences
from quotes.speakers import resolve
from quotes.speakers.article import Article
from quotes.speakers.entities import find_entities
from quotes.speakers.features import FEATURES, Query, candidates, rows
from quotes.speakers.phrases import read_phrase
from quotes.types import Attribution, Document, MarkedSpan, Mention, Resolved

SOURCE = regex.compile(r"[⟨⟩]")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def resolved(reader: Reader, document: Document, attributions: list[Attribution]) -> list[Resolved]:
    names = reader.read(document.text, find_marks(document.text)).names()
    return resolve(document, list(split_sentences(document.text)), names, attributions)


def read(marked: str) -> tuple[str, list[Attribution]]:
    """An article with its sources in ⟨…⟩ → its text and one attribution a source; “…” are its quoted words."""
    starts, text, done = [], "", 0
    for tag in SOURCE.finditer(marked):
        text += marked[done : tag.start()]
        starts.append(len(text))
        done = tag.end()
    text += marked[done:]
    marks = [MarkedSpan(*m.span(), m.start() + 1, m.end() - 1) for m in regex.finditer("“[^”]*”", text)]
    sources = list(zip(starts[::2], starts[1::2], strict=True))
    found = [Attribution(content=((b, b),), source=(a, b)) for a, b in sources]
    rest = [Attribution(content=((mark.start, mark.end),), quoted=(mark,)) for mark in marks]
    return text, found + rest


def speakers(reader, marked: str, **document) -> list[Mention]:
    text, attributions = read(marked)
    found = resolved(reader, Document("x", text, **document), attributions)
    return [r.speaker for r in found if r.speaker]


NAMES = [
    # a title and a given name that cannot be one person's
    ("⟨Owen Hask⟩, 19, sang. ⟨Mrs Hask⟩ wept. ⟨Mr Hask⟩ bowed.", ["Owen Hask", "Hask", "Owen Hask"]),
    ("⟨Jodie Hask⟩, 19, sang. ⟨Mr Hask⟩ wept. ⟨Ms Hask⟩ bowed.", ["Jodie Hask", "Hask", "Jodie Hask"]),
    # an age is a person's
    ("Hillmoor Rovers have sacked Barry Hask. ⟨The 58-year-old⟩ called it a bad night.", ["Barry Hask"]),
    # surnames, titles, initials
    ("⟨Dr. Maria Holm⟩ said no. ⟨Holm⟩ left. “It leaks,” ⟨Dr. Holm⟩ said.", ["Maria Holm"] * 3),
    ("Peter J. Lund spoke. “Fine,” ⟨Lund⟩ said. ⟨Mr. Lund's⟩ claim is old.", ["Peter J. Lund"] * 2),
    ("⟨William Carter⟩ said no. Later ⟨Bill Carter⟩ agreed.", ["William Carter"] * 2),
    ("PARIS: Sofia Brandt met the press.\n\n“No,” said ⟨Brandt⟩.", ["Sofia Brandt"]),
    ("⟨Leslie Wimmer⟩ runs it. ⟨Wimer⟩ said no.", ["Leslie Wimmer"] * 2),
    # two people of one surname
    ("Ann Roy and Bob Roy came. ⟨Ms. Roy⟩ said no. ⟨Mr. Roy⟩ said yes.", ["Ann Roy", "Bob Roy"]),
    (
        "Senator Carla Stone spoke for an hour. Carla Stone had help: her brother Dan Stone wrote it."
        " ⟨Stone⟩ said it was hers.",
        ["Carla Stone"],
    ),
    (
        "The mill belongs to Ann Roy and the debts to her husband, Bob Roy. ⟨Mr. Roy⟩ said no. ⟨Mrs. Roy⟩ said yes.",
        ["Bob Roy", "Ann Roy"],
    ),
    (
        "Ann Roy and Bob Roy have danced here for years. ⟨Ms. Roy⟩ said no. Ann Roy left. ⟨Mr. Roy⟩ said yes.",
        ["Ann Roy", "Bob Roy"],
    ),
    # what a sentence's first word is not, and names behind a role
    ("Paul Lund came. Did ⟨Lund⟩ say so? Would ⟨Paul Lund⟩?", ["Paul Lund"] * 2),
    ("Asked Paul Lund: why? Says ⟨Lund⟩: it failed.", ["Paul Lund"]),
    ("Goalkeeper Sunniva Dahl walked out of the camp. “No,” ⟨Dahl⟩ said.", ["Sunniva Dahl"]),
    ("She met her colleague, Idriss Mahamat, twice. ⟨Mahamat⟩ said no.", ["Idriss Mahamat"]),
    # pronouns
    ("⟨Maria Holm⟩ said it leaked. “Nobody asked,” ⟨she⟩ said.", ["Maria Holm"] * 2),
    ("Mr. Paul Lund met Ms. Eva Berg. “No,” ⟨she⟩ said. “Yes,” ⟨he⟩ said.", ["Eva Berg", "Paul Lund"]),
    ("⟨Ana Ruiz, who runs the plant⟩, said no. The plan, ⟨she⟩ said, was old.", ["Ana Ruiz"] * 2),
    ("The Arms Control Association wrote. “Stop,” ⟨it⟩ said.", ["Arms Control Association"]),
    # descriptions
    ("Sen. Tom Hale left early. “Enough,” ⟨the senator⟩ said.", ["Tom Hale"]),
    ("Mayor Ines Calvo cut the ribbon. Paul Lund clapped. “At last,” ⟨the mayor⟩ said.", ["Ines Calvo"]),
    ("“It leaks,” said ⟨a neighbor⟩. ⟨Some⟩ agreed.", [None, None]),
    ("⟨A person familiar with the talks⟩ said no, Maria Holm heard.", [None]),
    (
        "President Eva Berg met Paul Lund, the Danish finance minister. Berg smiled. ⟨The Norwegian leader⟩ said no.",
        ["Eva Berg"],
    ),
    # bodies and papers
    ("⟨The French defense ministry⟩ said no. ⟨The ministry⟩ said yes.", ["French defense ministry"] * 2),
    (
        "⟨The International Monetary Fund (IMF)⟩ said no. ⟨The IMF⟩ said yes.",
        ["International Monetary Fund"] * 2,
    ),
    ("Paul Lund is running. ⟨Lund's campaign⟩ denied it.", ["Paul Lund's campaign"]),
    # several speakers in one source
    ("⟨Maria Holm and Peter Lund⟩ said in a statement it failed.", ["Maria Holm and Peter Lund"]),
    ("⟨Conductors Ana Prieto and Lukas Zeller⟩ said that nobody had asked them.", ["Ana Prieto and Lukas Zeller"]),
    ("⟨Maria Holm, Peter Lund and Eva Berg⟩ said no.", ["Maria Holm, Peter Lund and Eva Berg"]),
    # "they", "both", "the two" are people whom "and" joins; people without a name are nobody else
    ("Maria Holm and Dr. Peter Lund ran the mill. “It burned,” ⟨they⟩ said.", ["Maria Holm and Peter Lund"]),
    ("Eva Berg, a judge, and Jo Lee met. ⟨Both⟩ said no.", ["Eva Berg and Jo Lee"]),
    ("The Siemens board met. ⟨Analysts⟩ said no. “Sell,” ⟨they⟩ said.", [None, None]),
    ("⟨Maria Holm and her lawyer⟩ said no.", ["Maria Holm"]),
    # what tells the sex, and what belongs to no name
    (
        "Wilhelmina Voss was heard; her niece Abigail Voss was not. Wilhelmina Voss sat. ⟨Miss Voss⟩ said no.",
        ["Wilhelmina Voss"],
    ),
    ("Principal Denise Okoro handed him a bell. “Ring it,” ⟨she⟩ said.", ["Denise Okoro"]),
    ("⟨Helen Marsh QC⟩ said no. ⟨Miss Marsh⟩ said yes.", ["Helen Marsh"] * 2),
    ("⟨FranÃ§ois Petit⟩ said no.", ["FranÃ§ois Petit"]),
    ("The goat belongs to farmer Les Tranter. ⟨Mr Tranter, 71,⟩ said no.", ["Les Tranter"]),
    # peoples, ages, titles, parties
    ("Count Ottavio Belli wept. “Yes,” ⟨the count⟩ said.", ["Ottavio Belli"]),
    (
        "Republican nominee Carl Sand spoke after Democratic nominee Ruth Vale. ⟨The GOP nominee⟩ said no.",
        ["Carl Sand"],
    ),
    ("⟨A report seen by the Associated Press⟩ found mold.", [None]),
    # a description with the name behind it
    ("⟨His partner at the shop, Lawrence Kim,⟩ said no.", ["Lawrence Kim"]),
    ("⟨Holm's niece, state Sen. Eva Berg,⟩ said no.", ["Eva Berg"]),
]


def test_names(reader):
    """The ranker is judged by its share: one that is better on the whole may lose a text."""
    found = [[mention.name for mention in speakers(reader, marked)] for marked, _ in NAMES]
    wrong = [(marked, names, got) for (marked, names), got in zip(NAMES, found, strict=True) if names != got]
    assert len(wrong) <= 0.12 * len(NAMES), wrong


KINDS = [
    ("⟨Maria Holm⟩ said no.", "person", "name"),
    ("⟨she⟩ said no.", "person", "pronoun"),
    ("⟨Three officials⟩ said no.", "group", "nominal"),
    ("⟨A spokeswoman for the company⟩ said no.", "person", "nominal"),
    ("⟨A person familiar with the talks⟩ said no.", "person", "nominal"),
    ("⟨The committee⟩ said no.", "organization", "nominal"),
    ("⟨The committee's report⟩ said no.", "document", "nominal"),
    ("⟨Japan⟩ said no.", "place", "name"),
    ("⟨the 54-year-old⟩ said no.", "person", "nominal"),
    ("⟨protesters⟩ said no.", "group", "nominal"),
    ("⟨Maria Holm and Peter Lund⟩ said no.", "group", "name"),
    ("⟨The RSPCA⟩ said no.", "organization", "name"),
    ("⟨The French⟩ said no.", "group", "nominal"),
    ("⟨Maria Holm and her lawyer⟩ said no.", "group", "name"),
    ("⟨!⟩ said no.", "unknown", "nominal"),
]


@pytest.mark.parametrize(("marked", "kind", "form"), KINDS)
def test_kinds_and_forms(reader, marked, kind, form):
    (mention,) = speakers(reader, marked)
    assert (mention.kind, mention.form) == (kind, form)


ROLES = [
    ("⟨French Defense Minister Maria Holm⟩ said no.", "French Defense Minister", None),
    ("⟨France's Sports Minister Maria Holm⟩ said no.", "France's Sports Minister", "France"),
    ("⟨Maria Holm, chief engineer at Siemens,⟩ said no.", "chief engineer at Siemens", "Siemens"),
    ("⟨Maria Holm, a spokeswoman for Siemens,⟩ said no.", "spokeswoman for Siemens", "Siemens"),
    ("⟨Maria Holm⟩, who runs the plant, said no.", "who runs the plant", None),
    ("⟨Sen. Maria Holm (D-Mass.)⟩ said no.", "Sen.", "D-Mass."),
    ("President Maria Holm came. ⟨Holm⟩ said no.", "President", None),
    ("⟨the mayor, Maria Holm,⟩ said no.", "mayor", None),
    ("⟨The engineer Inés Roybal⟩ said no.", "engineer", None),
    ("They met the mayor, and ⟨Maria Holm⟩ said no.", None, None),
    ("“No,” ⟨Maria Holm⟩, told the mayor.", None, None),
    ("⟨retired Air Force general Peter Lund⟩ said no.", "retired Air Force general", "Air Force"),
    ("But ⟨Maria Holm⟩ said no.", None, None),
    ("⟨Dr Maria Holm, chief engineer at Siemens,⟩ said no.", "chief engineer at Siemens", "Siemens"),
    ("⟨Labour MP Maria Holm⟩ said no.", "Labour MP", "Labour"),
    ("⟨Maria Holm MP, the chief whip of Siemens,⟩ said no.", "chief whip of Siemens", "Siemens"),
    ("⟨Maria Holm KC, a barrister for Siemens,⟩ said no.", "barrister for Siemens", "Siemens"),
    ("They praised Maria Holm, with chief executive Peter Lund cheering. ⟨Holm⟩ said no.", None, None),
    # titles are no roles, and roles stand before them
    ("⟨Dr Maria Holm⟩ said no.", None, None),
    ("The Labour leader Sir Peter Lund came. ⟨Lund⟩ said no.", "Labour leader", "Labour"),
    ("⟨Chief Medical Adviser Professor Maria Holm⟩ said no.", "Chief Medical Adviser", None),
    # whose role it is stands behind a comma
    ("⟨The director of the museum, Maria Holm,⟩ said no.", "director of the museum", None),
    # what tells more of a role, behind which words it stands, and whose it is
    ("⟨Hobart-based marine ecologist Tessa Quill⟩ said the kelp was dying.", "Hobart-based marine ecologist", None),
    ("“It rained,” said ⟨former state water engineer Carl Dunmore⟩.", "former state water engineer", None),
    ("⟨Ex-Rovers striker Danny Mulhearn⟩ said the pitch was heavy.", "Ex-Rovers striker", None),
    (
        "⟨Director of nursing and patient safety Colm Brady⟩ said beds were short.",
        "Director of nursing and patient safety",
        None,
    ),
    (
        "“It is rare,” says ⟨Kenyan plant geneticist Dr Wanjiru Kamau⟩ from the University of Nairobi.",
        "Kenyan plant geneticist",
        "University of Nairobi",
    ),
    ("⟨Council leader Cllr Brian Hodge⟩ said bins would be emptied.", "Council leader", None),
    ("⟨Netflix's chief lawyer Helen Strand⟩ said the suit would fail.", "Netflix's chief lawyer", "Netflix"),
    ("⟨Labour MP Joan Hargreave (Leeds East)⟩ said it was a scandal.", "Labour MP", "Labour"),
    ("⟨BJP spokesman Anil Deshpande⟩ said the march was peaceful.", "BJP spokesman", "BJP"),
    (
        "⟨Nomsa Dube, secretary general of the teachers' union⟩, said pay was late.",
        "secretary general of the teachers' union",
        None,
    ),
    (
        "“We wait,” said ⟨Gail Orton, who has run the shelter in Perth since 2001⟩.",
        "who has run the shelter in Perth since 2001",
        None,
    ),
    ("⟨Lena Fisk, 44, a dairy farmer from Ohio⟩, said milk was cheap.", "dairy farmer from Ohio", None),
    ("⟨A senior backbencher⟩ said the vote was lost.", "senior backbencher", None),
    ("⟨A spokeswoman for Tesco⟩ said the shop would close.", "spokeswoman for Tesco", "Tesco"),
    ("Peter Obando came late. ⟨The striker⟩ said his knee hurt. Obando is 31.", "striker", None),
    (
        "Ifeoma Nnadi is a midwife at Garki Hospital. ⟨Nnadi⟩ said the wards were full.",
        "midwife at Garki Hospital",
        "Garki Hospital",
    ),
    (
        "Keeper signs on\n\nEssex fast bowler Will Tarrant has signed for two years.\n\n⟨Tarrant⟩ said he was glad.",
        "Essex fast bowler",
        "Essex",
    ),
    ("Campaigners accused Walmart of spying. ⟨Walmart⟩ said it did not.", None, None),
    ("⟨Mr Iain Cobb, who was appointed by the board last May⟩, said he would stay.", None, None),
    # what stands before a role and is none of it
    ("In a statement lawyer Maria Holm spoke. ⟨Holm⟩ said no.", "lawyer", None),
    ("They declared a state of emergency and Mayor Maria Holm came. ⟨Holm⟩ said no.", "Mayor", None),
    ("He wants to interview painter Maria Holm. ⟨Holm⟩ said no.", "painter", None),
    (
        "They spoke of what is known as a bill - Deputy Speaker Maria Holm joked. ⟨Holm⟩ said no.",
        "Deputy Speaker",
        None,
    ),
    ("The administration of President Peter Lund fell. ⟨Lund⟩ said no.", "President", None),
    ("They asked the prime minister to look into claims against Maria Holm. ⟨Holm⟩ said no.", None, None),
    # who is only described, and what tells no office
    ("⟨A woman who lives nearby⟩ said no.", None, None),
    ("⟨her mother⟩ said no.", None, None),
    ("⟨An insider⟩ said no.", None, None),
    ("⟨A doctor in Kent who treats the old⟩ said no.", "doctor in Kent", None),
    ("⟨Maria Holm, who is studying to be a teacher,⟩ said no.", None, None),
    ("Maria Holm, 40, and her four-year-old son Peter have a cold. ⟨Holm⟩ said no.", None, None),
    ("⟨A solicitor speaking for Siemens⟩ said no.", "solicitor", None),
    ("⟨Professor Maria Holm⟩ said no.", "Professor", None),
    (
        "Professor Maria Holm came. ⟨Maria Holm, head of research at Siemens,⟩ said no.",
        "head of research at Siemens",
        "Siemens",
    ),
]


@pytest.mark.parametrize(("marked", "role", "affiliation"), ROLES)
def test_roles_stand_in_the_text(reader, marked, role, affiliation):
    (mention,) = speakers(reader, marked)
    assert mention.role is None or read(marked)[0][mention.role.start : mention.role.end] == mention.role.text
    assert (mention.role and mention.role.text, mention.affiliation and mention.affiliation.text) == (role, affiliation)


def test_who_has_no_namesake_is_meant_whatever_stands_beside_the_name(reader):
    text = "Questioned by the family's solicitor, Priya Raman, he said no. “Was one put up?” ⟨Ms Raman⟩ asked."
    assert speakers(reader, text)[0].name == "Priya Raman"


INTERVIEW = """Five minutes with Lena Kahan

Lena Kahan runs the Pelagos Institute. She spoke to Rosie Tan.

⟨The Beacon⟩: You have dived here for years. What did you see?

⟨Lena Kahan⟩: Nobody is in charge down there. The reef has no chief.

⟨The Beacon⟩: Was she a scientist?

⟨LK⟩: She was a fishwife.

⟨The Beacon⟩: Has the minister, Doug Farrelly, rung you since?

⟨LK⟩: He sent a note. I framed it.
"""


def test_the_labels_of_an_interview_are_who_they_say(reader):
    """A label that is a name and no more is nobody whose name has none of its words; initials are one person's."""
    assert [one.name for one in speakers(reader, INTERVIEW)] == ["Beacon", "Lena Kahan"] * 3


def test_a_paper_that_asks_by_its_initials_is_told_from_who_answers(reader):
    text = """
⟨Salt Weekly⟩: Nine days. Why so fast?

⟨Tess Moloi⟩: Money. I do not believe in polishing.

⟨SW⟩: Is your teacher on it?

⟨TM⟩: He played it once, and he went home.
"""
    assert [one.name for one in speakers(reader, text)] == ["Salt Weekly", "Tess Moloi"] * 2


@pytest.mark.parametrize(
    "phrase",
    ["The Leeds-born singer", "The Leeds‑born singer", "The Denver-based toolmaker", "The Dayton, Ohio-based chain"],
)
def test_a_place_that_is_a_part_of_a_word_is_nobodys_name(reader, phrase):
    (one,) = speakers(reader, f"{phrase.split('-')[0][4:]} was wet. ⟨{phrase}⟩ said no.")
    assert one.name is None


STRANGERS = [
    ("Then a passing nurse told police.", [("a passing nurse", "", True)]),
    ("Her mother wept.", [("Her mother", "f", True)]),
    ("The security guard waved.", [("The security guard", "", False)]),
    ("Roy’s wife left.", [("’s wife", "f", True)]),
    ("“A neighbour ran,” said Roy.", []),  # her words, not the text's
    ("Her mother, Ana Roy, wept.", []),  # who has a name
    ("His brother Bo Lee wept.", []),
    ("Her mother's car was gone.", []),
    ("The death of her cat was sad.", []),
]


@pytest.mark.parametrize(("text", "expected"), STRANGERS)
def test_people_whom_the_text_only_describes(reader, text, expected):
    marks = find_marks(text)
    said = [Attribution(((mark.start, mark.end),), (mark,)) for mark in marks]
    article = Article(Document("x", text), list(split_sentences(text)), reader.read(text, marks).names(), said)
    assert [(one.sex, one.fresh) for one in article.strangers] == [(sex, fresh) for _, sex, fresh in expected]
    assert all(text.startswith(words, one.start) for one, (words, *_) in zip(article.strangers, expected, strict=True))


SINCE = [
    # whether Ana Roy was named since somebody new whom "she" may mean
    ("Ana Roy spoke. A neighbour came. “No,” she said.", 0),
    ("A neighbour came. Ana Roy spoke. “No,” she said.", 1),
    ("Ana Roy spoke. Her brother came. “No,” she said.", -1),
]


@pytest.mark.parametrize(("text", "expected"), SINCE)
def test_somebody_new_counts_who_may_be_meant_by_the_pronoun(reader, text, expected):
    marks = find_marks(text)
    names = reader.read(text, marks).names()
    article = Article(Document("x", text), list(split_sentences(text)), names, [])
    start = text.index("she said")
    query = Query(read_phrase(text, start, start + 3, article.entities))
    ana = [entity for entity in candidates(article, query, []) if entity.name == "Ana Roy"]
    assert rows(article, query, ana, [])[0, FEATURES.index("since_stranger")] == expected


@pytest.mark.parametrize("dash", [" - ", " – ", " — ", ", "])
def test_what_a_dash_puts_behind_a_name_does_not_belong_to_it(reader, dash):
    text = f"Mr Lee{dash}who quit as chief in May and left the board said no."
    names = reader.read(text, []).names()
    phrase = read_phrase(text, 0, text.index(" said"), find_entities(text, [(0, len(text))], names))
    assert phrase.named is not None
    assert phrase.named.name == "Lee"


def test_joint_speakers_are_listed_one_by_one(reader):
    (both,) = speakers(reader, "⟨Mayor Maria Holm and the architect Peter Lund⟩ said that nobody had asked them.")
    shown = [(one.name, one.mention.text, one.kind, one.role and one.role.text) for one in both.members]
    assert shown == [
        ("Maria Holm", "Maria Holm", "person", "Mayor"),
        ("Peter Lund", "Peter Lund", "person", "architect"),
    ]
    assert (both.kind, both.candidates, speakers(reader, "⟨Maria Holm⟩ said no.")[0].members) == ("group", (), ())


def test_who_speaks_beside_a_named_person_is_a_member_without_a_name(reader):
    (both,) = speakers(reader, "⟨Maria Holm and her lawyer⟩ said no.")
    assert [(one.name, one.mention.text, one.kind) for one in both.members] == [
        ("Maria Holm", "Maria Holm", "person"),
        (None, "her lawyer", "person"),
    ]


def test_the_narrator_is_told(reader):
    text = "Paul Lund told me no."
    attribution = Attribution(content=((18, 20),), source=(0, 9), cue=(10, 14), addressee=(15, 17))
    (found,) = resolved(reader, Document("x", text, author="Eva Berg"), [attribution])
    assert found.addressee and found.addressee.name == "Eva Berg"


def test_the_narrator_is_the_author(reader):
    mentions = speakers(reader, "Paul Lund came. ⟨I⟩ said no.", author="Eva Berg")
    assert [mention.name for mention in mentions] == ["Eva Berg"]
    assert speakers(reader, "⟨I⟩ said no.")[0].name is None


def test_i_in_a_quotation_is_its_speaker(reader):
    text = "“I said no,” Maria Holm said."
    outer = Attribution(content=((0, 12),), source=(13, 23), cue=(24, 28))
    inner = Attribution(content=((8, 10),), source=(1, 2), cue=(3, 7), within=0)
    found = resolved(reader, Document("x", text, author="Eva Berg"), [outer, inner])
    assert found[1].speaker and found[1].speaker.name == "Maria Holm"


def test_a_surname_that_nothing_decides_is_flagged(reader):
    text, attributions = read("Ann Roy and Bob Roy came. ⟨Roy⟩ said no.")
    (found,) = resolved(reader, Document("x", text), attributions)
    assert found.flags == ("uncertain_speaker",)
    assert found.speaker and set(found.speaker.candidates) == {"Ann Roy", "Bob Roy"}


def test_addressee_and_relaying_source_are_resolved(reader):
    text = "Maria Holm met Sergei Orlov. Holm told Orlov it held, the Siemens board said."
    attribution = Attribution(content=((45, 52),), source=(29, 33), cue=(34, 38), addressee=(39, 44), via=(54, 71))
    (found,) = resolved(reader, Document("x", text), [attribution])
    assert found.speaker and found.speaker.name == "Maria Holm"
    assert found.addressee and found.addressee.name == "Sergei Orlov"
    assert found.via and found.via.kind == "organization"


def test_furniture_names_nobody(reader):
    text = "By Maria Holm\n\nIt rained. “No,” she said."
    attribution = Attribution(content=((26, 31),), source=(32, 35))
    (found,) = resolved(reader, Document("x", text, furniture=((0, 13),)), [attribution])
    assert found.speaker and found.speaker.name is None


PIECES = [
    *"RLensai.,\n“”'’()-é\u200b\U0001f600",
    "Mr. ",
    "Roy ",
    "Ann Roy ",
    "who ",
    "he ",
    ", a judge, ",
    "the ",
    "its ",
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=100, deadline=None)
@given(TEXT, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_no_text_raises(reader, text, places):
    ranges = [(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in places]
    attributions = [Attribution(content=(r,), source=r, addressee=r, via=r) for r in ranges]
    found = resolved(reader, Document("x", text), attributions)
    assert len(found) == len(attributions)
    assert all(
        r.speaker and text[r.speaker.mention.start : r.speaker.mention.end] == r.speaker.mention.text for r in found
    )


@pytest.mark.parametrize(
    "unit",
    [
        "Mr. Roy said. ",
        "he ",
        "Ana Roy, who ran, ",
        "President ",
        "A1 Roy B2 Roy ",
        "ROY: ",
        "Roy & Lee ",
        "Ã©",
        "A and B ",
    ],
)
def test_work_is_linear(unit):
    assert _calls(unit, 8_000) < 3 * _calls(unit, 4_000)


def _calls(unit, size):
    """How many functions are called for a text of so many characters, each of its units a source."""
    text = unit * (size // len(unit))
    sources = [Attribution(content=((i, i + 2),), source=(i, i + 2)) for i in range(0, len(text) - 2, len(unit))]
    profile = cProfile.Profile()
    profile.runcall(resolve, Document("x", text), [], [], sources)
    return sum(entry.callcount for entry in profile.getstats())
