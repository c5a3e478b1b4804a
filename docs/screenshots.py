"""docs/images/review.png anew: the page for reviewing, of this project's own articles, as Chromium shows it.

    PYTHONPATH=tests python docs/screenshots.py

It needs Debian's chromium and chromium-driver, and selenium.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
from pathlib import Path

from cases_format import read_cases, to_gold
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options as ChromeOptions
from selenium.webdriver.chrome.service import Service

from quotes.options import Options
from quotes.pipeline import outcomes
from quotes.reading import to_document
from quotes.review import Page

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
SIZE = {"width": 1280, "height": 860, "deviceScaleFactor": 1, "mobile": False}
# Three decisions, so that a card of each kind is to be seen.
DECIDE = """for (const key of "jar") {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "review.html")
        file.write_text(page(), encoding="utf-8")
        (ROOT / "docs" / "images" / "review.png").write_bytes(shot(file, folder))


def page() -> str:
    """The page of the gate's articles."""
    made = Page()
    articles = [to_gold(case) for case in read_cases(ROOT / "fixtures" / "gate")]
    documents = [to_document(article["text"], f"{article['id']}.txt") for article in articles]
    for document, outcome in outcomes(documents, Options(types="all"), 1):
        made.add(document, outcome.records)
    return made.html()


def shot(file: Path, folder: str) -> bytes:
    options = ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--user-data-dir={folder}/profile"):
        options.add_argument(flag)
    browser = Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
    try:
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SIZE)
        browser.get(file.as_uri())
        browser.execute_script(DECIDE)
        return base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])
    finally:
        browser.quit()


if __name__ == "__main__":
    main()
