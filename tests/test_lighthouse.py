"""Lighthouse, as a slow phone loads the pages that readers meet: nothing to mend is found.

What it says of speed depends on the machine: `make bench` measures that.
"""

import browsing
import pytest
from browsing import TEXTS


@pytest.mark.parametrize("page", TEXTS)
def test_lighthouse_finds_nothing_to_mend(page, origin, chromium):
    report = browsing.lighthouse(f"{origin}/{page}.html", "accessibility", "best-practices", "seo")
    faults = {
        audit["id"]: audit.get("details")
        for category in report["categories"].values()
        for audit in (report["audits"][ref["id"]] for ref in category["auditRefs"] if ref["weight"])
        if audit["score"] not in (1, None)
    }
    assert faults == {}
