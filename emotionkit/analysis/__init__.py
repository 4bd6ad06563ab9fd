"""Layer 5: from the rows of a lesson to figures with their uncertainty. Takes and gives pandas frames."""

from emotionkit.analysis.changes import Changes, lesson_changes
from emotionkit.analysis.comparison import LessonDifference, against_course, lesson_difference, lesson_differences
from emotionkit.analysis.course import CourseFigures, course_figures, course_histogram, over_lessons
from emotionkit.analysis.coverage import Coverage, lesson_coverage
from emotionkit.analysis.histogram import ClassHistogram, class_histogram
from emotionkit.analysis.lesson_figures import LessonFigures, lesson_figures, segment_histograms, student_histograms
from emotionkit.analysis.prevalence import Prevalence, corrected_prevalence
from emotionkit.analysis.running import RecentChange, RunningClass
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.analysis.student_means import course_student_means, lesson_student_means, student_means
from emotionkit.analysis.timeline import Timeline, lesson_timeline
from emotionkit.analysis.trend import CourseTrend, course_trend
from emotionkit.analysis.withholding import large_enough, large_lessons, withhold_small_groups

__all__ = [
    "AnalysisSettings",
    "Changes",
    "ClassHistogram",
    "CourseFigures",
    "CourseTrend",
    "Coverage",
    "LessonDifference",
    "LessonFigures",
    "Prevalence",
    "RecentChange",
    "RunningClass",
    "Timeline",
    "against_course",
    "class_histogram",
    "corrected_prevalence",
    "course_figures",
    "course_histogram",
    "course_student_means",
    "course_trend",
    "large_enough",
    "large_lessons",
    "lesson_changes",
    "lesson_coverage",
    "lesson_difference",
    "lesson_differences",
    "lesson_figures",
    "lesson_student_means",
    "lesson_timeline",
    "over_lessons",
    "segment_histograms",
    "student_histograms",
    "student_means",
    "withhold_small_groups",
]
