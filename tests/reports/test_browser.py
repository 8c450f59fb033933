"""Pages in a browser: drawn without an error, a request, or anything wider than the window."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.images import BROWSERS, drawn
from reports.comparison_page import comparison_page
from reports.equity import equity_exhibits
from reports.page import page_of
from reports.shell import picture_page

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


# A window is never narrower than 500; a frame in it is.
FRAME = """<!doctype html><meta charset="utf-8"><body style="margin:0">
<iframe src="report.html" style="border:0;width:{width}px;height:2000px"></iframe>
<script>addEventListener("message", (event) => (document.body.dataset.said = event.data));</script>
"""


def witnessed(folder, text):
    """A page that tells on itself, with the accessibility checker where there is one."""
    file = folder / "report.html"
    head = '<meta charset="utf-8">'
    checker = f"<script>{AXE.read_text('utf-8')}</script>" if AXE.is_file() else ""
    file.write_text(text.replace(head, head + WITNESS + checker, 1), "utf-8")
    return file


@pytest.fixture(scope="module")
def page(report, bars, tmp_path_factory):
    return witnessed(tmp_path_factory.mktemp("page"), page_of(report, bars))


def opened(page, profile, width, *flags):
    """What the page said in a frame of some width."""
    frame = page.with_name(f"frame-{width}.html")
    frame.write_text(FRAME.format(width=width), "utf-8")
    command = [
        *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"),
        *("--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=90000", "--dump-dom"),
        *("--allow-file-access-from-files", f"--window-size={max(width, 800)},2000"),
        *(*flags, frame.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r'data-said="([^"]*)"', done.stdout)
    assert found, done.stderr[-2000:]
    return json.loads(found[1].replace("&quot;", '"').replace("&lt;", "<").replace("&amp;", "&"))


@pytest.fixture(
    scope="module",
    params=[(1280, False), (390, True)],
    ids=["wide and light", "narrow and dark"],
)
def said(page, tmp_path_factory, request):
    """What a window of some width and colour had to say."""
    width, dark = request.param
    flags = ["--blink-settings=preferredColorScheme=0"] if dark else []
    return opened(page, tmp_path_factory.mktemp("profile"), width, *flags)


def test_the_page_is_drawn_whole(said):
    assert said["errors"] == []
    assert said["requests"] == []
    assert said["wide"] == []
    assert said["page"] <= said["width"] <= 1280
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


def test_a_comparison_is_drawn_whole(report, tmp_path):
    text = comparison_page([report, replace(report, name="again")])
    found = opened(witnessed(tmp_path, text), tmp_path / "profile", 390)
    assert found["errors"] == found["requests"] == found["wide"] == []
    assert found["page"] <= found["width"]
    assert found["drawn"] == found["places"] == 4
    assert [one for one in found["axe"] or () if one[0] in SERIOUS] == []


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_figure_is_handed_over_as_a_picture(report, tmp_path, kind):
    page = tmp_path / "figure.html"
    page.write_text(picture_page(equity_exhibits(report)[0], kind), "utf-8")
    data = drawn(BROWSER, page, tmp_path / "profile")
    assert data.startswith({"svg": "data:image/svg+xml", "png": "data:image/png;base64,"}[kind])
    assert len(data) > 10_000
