"""The site's own Sphinx extension: what no package does for the pages of this course."""

import json
import re


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("source-read", show_exercises)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def show_exercises(app, name, source):
    """Prepare the notebooks of exercises and solutions to be read as pages.

    An exercise stores what its checks print for a right answer, and says so below
    each of them: once is enough. A solution marks its answers for `make exercises`.
    """
    if name.startswith("exercises/"):
        notebook = json.loads(source[0])
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = []
        source[0] = json.dumps(notebook)
    elif name.startswith("solutions/"):
        unmarked = re.sub(r"^ *# (BEGIN|END) SOLUTION\n", "", source[0], flags=re.MULTILINE)
        source[0] = unmarked.replace("# Exercises:", "# Solutions:", 1)
