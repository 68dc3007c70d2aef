"""The pages keep the book's rules: short visible cells, described figures, numbers of the run."""

import re
import subprocess
from pathlib import Path

import jupytext
import pytest
import yaml
from browsing import PAGES, TEXTS
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[1]
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
CHAPTERS = [
    chapter["file"]
    for part in PARTS
    if part["caption"] in ("See", "Build", "Train")
    for chapter in part["chapters"]
]


@pytest.fixture(params=TEXTS)
def page(request):
    return request.param


@pytest.fixture
def text(page):
    return (ROOT / f"{page}.md").read_text(encoding="utf-8")


@pytest.fixture
def notebook(text):
    return jupytext.reads(text, "md:myst")


@pytest.fixture
def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture
def article(site, page):
    soup = BeautifulSoup((site / f"{page}.html").read_bytes(), "html.parser")
    return soup.select_one("article.bd-article")


# The sources


def test_toc_lists_exactly_the_pages_which_are_text_and_store_no_outputs():
    sources = [path for path in ROOT.glob("book/**/*") if path.suffix in {".md", ".ipynb", ".rst"}]
    found = ["index.md", *(path.relative_to(ROOT).as_posix() for path in sources)]
    assert sorted(f"{page}.md" for page in TEXTS) == sorted(found)


@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_toc_lists_the_exercises_and_solutions_in_the_order_of_the_chapters(folder):
    stems = [page.removeprefix("book/") for page in [*CHAPTERS, "book/bug-clinic"]]
    written = {path.stem for path in (ROOT / folder).iterdir()}
    listed = [page for page in PAGES if page.startswith(f"{folder}/")]
    assert listed == [f"{folder}/{stem}" for stem in stems if stem in written]
    assert len(listed) == len(written)


def test_file_name_has_no_number(page):
    assert not re.search(r"\d", page)


def test_cells_are_short(code):
    assert [cell for cell in code if len(cell.splitlines()) > 15] == []
    assert [line for cell in code for line in cell.splitlines() if len(line) > 79] == []


for_chapters = pytest.mark.parametrize("page", CHAPTERS)


@for_chapters
def test_chapter_is_a_lecture_long(page, notebook, code):
    words = [w for c in notebook.cells if c.cell_type == "markdown" for w in c.source.split()]
    assert 800 <= len(words) <= 1650  # 1,500 words to read, and the marks of directives
    assert 8 <= len([cell for cell in code if "figures." not in cell]) <= 14


@for_chapters
def test_chapter_has_all_its_parts(page, text):
    assert "After this page you can\n\n- " in text
    assert "```{admonition} Before you start\n:class: note\n" in text
    assert "{dropdown}" in text  # a prediction, before the answer is shown
    assert "{admonition} Common mistake" in text
    summary = text.split("\n## Summary\n")[1]
    assert len(re.findall(r"^- ", summary, re.MULTILINE)) == 3
    following = TEXTS[TEXTS.index(page) + 1].removeprefix("book/")
    assert f"{{doc}}`{following}`" in summary
    assert "](https://" in summary  # a rival worth reading


@for_chapters
def test_words_that_mislead_are_not_used(page, text):
    misleading = r"coming soon|mathematically the same|elementwise dot product|vertical filter"
    assert re.findall(f".*(?:{misleading}).*", text, re.IGNORECASE) == []


def test_code_says_where_its_names_come_from(code):
    assert [cell for cell in code if re.search(r"import\s*\*", cell)] == []


def test_code_is_python(code, notebook):
    assert not code or notebook.metadata["kernelspec"]["language"] == "python"


HIDING = r"(hide|remove)[-_](cell|input|output|code|std)|raises-exception|allow_errors|skip-exec"


def test_nothing_is_hidden_and_no_error_is_allowed(text):
    assert re.findall(f".*(?:{HIDING}).*", text) == []


def test_book_allows_no_error():
    assert re.findall(f".*(?:{HIDING}).*", (ROOT / "_config.yml").read_text()) == []


def test_no_path_of_one_computer(text):
    folders = (
        r"(?<![\w.])/(home|root|Users|tmp|work|usr|opt|mnt|var|content)\b|~/|file://|[A-Z]:\\U"
    )
    assert re.findall(f".*(?:{folders}).*", text) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("solutions/")])
def test_exercise_page_asks_and_solution_page_answers(site, page):
    answered = (site / f"{page}.html").read_text()
    asked = (site / f"{page.replace('solutions', 'exercises')}.html").read_text()
    names = re.findall(r"Exercise: (\w+)", asked)
    assert names == re.findall(r"Exercise: (\w+)", answered)
    assert asked.count("You should see:") == asked.count("\nagrees with ") == len(names)
    tag = '<span class="ne">NotImplementedError</span>'
    assert tag in asked and tag not in answered
    assert "SOLUTION" not in answered + asked
    assert "Solutions: " in answered and "Exercises: " not in answered.split("<article")[1]


# What was built of them


def test_one_title(article):
    assert len(article.select("h1")) == 1


def test_every_image_says_what_is_seen(article):
    assert [image for image in article.select("img") if not image.get("alt", "").strip()] == []


def test_every_drawing_is_a_figure_with_name_caption_and_description(article):
    for image in article.select(".cell_output img, .cell_output svg, .cell_output canvas"):
        figure = image.find_parent("figure")
        assert figure, f"not in a figure: {image}"
        assert re.match(r"fig-[a-z-]+$", figure.get("id", "")), f"without a name: {figure}"
        assert len(image.get("alt", "")) >= 40, f"hardly described: {image}"
        assert figure.select_one("figcaption .caption-text").get_text(strip=True), figure


def test_outputs_are_what_the_cell_meant_to_show(article):
    trouble = r"Warning|Traceback|Error|<Figure|<Axes| at 0x|\| *[-—–]"
    assert article.select(".cell_output .stderr, .cell_output .traceback") == []
    assert [out for out in article.select(".cell_output") if re.search(trouble, out.text)] == []


def test_prose_has_no_raw_markup(article):
    assert article.select(".problematic, .system-message") == []
    for tag in article.select("pre, code, .math, .cell_output > :not(figure)"):
        tag.decompose()
    assert re.findall(r".*(?:\{[a-z:-]+\}|`|\$|\*\*|:::|\]\().*", article.text) == []


def test_accuracies_in_prose_come_from_the_run(article):
    typed = "pre, code, details, .math, .pasted-text, .cell_output > :not(figure)"
    for tag in article.select(typed):
        tag.decompose()
    assert re.findall(r".*\b(?:0\.9\d\d|9\d\.\d+\s*%).*", article.text) == []


# The way in


def test_commands_of_the_readme_exist():
    snippets = re.findall(r"```.*?```|`[^`]+`", (ROOT / "README.md").read_text(), re.DOTALL)
    named = {target for snippet in snippets for target in re.findall(r"\bmake ([a-z]+)", snippet)}
    command = ["make", "help"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert named and named <= set(re.findall(r"^make ([a-z]+)", printed, re.MULTILINE))


def test_pictures_of_the_readme_exist():
    pictures = re.findall(r"!\[[^]]{40,}\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert pictures and [path for path in pictures if not (ROOT / path).exists()] == []
