"""Every `tickgrid` command of the pages runs, in the order of its page, in a store of its own."""

import re
import shlex
import shutil
from pathlib import Path

import polars as pl
import pytest

from app import cli
from app.lawcheck import laws, notes, samples

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
CLASS = re.compile(r"^```py\n(\"\"\".*?^class .*?)^```", re.MULTILINE | re.DOTALL)
RUN = re.compile(r"\bRUN\b|\b[a-z_]+-[0-9a-f]{12}\b")
FETCH = "data fetch"  # asks the network: tested against a server of ours
FINDING = 1  # what a page shows may be a finding
FEW = ["--surrogates", "1"]


def commands(text: str) -> list[list[str]]:
    """The words of each command, comments and redirections away; a quoted one may span lines."""
    found = []
    for block in SHELL.findall(text):
        for line in re.split(r"\n(?=tickgrid |make |#|\S+ = )", block):
            words = shlex.split(line.partition(" > ")[0], comments=True)
            if words[:1] == ["tickgrid"]:
                found.append(words[1:])
    return found


COMMANDED = [page for page in PAGES if commands(page.read_text("utf-8"))]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder as the pages suppose it: a store with a run, files of bars, and a strategy."""
    folder = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TICKGRID_DATA", str(folder / "data"))
        patch.chdir(folder)
        for name in ("experiments", "docs"):
            shutil.copytree(ROOT / name, folder / name)
        (strategy,) = CLASS.findall((ROOT / "README.md").read_text("utf-8"))
        (folder / "my_idea.py").write_text(strategy, "utf-8")
        (folder / "vix.csv").write_text("date,close\n2024-12-02,13.5\n2024-12-03,13.9\n", "utf-8")
        words = "data synth ES --from 2024-05-01 --sessions 160 --seed 7"
        assert cli.main(words.split()) == 0
        assert cli.main(["sweep", "quickstart", *FEW]) == 0
        exported(folder)
    return folder


def exported(folder: Path) -> None:
    """Two sessions of minutes as another program would write them."""
    (file, *_) = sorted((folder / "data" / "bars").rglob("*.parquet"))
    frame = pl.read_parquet(file, hive_partitioning=False).head(2 * 1380)
    prices = {name: pl.col(name) * 0.25 for name in ("open", "high", "low", "close")}
    local = pl.col("ts").dt.convert_time_zone("America/Chicago").dt.strftime("%Y-%m-%d %H:%M:%S")
    frame.select(local.alias("time"), *(p.alias(n) for n, p in prices.items()), "volume").write_csv(
        folder / "ES 12-24.txt"
    )


def test_words_are_found():
    text = '```sh\n# a\ntickgrid sql "select 1\n  as one"  # b\nmake test\ntickgrid runs > x\n```\n'
    assert commands(text) == [["sql", "select 1\n  as one"], ["runs"]]


@pytest.mark.parametrize("page", COMMANDED, ids=lambda page: page.stem)
def test_the_commands_of_a_page_run(page, place, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "place"
    shutil.copytree(place, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TICKGRID_DATA", str(folder / "data"))
    for module, name, few in (
        (samples, "SESSIONS", 5),
        (laws, "CUTS", 3),
        (notes, "SURROGATES", 2),
    ):
        monkeypatch.setattr(module, name, few)
    (run,) = (path.name for path in (folder / "data" / "runs").iterdir() if path.is_dir())
    for words in commands(page.read_text("utf-8")):
        if " ".join(words).startswith(FETCH):
            continue
        said = [RUN.sub(run, word) for word in words]
        said = [file for word in said for file in matched(folder, word)]
        code = cli.main([*said, *(FEW if said[0] == "sweep" and FEW[0] not in said else [])])
        told = capsys.readouterr()
        assert code in {0, FINDING}, f"{' '.join(said)}\n{told.out[-500:]}\n{told.err}"


def matched(folder: Path, word: str) -> list[str]:
    """A pattern of files as a shell would spell it out."""
    plain = " " not in word and "*" in word
    return [str(path) for path in sorted(folder.glob(word))] if plain else [word]
