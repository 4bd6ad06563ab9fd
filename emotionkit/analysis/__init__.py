"""Layer 5: from the rows of a lesson to figures with their uncertainty. Takes and gives pandas frames."""

from emotionkit.analysis.changes import Changes, lesson_changes
from emotionkit.analysis.codes import read_codes
from emotionkit.analysis.comparison import LessonDifference, against_course, lesson_difference, lesson_differences
from emotionkit.analysis.course import CourseFigures, course_figures, course_histogram, over_lessons
from emotionkit.analysis.coverage import Coverage, lesson_coverage
from emotionkit.analysis.histogram import ClassHistogram, class_histogram
from emotionkit.analysis.intraclass import expression_reliability, intraclass_correlations
from emotionkit.analysis.kappa import cohen_kappas, fleiss_kappas
from emotionkit.analysis.lesson_figures import LessonFigures, lesson_figures, segment_histograms, student_histograms
from emotionkit.analysis.people import enrolled_people, people_at, read_places
from emotionkit.analysis.prevalence import Prevalence, corrected_prevalence
from emotionkit.analysis.ratings import (
    coded_windows,
    confusion,
    enough_students,
    expression_shares,
    majority,
    read_windows,
    with_network,
)
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
    "coded_windows",
    "cohen_kappas",
    "confusion",
    "corrected_prevalence",
    "course_figures",
    "course_histogram",
    "course_student_means",
    "course_trend",
    "enough_students",
    "enrolled_people",
    "expression_reliability",
    "expression_shares",
    "fleiss_kappas",
    "intraclass_correlations",
    "large_enough",
    "large_lessons",
    "lesson_changes",
    "lesson_coverage",
    "lesson_difference",
    "lesson_differences",
    "lesson_figures",
    "lesson_student_means",
    "lesson_timeline",
    "majority",
    "over_lessons",
    "people_at",
    "read_codes",
    "read_places",
    "read_windows",
    "segment_histograms",
    "student_histograms",
    "student_means",
    "with_network",
    "withhold_small_groups",
]
