"""Lesson 9: real images, in mini-batches."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, IterationsDone, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget, PanelTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "digits",
        "digits",
        title=tr("Handwritten digits"),
        look=tr(
            "Two convolutions, each with a ReLU and a pooling that halves the image, then one linear layer with ten"
            " outputs, one for each digit.",
        ),
        new=tr(
            "Real data: each iteration takes the next 64 images, so the loss jumps from batch to batch while it falls."
            " The loss is the cross-entropy of ten classes.",
        ),
        steps=_steps(),
        question=tr("Why does the loss start near 2.3?"),
        answer=tr(
            "Before training, the network gives each of the ten digits about the same probability, 1/10. The"
            " cross-entropy is −ln of the probability of the right one: −ln 0.1 = 2.303. A first loss far from it"
            " means that something is wrong at the start.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    images, log_softmax, pool = NodeTarget("x"), NodeTarget("log_softmax"), NodeTarget("max_pool2d_with_indices", 2)
    return (
        LessonStep(
            tr("Select `x`: 64 images of one channel and 8 × 8 pixels, other ones in each iteration."),
            (images, LineTarget("for rows in torch.randperm(len(images)).split(batch_size):")),
            NodeSelected(images),
        ),
        LessonStep(
            tr(
                "Press [F8], Next phase, until backward begins, then [F11]: `log_softmax` is next. With"
                " `nll_loss` below, it is what `nn.CrossEntropyLoss` consists of."
            ),
            (ActionTarget("next_phase"), ActionTarget("step_in"), log_softmax),
            AtPoint("backward", log_softmax),
        ),
        LessonStep(
            tr(
                "Go on with [F11] until a pooling is next. Of each four values only the"
                " largest went on, so only that one gets the gradient."
            ),
            (ActionTarget("step_in"), pool, LineTarget("h = self.pool(self.conv2(h).relu())")),
            AtPoint("backward", pool),
        ),
        LessonStep(
            tr("Press [F5], Continue: the loss falls from about 2.3 to about 0.1."),
            (ActionTarget("run"), PanelTarget("loss")),
            IterationsDone(200),
        ),
    )
