"""How fast the page for reviewing is in Chromium: until it is painted, and until a record is accepted.

    python benchmarks/review_page.py [--records 500] [--articles 25]

The articles are invented. Printed are, for a desktop's width and a phone's, milliseconds from the start of loading to
the first paint (`first-contentful-paint`) and to the end of the script, and from a key that accepts a record to the
next frame (the median of 20, and the longest). It needs Debian's chromium and chromium-driver, and selenium.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from tracing import record, vocabulary

from quotes.review import Page
from quotes.types import Document

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
WIDTHS = {"desktop": (1280, 900), "phone": (400, 800)}
PAINT = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
READY = "return performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"
ACCEPT = """
const done = arguments[0];
const start = performance.now();
document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=500)
    parser.add_argument("--articles", type=int, default=25)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "review.html")
        file.write_text(page(arguments.records, arguments.articles), encoding="utf-8")
        print(f"{arguments.records} records in {arguments.articles} articles, {file.stat().st_size / 1024:.0f} KiB")
        for name, (width, height) in WIDTHS.items():
            print(f"{name:8s} {measure(file, width, height, folder)}")


def page(records: int, articles: int) -> str:
    """A page of invented articles."""
    chance = random.Random(1)
    words, weights = vocabulary(chance)
    made = Page()
    each = records // articles
    for number in range(articles):
        text, found = "", []
        for k in range(each):
            said = " ".join(chance.choices(words, cum_weights=weights, k=25))
            text += f"“{said},” said Ana {chance.choice(words[200:300]).title()}.\n\n"
            found.append(_placed(record(f"{number:08x}{k:08x}", number, said, "Ana"), text, said))
        document = Document(text=text, **found[0]["document"])
        made.add(document, found)
    return made.html()


def _placed(made: dict[str, Any], text: str, said: str) -> dict[str, Any]:
    start = text.rindex(said)
    span = {"start": start, "end": start + len(said), "text": said}
    at = text.index("Ana", start + len(said))
    name = text[at : text.index(".", at)]
    mention = {"start": at, "end": at + len(name), "text": name}
    made["speaker"] = {**made["speaker"], "name": name, "mention": mention}
    return {**made, "spans": [span], "content": {"text": said, "spans": [span]}, "context": {"sentence": span}}


def measure(file: Path, width: int, height: int, folder: str) -> str:
    """The figures at a window's size."""
    options = Options()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={folder}/{width}"):
        options.add_argument(flag)
    browser = Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
    try:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get(file.as_uri())
        ready, paint = browser.execute_script(READY), browser.execute_script(PAINT)
        browser.execute_async_script(ACCEPT)  # goes to the first record
        taken = [browser.execute_async_script(ACCEPT) for _ in range(20)]
        decided = browser.execute_script("return document.querySelectorAll('[data-state=accepted]').length")
    finally:
        browser.quit()
    times = f"first paint {paint:.0f} ms, ready {ready:.0f} ms"
    return f"{times}, accepting one {median(taken):.0f} ms (at most {max(taken):.0f}); {decided} accepted"


if __name__ == "__main__":
    main()
