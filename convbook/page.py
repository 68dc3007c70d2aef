"""What a page needs of the book: numbers of its run, handed on to its sentences."""

from IPython.display import Markdown
from myst_nb import glue


def quote(**numbers):
    """Hand numbers to the text, which shows them with ``{glue:text}`` roles.

    So no measured number is typed into a sentence. NumPy scalars become plain
    numbers, because the book formats them from their text.
    """
    for name, number in numbers.items():
        glue(name, getattr(number, "item", lambda n=number: n)(), display=False)


def table(header, rows):
    """Return a Markdown table: `header` a list of texts, `rows` lists of texts or numbers."""
    lines = [header, ["---"] + ["--:"] * (len(header) - 1), *rows]
    return Markdown("\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines))
