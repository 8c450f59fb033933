"""The page in a browser: drawn without an error, a request, or anything wider than the window."""

import json
import re
import shutil
import subprocess

import pytest

from reports.page import page_of

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")

# Tells what happened while the page was drawn: every figure is asked for, as printing does.
WITNESS = """
<script>
const errors = [];
addEventListener("error", (event) => errors.push(event.message));
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
console.error = (...words) => errors.push(words.join(" "));
setTimeout(() => dispatchEvent(new Event("beforeprint")), 4000);
setTimeout(() => {
  const wide = [...document.querySelectorAll("body *")].filter((part) =>
    !part.closest(".scroll, .plot, nav, script") &&
    part.getBoundingClientRect().right > innerWidth + 1);
  const said = {
    errors, width: innerWidth, page: document.documentElement.scrollWidth,
    wide: wide.map((part) => part.tagName + "." + part.className),
    requests: performance.getEntriesByType("resource").map((entry) => entry.name),
    drawn: document.querySelectorAll(".plot .main-svg").length,
    places: document.querySelectorAll(".plot").length,
    rows: document.querySelectorAll("[data-table=trades] tbody tr").length,
  };
  document.body.dataset.said = JSON.stringify(said);
}, 12000);
</script>
"""


@pytest.fixture(scope="module")
def page(report, bars, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "report.html"
    head = '<meta charset="utf-8">'
    file.write_text(page_of(report, bars).replace(head, head + WITNESS, 1), "utf-8")
    return file


def opened(page, profile, *flags):
    command = [
        *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"),
        *("--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=20000", "--dump-dom"),
        *(*flags, page.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r'data-said="([^"]*)"', done.stdout)
    assert found, done.stderr[-2000:]
    return json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))


@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (390, True)], ids=["wide and light", "narrow and dark"]
)
def test_the_page_is_drawn_whole(page, tmp_path, width, dark):
    flags = [f"--window-size={width},2000", *(["--force-dark-mode"] if dark else [])]
    said = opened(page, tmp_path, *flags)
    assert said["errors"] == []
    assert said["requests"] == []
    assert said["wide"] == []
    assert said["page"] <= said["width"]
    assert said["drawn"] >= said["places"] > 10
    assert said["rows"] == 25
