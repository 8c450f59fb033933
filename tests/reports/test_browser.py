"""Pages in a browser: drawn without an error, a request, or anything wider than the window."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from app.images import BROWSERS
from reports.comparison_page import comparison_page
from reports.page import page_of
from tests.reports.conftest import emptied, told

BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
AXE = Path(os.environ.get("TICKGRID_AXE", "node_modules/axe-core/axe.min.js"))
SERIOUS = ("serious", "critical")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")

# Tells what happened while the page was drawn: every figure is asked for, as printing does.
WITNESS = """
<script>
const errors = [];
addEventListener("error", (event) => errors.push(event.message));
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
console.error = (...words) => errors.push(words.join(" "));
const steps = [];
const until = async (done) => { // unpacking is no business of a virtual clock: ask, and ask again
  for (let k = 0; k < 400 && !done(); k += 1) await new Promise((next) => setTimeout(next, 200));
};
const zoom = async () => {
  const market = document.querySelector("[data-figure=market]");
  if (!market) return;
  await until(() => market.dataset.tiled);
  const candles = () => market.data[0].x.length + " " + market.data[0].name;
  steps.push(candles());
  const end = market.data[0].x[market.data[0].x.length - 1];
  const clock = (at) => new Date(at).toISOString().slice(0, 16);
  const before = (days) => clock(Date.parse(end + "Z") - days * 864e5);
  for (const days of [20, 0.25]) {
    await Plotly.relayout(market, { "xaxis.range[0]": before(days), "xaxis.range[1]": before(-1) });
    await until(() => candles() !== steps[steps.length - 1]);
    steps.push(candles());
  }
};
const count = (what) => document.querySelectorAll(what).length;
const tell = async () => {
  await until(() => document.documentElement.dataset.ready === "yes");
  dispatchEvent(new Event("beforeprint"));
  await until(() => count(".plot.js-plotly-plot") >= count(".plot"));
  await zoom();
  const wide = [...document.querySelectorAll("body *")].filter((part) =>
    !part.closest(".scroll, .plot, nav, script") &&
    part.getBoundingClientRect().right > innerWidth + 1);
  const found = window.axe ? (await axe.run(document)).violations : null;
  const [select] = document.querySelectorAll("[data-browser] select");
  const said = {
    errors, steps, width: innerWidth, page: document.documentElement.scrollWidth,
    wide: wide.map((part) => part.tagName + "." + part.className),
    requests: performance.getEntriesByType("resource").map((entry) => entry.name),
    drawn: count(".plot.js-plotly-plot"),
    places: count(".plot"),
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    buttons: [...document.querySelectorAll(".modebar-btn")].map((one) =>
      one.dataset.title || one.getAttribute("aria-label") || ""),
    sessions: select ? select.options.length : 0,
    paint: performance.getEntriesByName("first-contentful-paint").map((entry) => entry.startTime),
    rows: count("[data-table=trades] tbody tr"),
    axe: found && found.map((one) => [one.impact, one.id, one.nodes.map((node) => node.html)]),
  };
  parent.postMessage(JSON.stringify(said), "*");
};
tell();
</script>
"""


# A window is never narrower than 500; a frame in it is. All frames of one start are drawn at once.
FRAME = """<!doctype html><meta charset="utf-8"><body style="margin:0">{frames}
<script>
const said = [];
const frames_ = [...document.querySelectorAll("iframe")];
addEventListener("message", (event) => {{
  said[frames_.findIndex((one) => one.contentWindow === event.source)] = event.data;
  const all = Object.keys(said).length === frames_.length;
  if (all) document.body.dataset.said = JSON.stringify(said);
}});
</script>
"""


def witnessed(file, text):
    """A page that tells on itself, with the accessibility checker where there is one."""
    head = '<meta charset="utf-8">'
    checker = f"<script>{AXE.read_text('utf-8')}</script>" if AXE.is_file() else ""
    file.write_text(text.replace(head, head + WITNESS + checker, 1), "utf-8")
    return file


def opened(pages, folder, *flags):
    """What each page said in a frame of its width; one start of the browser for all of them."""
    frames = "".join(
        f'<iframe src="{page.as_uri()}" style="border:0;width:{width}px;height:2000px"></iframe>'
        for page, width in pages
    )
    frame = folder / "frames.html"
    frame.write_text(FRAME.format(frames=frames), "utf-8")
    command = [
        *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu"),
        *(f"--user-data-dir={folder / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND"),
        *("--virtual-time-budget=90000", "--dump-dom", "--allow-file-access-from-files"),
        *("--window-size=1800,2000", *flags, frame.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r'data-said="([^"]*)"', done.stdout)
    assert found, done.stderr[-2000:]
    return [json.loads(one) for one in json.loads(unescape(found[1]))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def page(report, bars, folder):
    return witnessed(folder / "report.html", page_of(report, bars))


@pytest.fixture(scope="module")
def light(page, report, folder, tmp_path_factory):
    """A wide page and a narrow comparison on light paper."""
    text = comparison_page([report, replace(report, name="again")])
    both = witnessed(folder / "comparison.html", text)
    return opened([(page, 1280), (both, 390)], tmp_path_factory.mktemp("light"))


@pytest.fixture(scope="module")
def dark(page, made, bars, folder, tmp_path_factory):
    """A narrow page, and one of a run without a trade, on dark paper."""
    none = witnessed(folder / "none.html", page_of(told(emptied(made)), bars))
    flag = "--blink-settings=preferredColorScheme=0"
    return opened([(page, 390), (none, 390)], tmp_path_factory.mktemp("dark"), flag)


@pytest.fixture(params=["light", "dark"])
def said(request):
    """What the page had to say on either paper."""
    return request.getfixturevalue(request.param)[0] | {"paper": request.param}


def test_the_page_is_drawn_whole(said):
    assert said["errors"] == []
    assert said["requests"] == []
    assert said["wide"] == []
    assert said["page"] <= said["width"] <= 1280
    assert said["dark"] is (said["paper"] == "dark")
    assert said["drawn"] == said["places"] > 10
    assert said["rows"] == 25
    assert said["sessions"] > 1


def test_zooming_swaps_tiles_and_never_draws_many_candles(said):
    whole, weeks, hours = (step.split(" bars, ") for step in said["steps"])
    assert [whole[1], weeks[1], hours[1]] == ["hour", "hour", "minute"]
    assert int(whole[0]) > int(weeks[0]) > 0
    assert all(int(step[0]) <= 3000 for step in (whole, weeks, hours))


def test_nothing_serious_bars_a_reader(said):
    if said["axe"] is None:
        pytest.skip(f"no axe-core at {AXE} (TICKGRID_AXE names it)")
    assert [one for one in said["axe"] if one[0] in SERIOUS] == []


def test_no_button_of_the_page_sends_anything_away(said):
    assert said["buttons"]
    assert not [name for name in said["buttons"] if re.search("share|cloud|edit", name.lower())]


def test_a_comparison_is_drawn_whole(light):
    whole(light[1])
    assert light[1]["places"] == 4


def test_a_page_of_no_trade_is_drawn_whole(dark):
    whole(dark[1])
    assert dark[1]["rows"] == 0
    assert dark[1]["places"] < dark[0]["places"]


def whole(found):
    """Nothing went wrong, nothing is too wide, nothing bars a reader."""
    assert found["errors"] == found["requests"] == found["wide"] == []
    assert found["page"] <= found["width"]
    assert found["drawn"] == found["places"]
    assert [one for one in found["axe"] or () if one[0] in SERIOUS] == []
