"""Layer 5: from the rows of a lesson to figures with their uncertainty. Takes and gives pandas frames."""

from emotionkit.analysis.coverage import Coverage, lesson_coverage
from emotionkit.analysis.histogram import ClassHistogram, class_histogram
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.analysis.timeline import Timeline, lesson_timeline
from emotionkit.analysis.withholding import withhold_small_groups

__all__ = [
    "AnalysisSettings",
    "ClassHistogram",
    "Coverage",
    "Timeline",
    "class_histogram",
    "lesson_coverage",
    "lesson_timeline",
    "withhold_small_groups",
]
