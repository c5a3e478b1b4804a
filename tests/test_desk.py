"""`quotes desk`: a page on this machine alone. Other sites, other names for this machine and too much are refused."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
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


@pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver")
def test_in_a_browser(address: str, tmp_path: Path) -> None:
    options = Options()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=Service(str(DRIVER)))
    try:
        browser.get(address)
        WebDriverWait(browser, 120).until(lambda page: page.find_elements(By.CSS_SELECTOR, "#found li"))
        browser.find_element(By.ID, "text").send_keys(EVIL)
        browser.find_element(By.ID, "read").click()
        links = "#found li:first-child a"
        WebDriverWait(browser, 120).until(lambda page: "pasted text" in page.find_element(By.CSS_SELECTOR, links).text)
        browser.get(str(browser.find_element(By.CSS_SELECTOR, links).get_attribute("href")))
        assert browser.execute_script("return window.ran") is None
        assert browser.find_elements(By.TAG_NAME, "img") == []
        browser.execute_script("document.querySelector('[data-do=accepted]').click()")
        assert browser.find_element(By.ID, "progress").text.startswith("1 of ")
        assert browser.get_log("browser") == []
    finally:
        browser.quit()
