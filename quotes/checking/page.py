from collections.abc import Sequence
from quotes.checking.values import Finding
def page(findings: Sequence[Finding]) -> str:
    return ""
