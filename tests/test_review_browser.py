"""The page for reviewing in a real browser, by its keys and buttons, with articles that would like to run there."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from test_review import EVIL, WEIR, hostile, lines, page_of, quotes, records, spoken, weir

from quotes.reading import to_document
from quotes.texts import save_text

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records, the texts behind them, and the page."""
    folder = tmp_path_factory.mktemp("review")
    for document, _ in (weir(), hostile()):
        save_text(folder / "texts", document)
    (folder / "quotes.jsonl").write_text(lines(*weir()[1], *hostile()[1]), encoding="utf-8")
    made = quotes("review", folder / "quotes.jsonl", "--against", folder / "texts", "-o", folder / "page.html")
    assert made.exit_code == 0
    return folder


@pytest.fixture(scope="module")
def browser(folder: Path) -> Iterator[Chrome]:
    options = Options()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(folder / "downloads")})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Chrome, folder: Path) -> Iterator[Chrome]:
    """The page, nothing decided; in the end nothing of an article ran, and nothing went wrong."""
    browser.get((folder / "page.html").as_uri())
    reload(browser, ["und"] * 5, first="localStorage.clear()")
    yield browser
    assert browser.execute_script("return window.ran") is None
    assert browser.get_log("browser") == []


def states(page: Chrome) -> list[str]:
    cards = "document.querySelectorAll('.card')"
    return list(page.execute_script(f"return [...{cards}].map((card) => card.dataset.state.slice(0, 3))"))


def reload(page: Chrome, kept: list[str], first: str = "") -> None:
    """Load the page anew until it shows what was kept; each time `first` is run before.

    A Chromium starved of processors stores late, and may find nothing stored at first.
    """

    def loaded(page: Chrome) -> bool:
        page.execute_script(first)
        page.refresh()
        return states(page) == kept

    WebDriverWait(page, 60, poll_frequency=1).until(loaded)


def shown(page: Chrome) -> list[str]:
    cards = page.find_elements(By.CLASS_NAME, "card")
    return [str(card.get_attribute("id")) for card in cards if card.is_displayed()]


def press(page: Chrome, keys: str) -> None:
    ActionChains(page).send_keys(keys).perform()


def text(page: Chrome, id: str) -> str:
    return page.find_element(By.ID, id).text


def click(page: Chrome, css: str) -> None:
    page.find_element(By.CSS_SELECTOR, css).click()


def test_keys_decide_and_go_on(page: Chrome) -> None:
    press(page, "jajr")
    assert states(page) == ["acc", "und", "rej", "und", "und"]
    assert page.switch_to.active_element.get_attribute("id") == "r4"
    assert text(page, "progress") == "2 of 5 decided: 1 accepted, 0 corrected, 1 rejected"


def test_undo_takes_back_one_after_another(page: Chrome) -> None:
    press(page, "jar")
    press(page, "k")
    press(page, "u")
    assert states(page)[:2] == ["acc", "und"]
    reload(page, ["acc", "und", "und", "und", "und"])
    click(page, "#undo")
    assert states(page)[:2] == ["und", "und"]
    assert not page.find_element(By.ID, "undo").is_enabled()


def test_a_speaker_is_corrected_by_name_or_to_nobody(page: Chrome) -> None:
    press(page, "js")
    names = page.find_elements(By.CSS_SELECTOR, "#names option")
    assert [name.get_attribute("value") for name in names][:2] == ["Ana Roy", "Jo Lee"]
    press(page, f"Kim a<b>{Keys.ENTER}")
    assert page.find_element(By.CSS_SELECTOR, "#r1 .name").text == "Kim a<b>"
    press(page, f"js{Keys.ESCAPE}")
    click(page, "#r3 [data-do=corrected]")
    click(page, "dialog [value=nobody]")
    assert states(page) == ["cor", "und", "cor", "und", "und"]
    assert page.find_element(By.CSS_SELECTOR, "#r3 .name").text == "Nobody"
    press(page, f"ksJo Lee{Keys.ENTER}")
    press(page, f"kksJo Lee{Keys.ENTER}")
    click(page, "[data-who='Jo Lee']")
    assert shown(page) == ["r1", "r2"]


def test_filters(page: Chrome) -> None:
    click(page, "[data-who='Jo Lee']")
    assert shown(page) == ["r2"]
    assert text(page, "shown") == "1 of 5 shown"
    click(page, "[data-who='Jo Lee']")
    click(page, "#doubtful")
    assert "r4" in shown(page)
    click(page, "#doubtful")
    click(page, "#r1 [data-do=accepted]")
    click(page, "#state option[value=undecided]")
    assert shown(page) == ["r2", "r3", "r4", "r5"]
    click(page, "h1")
    press(page, "jaa")
    assert shown(page) == ["r4", "r5"]


def test_keys_can_be_turned_off(page: Chrome) -> None:
    click(page, "#keys")
    click(page, "h1")
    press(page, "ja")
    assert set(states(page)) == {"und"}


def test_marks_show_where_the_words_stand(page: Chrome) -> None:
    click(page, "#t3")
    assert page.switch_to.active_element.get_attribute("id") == "r3"
    current = page.find_elements(By.CSS_SELECTOR, ".text .current")
    assert [one.text for one in current] == ["We need it,", "Jo Lee"]


def test_decisions_are_kept_downloaded_and_applied(page: Chrome, folder: Path) -> None:
    press(page, "jar")
    press(page, f"s{Keys.ESCAPE}")
    press(page, f"sKim{Keys.ENTER}")
    press(page, "jja")
    reload(page, ["acc", "rej", "cor", "und", "acc"])
    click(page, "#download")
    file = folder / "downloads" / "decisions.jsonl"
    until = time.monotonic() + 30
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.02)
    decisions = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [one["decision"] for one in decisions] == ["accepted", "rejected", "corrected", "accepted"]
    result = quotes("review", folder / "quotes.jsonl", "--apply", file, "-o", folder / "reviewed.jsonl")
    assert (result.exit_code, result.stderr) == (
        0,
        "quotes: 2 accepted, 1 corrected, 1 rejected, 0 added, 1 undecided\n",
    )
    assert quotes("validate", folder / "reviewed.jsonl", "--against", folder / "texts").exit_code == 0
    reviewed = [json.loads(line) for line in (folder / "reviewed.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["speaker"] and one["speaker"]["name"] for one in reviewed] == ["Ana Roy", None, None, f"{EVIL}Roy"]


def select(page: Chrome, words: str) -> None:
    """Select words of the first article."""
    page.execute_script(
        """const words = arguments[0];
        const walker = document.createTreeWalker(document.querySelector(".text"), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const at = walker.currentNode.textContent.indexOf(words);
          if (at < 0) continue;
          getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
          return;
        }""",
        words,
    )


def test_a_name_is_picked_in_the_text_for_all_of_a_speaker(page: Chrome) -> None:
    press(page, "js")
    page.execute_script("document.querySelector('.text').scrollTop = 0")
    click(page, ".text .speaker[data-n='3']")
    assert page.find_element(By.ID, "name").get_attribute("value") == "Jo Lee"
    page.find_element(By.ID, "note").send_keys("by telephone")
    page.find_element(By.ID, "status").send_keys(f"checked against recording{Keys.ENTER}")
    assert page.find_element(By.CSS_SELECTOR, "#r1 .name").text == "Jo Lee"
    assert "note: by telephone · status: checked against recording" in page.find_element(By.CSS_SELECTOR, "#r1").text
    click(page, "#r1 [data-do=accepted]")
    assert "by telephone" in page.find_element(By.CSS_SELECTOR, "#r1 .told").text
    press(page, "uu")
    press(page, "s")
    page.execute_script("document.getElementById('all').click()")
    press(page, f"Kim{Keys.ENTER}")
    names = [one.text for one in page.find_elements(By.CSS_SELECTOR, ".card .name")]
    assert names.count("Kim") == names.count("Ana Roy") + 2
    press(page, "u")
    assert set(states(page)) == {"und"}


def downloaded(page: Chrome) -> list[dict[str, Any]]:
    """The decisions that the button gives."""
    script = "return new Promise((done) => { const take = URL.createObjectURL; URL.createObjectURL = (blob) => {"
    script += " blob.text().then(done); return take(blob); }; document.getElementById('download').click(); })"
    return [json.loads(line) for line in page.execute_script(script).splitlines()]


def test_missed_words_are_added_and_boundaries_mended(page: Chrome, folder: Path) -> None:
    select(page, "Old weir")
    press(page, "n")
    press(page, f"Jo Lee{Keys.ENTER}")
    assert states(page) == ["und"] * 4 + ["add", "und"]
    reload(page, ["und"] * 4 + ["add", "und"])
    assert page.find_element(By.CSS_SELECTOR, "#r6 .words").text == "Old weir"
    press(page, "js")
    select(page, "weir leaks")
    click(page, "#take")
    click(page, "dialog [value=save]")
    assert "words: “weir leaks”" in page.find_element(By.CSS_SELECTOR, "#r1 .told").text
    (folder / "mended.jsonl").write_text(lines(*downloaded(page)), encoding="utf-8")
    result = quotes("review", folder / "quotes.jsonl", "--apply", folder / "mended.jsonl", "-o", folder / "mended.out")
    assert result.stderr == "quotes: 0 accepted, 1 corrected, 0 rejected, 1 added, 4 undecided\n"
    assert quotes("validate", folder / "mended.out", "--against", folder / "texts").exit_code == 0
    found = [json.loads(line) for line in (folder / "mended.out").read_text(encoding="utf-8").splitlines()]
    assert found[0]["text"] == "weir leaks" and "Old weir" in [one["text"] for one in found]


def test_what_was_mended_stays_when_it_is_accepted(page: Chrome) -> None:
    press(page, "js")
    select(page, "weir leaks")
    click(page, "#take")
    page.find_element(By.ID, "role").send_keys("city engineer")
    page.find_element(By.ID, "addressee").send_keys(f"boats{Keys.ENTER}")
    (mended,) = downloaded(page)
    for accept in (lambda: press(page, "a"), lambda: click(page, "#r1 [data-do=accepted]")):
        accept()
        told = page.find_element(By.CSS_SELECTOR, "#r1 .told").text
        assert told == "words: “weir leaks” · role: city engineer · addressee: boats"
        (accepted,) = downloaded(page)
        assert {**accepted, "at": None} == {**mended, "at": None}
        assert (accepted["decision"], accepted["speaker"]) == ("corrected", "Ana Roy")


def test_what_was_added_stays_when_it_is_accepted(page: Chrome) -> None:
    press(page, f"jnOld weir{Keys.TAB}Jo Lee{Keys.ENTER}")
    press(page, "a")
    (added,) = downloaded(page)
    assert (added["decision"], added["speaker"], added["words"]["text"]) == ("added", "Jo Lee", "Old weir")


def test_a_missed_quotation_is_typed(page: Chrome) -> None:
    """By keys alone, without a caret in the article; what is not known to be one place is not taken."""
    page.find_element(By.ID, "add").send_keys(Keys.ENTER)
    assert page.switch_to.active_element.get_attribute("id") == "exact"
    assert "Old weir to be torn down" in text(page, "question")
    press(page, f"the motorway{Keys.TAB}Jo Lee{Keys.ENTER}")
    assert text(page, "words") == "These words do not stand in the article."
    words = page.switch_to.active_element
    words.clear()
    words.send_keys("weir", Keys.ENTER)
    assert text(page, "words") == "These words stand 2 times in the article: type more of them."
    words.clear()
    words.send_keys('called it "a danger" to', Keys.ENTER)
    assert states(page) == ["und"] * 4 + ["add", "und"]
    assert page.switch_to.active_element.get_attribute("id") == "r6"
    (added,) = downloaded(page)
    start = WEIR.index("called it")
    assert added["words"] == {"start": start, "end": start + 23, "text": "called it “a danger” to"}
    assert added["context"]["sentence"]["text"] == "She called it “a danger” to boats."


def test_words_are_mended_by_typing(page: Chrome) -> None:
    press(page, "js")
    page.find_element(By.ID, "exact").send_keys(f"weir leaks{Keys.ENTER}")
    assert "words: “weir leaks”" in page.find_element(By.CSS_SELECTOR, "#r1 .told").text
    assert downloaded(page)[0]["words"]["text"] == "weir leaks"


def offered(page: Chrome) -> list[str]:
    """The names that the question of a correction offers."""
    names = "return [...document.querySelectorAll('#names option')].map((one) => one.value)"
    return list(page.execute_script(names))


def test_names_are_offered_as_they_are_shown(page: Chrome) -> None:
    press(page, "js")
    evil = page.find_element(By.CSS_SELECTOR, "#r5 .name").text
    assert offered(page) == ["Ana Roy", "Jo Lee", evil]
    press(page, f"Kim{Keys.ENTER}s")
    assert offered(page) == ["Ana Roy", "Jo Lee", "Kim", evil]


@pytest.fixture
def pronouns(browser: Chrome, folder: Path) -> Iterator[Chrome]:
    """A page on which "he" says two things, "she" one and Ana Roy one."""
    document = replace(to_document("“No,” he said. “Never,” he said. “Yes,” she said. “So,” said Ana Roy."), id="a")
    he, she = ("he", "pronoun"), ("she", "pronoun")
    said = (spoken("“No,”", None, *he), spoken("“Never,”", None, *he), spoken("“Yes,”", None, *she))
    html = page_of((document, records(document, *said, spoken("“So,”", "Ana Roy"))))
    (folder / "pronouns.html").write_text(html, encoding="utf-8")
    browser.get((folder / "pronouns.html").as_uri())
    reload(browser, ["und"] * 4, first="localStorage.clear()")
    yield browser


def test_names_offered_are_those_of_people(pronouns: Chrome) -> None:
    press(pronouns, "js")
    assert offered(pronouns) == ["Ana Roy"]


def test_pronouns_are_corrected_apart(pronouns: Chrome) -> None:
    press(pronouns, "js")
    assert text(pronouns, "same") == "for all 2 of “he” in this article"
    pronouns.execute_script("document.getElementById('all').click()")
    press(pronouns, f"Kim{Keys.ENTER}")
    names = [one.text for one in pronouns.find_elements(By.CSS_SELECTOR, ".card .name")]
    assert names == ["Kim", "Kim", "she", "Ana Roy"]
    assert states(pronouns) == ["cor", "cor", "und", "und"]


def test_search_order_and_accepting_many(page: Chrome) -> None:
    page.find_element(By.ID, "search").send_keys("city engineer")
    assert shown(page) == ["r1", "r2", "r3", "r4"]
    page.find_element(By.ID, "search").clear()
    page.find_element(By.ID, "search").send_keys(Keys.SPACE, Keys.BACKSPACE)
    assert len(shown(page)) == 5
    click(page, "#order option[value=doubt]")
    assert shown(page).index("r4") < shown(page).index("r1")
    click(page, "#bulk")
    assert set(states(page)) == {"acc"}
    click(page, "#undo")
    assert set(states(page)) == {"und"}
    click(page, "#order option[value='']")


def test_on_a_phone_cards_stand_behind_their_paragraphs(page: Chrome) -> None:
    size = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        below = "const a = document.querySelector('#t1').getBoundingClientRect().bottom;"
        below += " return document.querySelector('#r1').getBoundingClientRect().top - a"
        WebDriverWait(page, 30).until(lambda page: 0 < page.execute_script(below) < 400)
        page.execute_script("scrollTo(0, document.body.scrollHeight)")
        assert page.find_element(By.ID, "progress").is_displayed()
        assert page.execute_script("return document.querySelector('header').getBoundingClientRect().top") == 0
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_what_is_decided_in_another_tab_is_shown_and_kept(page: Chrome) -> None:
    first = page.current_window_handle
    press(page, "ja")
    url = page.current_url
    page.switch_to.new_window("tab")
    page.get(url)
    reload(page, ["acc", "und", "und", "und", "und"])
    press(page, "jjr")
    page.close()
    page.switch_to.window(first)
    WebDriverWait(page, 30).until(lambda page: states(page)[:2] == ["acc", "rej"])
    press(page, "ja")
    reload(page, ["acc", "rej", "acc", "und", "und"])


def test_nothing_of_an_article_becomes_an_element(page: Chrome) -> None:
    assert page.find_elements(By.TAG_NAME, "img") == []
    assert "onerror=" in page.find_element(By.ID, "h5").text
    assert "[U+202E]" in page.find_element(By.ID, "a2").text


def test_it_is_readable_where_scripts_may_not_run(page: Chrome) -> None:
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.refresh()
        assert len(shown(page)) == 5
        assert not page.find_element(By.ID, "download").is_displayed()
    finally:
        page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_wider_than_the_window(page: Chrome, width: int) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
