"""What a case is; the fields are told in README.md."""
from dataclasses import dataclass, field
from typing import Any, Callable


@dataclass(frozen=True)
class Case:
    rule: str
    what: str
    call: str = ""
    reference: Callable[..., Any] | None = None
    fix: int | str = 0
    make: dict = field(default_factory=dict)
    predictions: str = "probabilities"
    labels: str = "onehot"
    space: int = 2
    classes: int = 4
    inputs: tuple | list = ("made", "absent", "fixtures")
    vectors: str | None = None
    framework: str | None = None
    before: str = ""
    run: bool = True
    gradient: bool = True

    def framework_of(self, code: str) -> str:
        if self.framework is not None:
            return self.framework
        if "import torch" in code or "monai" in code or "from torch" in code:
            return "torch"
        return "jax" if "import jax" in code else "keras"


# Functions of PyTorch get predictions first, unless their first parameter is one of these.
TRUTH = ("y_true", "target", "targets", "label", "labels", "true", "mask", "masks", "gt", "y")
