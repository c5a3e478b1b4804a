"""`quotes desk`: a page on this machine alone. Other sites, other names for this machine and too much are refused."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from test_review_browser import CHROMIUM, DRIVER, FLAGS

from quotes.desk import app as desk_app
from quotes.desk import serving
from quotes.desk.guard import Guard

WEIR = "“The weir leaks,” said Ana Roy, the city engineer.\n"
EVIL = '“</script><img src=x onerror="window.ran = 1">,” said Jo <b>Lee</b>.\n'


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An open desk. Its server runs in a thread, where it listens to no signals."""
    found: list[str] = []
    ready = threading.Event()
    folder = tmp_path_factory.mktemp("desk")
    (folder / "weir.txt").write_text(WEIR, encoding="utf-8")

    def opened(address: str) -> None:
        found.append(address)
        ready.set()

    threading.Thread(target=serving.serve, args=([str(folder / "weir.txt")], opened), daemon=True).start()
    assert ready.wait(120)
    yield found[0]


def ask(address: str, path: str = "", method: str = "GET", body: bytes | None = None, **headers: str) -> HTTPResponse:
    parts = urlsplit(address)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=120)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, parts.path + path if not path.startswith("/") else path, body, named)
    return connection.getresponse()


def test_an_article_is_read_shown_and_downloaded(address: str) -> None:
    told = json.loads(ask(address, "articles", "POST", WEIR.encode(), X_Name="weir%20one.txt").read())
    assert (told["name"], told["count"], told["problems"]) == ("weir one.txt", 1, [])
    page = ask(address, f"page/{told['id']}")
    assert "The weir leaks," in page.read().decode()
    records = ask(address, f"records/{told['id']}")
    (record,) = map(json.loads, records.read().decode().splitlines())
    assert (record["text"], record["document"]["path"]) == ("The weir leaks,", "weir one.txt")
    assert records.headers["Content-Disposition"].startswith("attachment")
    assert told["id"] in [one["id"] for one in json.loads(ask(address, "articles").read())]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),  # DNS rebinding: the name of another site means this machine
        ({"Host": "127.0.0.1"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),  # another port of this machine
        ({}, 200),
    ],
)
def test_only_its_own_page_may_ask(address: str, headers: dict[str, str], status: int) -> None:
    assert ask(address, **headers).status == status
    assert ask(address, "articles", "POST", b"x", **headers).status == status


@pytest.mark.parametrize("path", ["/", "/articles", "/x/", "/../", "//", "/%00/"])
def test_without_the_token_there_is_nothing(address: str, path: str) -> None:
    assert ask(address, path).status == 404


def test_nothing_is_stored_framed_or_shared(address: str) -> None:
    headers = ask(address).headers
    assert (headers["Cache-Control"], headers["X-Frame-Options"]) == ("no-store", "DENY")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers and "Server" not in headers


def test_too_much_is_refused_unread(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_app, "MOST_BYTES", 1000)
    answer = ask(address, "articles", "POST", b"x" * 1001)
    assert (answer.status, "too large" in answer.read().decode()) == (413, True)
    parts = urlsplit(address)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=120)
    connection.request("POST", f"{parts.path}articles", iter([b"x" * 600] * 3), encode_chunked=True)
    assert connection.getresponse().status == 413


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "a.exe", "", "x" * 5000, "%00.txt", "a.pdf"])
def test_any_name_is_only_a_name(address: str, name: str) -> None:
    answer = ask(address, "articles", "POST", WEIR.encode(), X_Name=name)
    told = answer.read().decode()
    assert answer.status == 200
    assert "/tmp" not in told and len(told) < 1000


@pytest.mark.parametrize("port", [1, 65535])
def test_the_guard_compares_whole_tokens(port: int) -> None:
    guard = Guard(port, "token")
    host = {"host": f"localhost:{port}"}
    assert guard.refusal("/token/", host) is None
    assert [guard.refusal(path, host) is None for path in ("/toke/", "/token1/", "/ü/", "token")] == [False] * 4


# --- in a browser ----------------------------------------------------------------------------------------------------

NEEDS_BROWSER = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver"
)
FIRST = "#found li:first-child a"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser for which evil.example is this machine, as after DNS rebinding."""
    options = Options()
    options.binary_location = str(shutil.which("chromium"))
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS, f"--user-data-dir={profile}", "--host-resolver-rules=MAP evil.example 127.0.0.1"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


def opened(browser: Chrome, address: str) -> None:
    browser.get(address)
    WebDriverWait(browser, 120).until(lambda page: page.find_elements(By.CSS_SELECTOR, "#found li"))
    browser.get_log("browser")


def wait_for(browser: Chrome, name: str) -> None:
    """Until the first reading is that of `name`."""
    WebDriverWait(browser, 120).until(lambda page: name in page.find_element(By.CSS_SELECTOR, FIRST).text)


@NEEDS_BROWSER
def test_a_hostile_article_is_pasted_and_reviewed(address: str, browser: Chrome) -> None:
    opened(browser, address)
    browser.find_element(By.ID, "text").click()
    browser.execute_cdp_cmd("Input.insertText", {"text": EVIL})  # as a paste puts it in: all at once
    browser.find_element(By.ID, "read").click()
    wait_for(browser, "pasted text")
    browser.get(str(browser.find_element(By.CSS_SELECTOR, FIRST).get_attribute("href")))
    assert browser.execute_script("return window.ran") is None
    assert browser.find_elements(By.TAG_NAME, "img") == []
    browser.execute_script("document.querySelector('[data-do=accepted]').click()")
    assert browser.find_element(By.ID, "progress").text.startswith("1 of ")
    assert browser.get_log("browser") == []


HAND_OVER = """
const [kind, name, words] = arguments;
const data = new DataTransfer();
if (name) data.items.add(new File([words], name));
else data.setData("text/plain", words);
const event = kind === "drop" ? new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })
                              : new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true });
document.getElementById("drop").dispatchEvent(event);
return event.defaultPrevented;
"""


@NEEDS_BROWSER
@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("drop", '<img src=x onerror="window.ran = 1">.txt', "onerror="),
        ("drop", "", "dropped text"),
        ("paste", "clipboard.md", "clipboard.md"),
    ],
)
def test_files_and_words_are_handed_over(address: str, browser: Chrome, kind: str, name: str, told: str) -> None:
    opened(browser, address)
    assert browser.execute_script(HAND_OVER, kind, name, WEIR), "the browser would open the file itself"
    wait_for(browser, told)
    assert browser.find_element(By.CSS_SELECTOR, FIRST).text.startswith("1 quotation")
    assert browser.execute_script("return window.ran") is None
    assert browser.find_elements(By.TAG_NAME, "img") == []


@NEEDS_BROWSER
def test_too_large_a_file_is_said_to_be_so(address: str, browser: Chrome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_app, "MOST_BYTES", 10)
    opened(browser, address)
    browser.execute_script(HAND_OVER, "drop", "long.txt", WEIR)
    WebDriverWait(browser, 120).until(lambda page: "too large" in page.find_element(By.ID, "status").text)


@NEEDS_BROWSER
def test_other_sites_get_nothing_even_with_the_token(address: str, browser: Chrome) -> None:
    def kept() -> int:
        return len(json.loads(ask(address, "articles").read()))

    before, port = kept(), urlsplit(address).port
    browser.get(address.replace("127.0.0.1", "evil.example"))
    assert browser.find_element(By.TAG_NAME, "body").text == "This is no address of the desk."
    send = "const done = arguments[1]; fetch(`${arguments[0]}articles`, { method: 'POST', body: 'x', mode: 'no-cors' })"
    for site in (f"http://evil.example:{port}/", "data:text/html,elsewhere"):
        browser.get(site)
        browser.set_script_timeout(60)
        browser.execute_async_script(f"{send}.then(() => done(), () => done())", address)
    assert kept() == before


@NEEDS_BROWSER
@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_wider_than_the_window(address: str, browser: Chrome, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    opened(browser, address)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
