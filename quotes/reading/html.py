"""Web pages: the article's own text and data, found by trafilatura.

Browsers draw quotation marks around `<q>`; so does this reader. A `<blockquote>`, set apart on the page, gets marks as
newspapers set them (an opening one on each paragraph, one closing), unless it has marks of its own or is long. Whom its
`<footer>`, `<cite>` or the `<figcaption>` around it credits stands behind it, after a dash.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import regex

from quotes.errors import DocumentError
from quotes.extras import to_read
from quotes.reading.apart import apart
from quotes.reading.encoding import BROKEN, decode, well_formed
from quotes.reading.front_matter import find_front_matter
from quotes.reading.limits import read_up_to
from quotes.reading.quiet import quiet
from quotes.reading.rows import RECORDS
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read", "read_page", "to_article"]

OWN = '<body data-key="'  # the page of this program's own on which quotations are reviewed
LONGEST_QUOTATION = 3000
FEWEST_WORDS = 8
MARKS = tuple("“\"«„‘'")
DASHES = ("—", "–", "-", "―")
BLOCKS = frozenset(["p", "head", "quote", "list", "item", "table", "row", "cell", "div", "ab"])
CHARSET = regex.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.:-]{1,40})", regex.I
)
# On the web these names mean the Windows code page.
WEB_NAMES = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
SPACE = regex.compile(r"[ \t\r\n\f]+")
# What a page can hold and lxml does not take back.
NO_XML = regex.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The one article in `stream`."""
    data = read_up_to(stream, options.max_page_bytes, "max_page_bytes")
    article, warning = read_page(data, options)
    if warning:
        yield Problem(warning, warning=True)
    yield article


def read_page(data: bytes, options: ReadOptions, charset: str | None = None) -> tuple[Article, str | None]:
    """As `to_article`, within the time and the memory that one page may take."""
    return apart(options.max_seconds, to_article, data, options, charset)


def to_article(data: bytes, options: ReadOptions, charset: str | None = None) -> tuple[Article, str | None]:
    """The article in a page, and a warning about its encoding. Raises DocumentError where it holds none."""
    text, warning = _decode(data, charset)
    if not text.strip():
        raise DocumentError("is an empty page")
    if OWN in text:
        raise DocumentError(f"holds {RECORDS}")
    page = _extract(_parse(text, options))
    content = _content(page) if page is not None else ""
    if len(content.split()) < FEWEST_WORDS:
        raise DocumentError("is a page without an article")
    front = find_front_matter(content)
    author = page.author.replace("; ", ", ") if page.author else None
    title, url = page.title or front.title, page.url or front.url
    return Article(content, title, author or front.author, page.date or front.published, url, front.furniture), warning


def _decode(data: bytes, charset: str | None) -> tuple[str, str | None]:
    """By the byte order mark or as UTF-8; else as the server or the page says; else guessed."""
    text, warning = decode(data)
    declared = charset or _declared(data)
    if warning and declared:
        try:
            return well_formed(data.decode(WEB_NAMES.get(declared.lower(), declared))), None
        except (LookupError, ValueError):
            pass
    return text, warning


def _declared(data: bytes) -> str | None:
    found = CHARSET.search(data, 0, 4096)
    return (found[1] or found[2]).decode() if found else None


def _parse(text: str, options: ReadOptions) -> Any:
    html = to_read("html").require("lxml.html")
    etree = to_read("html").require("lxml.etree")
    try:
        tree = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.LxmlError as error:
        raise DocumentError(f"is no web page: {error}") from error
    if sum(1 for _ in tree.iter()) > options.max_page_elements:
        raise DocumentError(f"has over {options.max_page_elements:,} elements (raise `max_page_elements`)")
    for figure in tree.xpath("//figure[.//blockquote and not(.//img)]"):
        _unwrap(figure)
    for block in tree.xpath("//blockquote[not(ancestor::blockquote)]"):
        _mark_block(block)
    for inline in tree.iter("q"):
        _mark_inline(inline)
    etree.strip_tags(tree, "q")
    return tree


def _extract(tree: Any) -> Any:
    trafilatura = to_read("html").require("trafilatura")
    with quiet("trafilatura", "htmldate", "courlan", "justext"):
        try:
            return trafilatura.bare_extraction(
                tree,
                include_comments=False,
                with_metadata=True,
                date_extraction_params={"extensive_search": False, "original_date": True},
            )
        except Exception as error:  # whatever the library makes of a strange page
            raise DocumentError(f"cannot be read as a page: {type(error).__name__}: {error}") from error


def _content(page: Any) -> str:
    """The paragraphs of the article, a blank line between them."""
    paragraphs: list[str] = []
    pieces: list[str] = []
    for event, element in to_read("html").require("lxml.etree").iterwalk(page.body, events=("start", "end")):
        if element.tag in BLOCKS:
            paragraphs.append("".join(pieces))
            pieces.clear()
        if event == "start":
            pieces += ["\n"] if element.tag == "lb" else []
            pieces.append(SPACE.sub(" ", element.text or ""))
        elif element is not page.body:
            pieces.append(SPACE.sub(" ", element.tail or ""))
    stripped = (regex.sub(r" *\n *", "\n", paragraph).strip() for paragraph in [*paragraphs, "".join(pieces)])
    return "\n\n".join(paragraph for paragraph in stripped if paragraph)


def _mark_inline(element: Any) -> None:
    """Double marks, single ones in a quotation that has double ones, and so on; `class` remembers which."""
    outer = next(element.iterancestors("q"), None)
    kind = "single" if outer is not None and outer.get("class") == "double" else "double"
    element.set("class", kind)
    if not next(filter(str.strip, element.itertext()), "").lstrip().startswith(MARKS):
        _enclose(element, *("‘’" if kind == "single" else "“”"))


def _mark_block(block: Any) -> None:
    _move_credits(block)
    text = _text(block)
    if not text or text.startswith(MARKS) or len(text) > LONGEST_QUOTATION:
        return
    paragraphs = [element for element in block.iter("p") if _text(element)] or [block]
    for paragraph in paragraphs:
        _enclose(paragraph, "“", "”" if paragraph is paragraphs[-1] else "")


def _unwrap(figure: Any) -> None:
    """A quotation set as a figure: its caption is a footer of the blockquote. What is a figure is no part of a text."""
    block = next(figure.iter("blockquote"))
    for caption in list(figure.iter("figcaption")):
        footer = block.makeelement("footer")
        footer.text = NO_XML.sub(BROKEN, _text(caption))
        caption.drop_tree()
        block.append(footer)
    figure.drop_tag()


def _move_credits(block: Any) -> None:
    """Who is quoted, named at a blockquote's end, is no part of what is quoted: a paragraph of its own after it."""
    for credit in reversed([element for element in block.iter("footer", "cite") if _is_credit(element)]):
        paragraph = credit.makeelement("p")
        words = NO_XML.sub(BROKEN, _text(credit))
        paragraph.text = words if words.startswith(DASHES) else f"— {words}"
        credit.drop_tree()
        block.addnext(paragraph)


def _is_credit(element: Any) -> bool:
    if element.tag == "footer":
        return True
    within = any(True for _ in element.iterancestors("footer"))
    return not within and element.getnext() is None and not (element.tail or "").strip()


def _enclose(element: Any, opening: str, closing: str) -> None:
    element.text = opening + NO_XML.sub(BROKEN, element.text or "").lstrip()
    if len(element):
        element[-1].tail = NO_XML.sub(BROKEN, element[-1].tail or "").rstrip() + closing
    else:
        element.text = element.text.rstrip() + closing


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()
