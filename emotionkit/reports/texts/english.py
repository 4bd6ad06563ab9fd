"""The words of the reports in English; another language is another file with the same names."""

from __future__ import annotations

LANGUAGE = "en"
PERCENT = "{value}%"
DECIMAL_MARK = "."
THOUSANDS_MARK = ","

EMOTIONS = {
    "angry": "Angry",
    "disgust": "Disgusted",
    "fear": "Fearful",
    "happy": "Happy",
    "neutral": "Neutral",
    "sad": "Sad",
    "surprise": "Surprised",
}
"""How the seven apparent expressions are called."""

COURSE = "Course"
TEACHER = "Teacher"
DATE = "Date"
LENGTH = "Length"
UNKNOWN = "not known"
DATE_FORMAT = "{day} {month} {year}, {time}"
DAY_FORMAT = "{day} {month} {year}"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

SUMMARY = "Faces looked {first} for {first_share} of the time and {second} for {second_share}."
SEEN = "That is the average of the {students} seen, {mean} at a time; a face could be read during {seen} of the lesson."
OPENING_LEAD = "Against {lessons}{same}: {differences}."
OPENING_MORE = "{emotion} more often ({here}, {there} before)"
OPENING_LESS = "{emotion} less often ({here}, {there} before)"
OPENING_SAME = " (of the {students} known from before)"
OPENING_MORE_ALONE = "{emotion} more often"
OPENING_LESS_ALONE = "{emotion} less often"
OPENING_NO_EARLIER = "No earlier lesson of this course is here to compare with."
STUDENTS = ("one person", "{count} people")

NO_FACE = "No face was seen in this lesson."
NO_FACE_WHY = (
    "{frames} pictures of the recording were looked at, spread over {length}, and no face was found in any of them. "
    "That happens when cameras are off, when the recording shows slides or a shared screen, or when the faces are very "
    "small. It says nothing about the class."
)
NO_USABLE_FACE = "No face in this lesson was clear enough to read."
NO_USABLE_FACE_WHY = (
    "{frames} pictures of the recording were looked at, spread over {length}. Faces were found {found} times, but all "
    "were too small, too blurred, too dark or turned too far away. It says nothing about the class."
)
WITHHELD = "Too few students were seen for figures about a group."
WITHHELD_WHY = (
    "{students} seen, with a face that could be read during {seen} of the lesson. What this page shows speaks of "
    "{group} students or more, seen for more than a moment, so that it never speaks of one of them; what fewer looked "
    "like is left out. Below is how much was seen."
)

EXPRESSIONS = "Expressions in the whole lesson"
EXPRESSIONS_OVER = "Expressions over all lessons"
EXPRESSIONS_SEEN = "; {students} seen"
EXPRESSIONS_CAPTION = {
    "students": (
        "Bars: share of the time of an average student{seen}. Thin lines: where the share would lie, "
        "{times} times out of {out_of}, had other students like these sat here. What differs by less may be chance."
    ),
    "lessons": (
        "Bars: share of the time in an average lesson. Thin lines: where the share would lie, {times} times out of "
        "{out_of}, with other lessons like these. What differs by less may be chance."
    ),
    "time": (
        "Bars: share of this person's time. Thin lines: how far it depends on the moments looked at. With one student "
        "nothing can be said about a class."
    ),
    "nothing": "Bars: share of the time. Too little was seen to say how sure these shares are.",
}
EXPRESSIONS_ALT = "Bar chart of the share of each apparent expression: {values}."
SHARE = "Share"
FROM = "From"
TO = "To"
EXPRESSION = "Expression"
EFFECTIVE = "Worth (readings)"
NUMBERS = "The numbers behind this figure"
NUMBERS_ENDS = "In brackets: where each share lies, {times} times out of {out_of}, in per cent."
ABOUT = "What"
EFFECTIVE_NOTE = (
    "“Worth” says how many unconnected readings would be as informative as the {readings} that were made: pictures of "
    "the same student moments apart say almost the same."
)

TIMELINE = "Through the lesson"
TIMELINE_CAPTION = (
    "One strip per expression, all to one scale but neutral; each point is the average of {bin}. Shaded: the range of "
    "{times} times out of {out_of} (see above), for each point alone. Where no face was seen there is a gap. At the "
    "bottom: faces at a time."
)
TIMELINE_WITHHELD = (
    "Points of {bin} left out: {points}. Fewer than {group} students were seen then, or what was left out elsewhere "
    "could be worked out from them."
)
TIMELINE_ALT = "Line charts of the share of each apparent expression from 0:00 to {end}. {peaks}."
TIMELINE_PEAK = "{emotion} was highest at {time} with {share}"
TIMELINE_MOMENTS = "Black triangles: times at which the class changed by more than chance, told below."
TIMELINE_START = "From time"
TIMELINE_FACES = "Faces"
FACES_AXIS = "Faces"

QUALITY = "What these figures stand on"
QUALITY_TERMS = {
    "seen": "Part of the lesson with a readable face",
    "frames": "Pictures looked at",
    "dropped": "Left out: no time for them while the class ran",
    "gaps": "Picture lost",
    "found": "Faces found in them",
    "used": "Faces read",
    "quality": "Left out: too small, blurred or turned away",
    "students": "People told apart",
    "brief": "Of these, seen only briefly",
    "effective": "Worth, in students seen throughout",
}
QUALITY_VALUES = {
    "seen": "{share} ({seconds} of {total})",
    "quality": "{faces} ({share})",
}
QUALITY_GAPS = ("once, {total}", "{times} times, {total} in all")
QUALITY_NOTE = (
    "A person seen for less than {full} of the lesson counts less, in proportion. Somebody who leaves and comes back "
    "may be taken for two people."
)

GUIDE = "How to read this, and what it cannot tell you"
GUIDE_POINTS = (
    "This is about how faces looked, not about what anyone felt, thought or learned. A still face can belong to an "
    "absorbed student, a frown to one who is thinking hard.",
    "A program judged single pictures, one by one. It is often wrong about one face; only averages over many faces and "
    "minutes mean anything, and rare expressions least of all.",
    "Programs of this kind read some faces less well than others, depending on age, skin, glasses, light and culture. "
    "Part of what you see is that, not your class.",
    "Only faces on camera are here. Those who had it off, or looked away, may have been quite different.",
    "Do not use this to grade or judge a person. Use it to ask: what happened at that moment, and what do I remember?",
)

FOOTER = "Lesson {lesson_id}. Made by emotionkit {version}; settings {fingerprint}, network {model}."
ELLIPSIS = "…"

MOMENTS = "When the class changed"
MOMENTS_LEAD = "Times at which several faces changed together, more than chance would bring in a whole lesson:"
MOMENTS_SOME = "The {shown} largest of {all} times at which several faces changed together, more than by chance:"
MOMENTS_NONE = "At no time did faces change together more than by chance."
MOMENT_RISE = "{emotion} rose from {before} to {after}"
MOMENT_FALL = "{emotion} fell from {before} to {after}"
MOMENT_BETWEEN = "{told} (between {early} and {late})"
MOMENT_RISE_ALONE = "{emotion} rose"
MOMENT_FALL_ALONE = "{emotion} fell"
MOMENTS_TABLE = "The numbers behind this list"
MOMENTS_COLUMNS = ("Time", "Not before", "Not after", "Expression", "Before", "After", "Change from", "Change to")
MOMENTS_NOTE = (
    "Shares are averages of the seconds just before and after. As the largest changes are listed, they look somewhat "
    "larger than they are. A change of light or picture for all is a change as well."
)

COURSE_SO_FAR = "Compared with the course so far"
COURSE_NO_EARLIER = "No earlier lesson of this course is known, so there is nothing to compare with."
COURSE_TOO_FEW = "Too few students were seen to compare this lesson with earlier ones."
COURSE_FEW_EARLIER = "In earlier lessons too few students were seen to compare this one with them."
COURSE_NOTHING = "Against {lessons}, nothing differs by more than chance."
COURSE_SMALL = "Against {lessons}, what differs by more than chance differs by less than a percentage point."
COURSE_LEAD = "Against {lessons}, more than chance:"
COURSE_LESSONS = ("the one earlier lesson", "the {count} earlier lessons")
COURSE_LESSONS_SOME = "{count} of the {all} earlier lessons"
COURSE_MORE = "{emotion} more often: {here} of the time, {there} before"
COURSE_LESS = "{emotion} less often: {here} of the time, {there} before"
COURSE_MORE_ALONE = "{emotion} more often"
COURSE_LESS_ALONE = "{emotion} less often"
COURSE_TABLE = "The numbers behind this comparison"
COURSE_COLUMNS = ("Expression", "Here", "Before", "Difference", "From", "To", "By chance")
COURSE_NOTE = {
    "paired": "The same {students} are compared with their own earlier lessons.",
    "independent": (
        "Too few students are known from lesson to lesson, so each lesson counts as one of different people; that "
        "makes the comparison more careful than it need be."
    ),
}
COURSE_CHANCE = (
    "Chance here means which students sat there and how they happened to look. Every lesson has its own topic and "
    "hour: a difference does not say why."
)
COURSE_IN_TABLE = "Differences of less than a percentage point are left to the table."

PARTS = "The parts of the lesson"
PART = "Part"
PARTS_CAPTION = (
    "Each part as if it were a lesson of its own, all to one scale, without neutral. A part in which fewer than "
    "{group} students were seen, or that would reveal one, is left out."
)
STUDENTS_SHOWN = "Students who agreed to be shown"
STUDENT = "Student"
STUDENTS_CAPTION = (
    "Only students with a consent that stands. Thin lines: how far it depends on the moments looked at. One face is "
    "misread easily and in the same way all lesson: compare students with themselves, never with each other."
)
STUDENTS_WITHHELD = (
    "Left out: with them known, the figures of the class would speak of fewer than {group} of the others."
)
PICTURES = "pictures"
TOO_FEW = "too few students"
MORE_IN_TABLE = "The first {count} are drawn; all are in the table."

LESSONS = "Lessons"
PERIOD = "From"
PERIOD_VALUE = "{first} to {last}"
LESSON = "Lesson"
COURSE_SEEN = "That is the average over {lessons}, in which {students} were seen in all."
COURSE_SEEN_UNKNOWN = "That is the average over {lessons}."
COUNTED_LESSONS = ("one lesson", "{count} lessons")
COURSE_WITHHELD = "In no lesson were enough students seen for more than a moment for figures about a group."
COURSE_WITHHELD_WHY = (
    "Figures speak of {group} students or more, so that they never speak of one of them. Each lesson's own report "
    "tells how much was seen."
)
TREND_NONE = "From lesson to lesson, nothing grew or faded by more than chance."
TREND_SMALL = (
    "What grew or faded from lesson to lesson by more than chance did so by less than 0.1 percentage points a week."
)
TREND_TOO_FEW = "There are too few lessons with a date, or too few students in them, to say what grew or faded."
TREND_SAID = "From lesson to lesson, more than chance: {trends}."
TREND_UP = "{emotion} grew by {points} percentage points a week"
TREND_DOWN = "{emotion} faded by {points} percentage points a week"
TREND = "What grows and what fades"
TREND_TABLE = "The numbers behind this"
TREND_COLUMNS = ("Expression", "Change a week", "From", "To", "By chance")
TREND_NOTE = {
    "students and lessons": "Chance here means which students there were and what the lessons happened to be like.",
    "students": (
        "Chance here means which students there were. So few lessons say nothing of how the course would go on."
    ),
}
OVER_LESSONS = "Lesson by lesson"
OVER_LESSONS_CAPTION = (
    "One strip per expression, all to one scale but neutral; a point per lesson, by date. Thick lines: where the share "
    "would lie, {times} times out of {out_of}. A lesson of fewer than {group} students, seen for more than a "
    "moment, is a gap."
)
OVER_LESSONS_STUDENT = (
    "One strip per expression, all to one scale but neutral; a point per lesson, by date. Thick lines: how far it "
    "depends on the moments looked at. A lesson in which no face could be read is a gap."
)
OVER_LESSONS_ALT = "Charts of the share of each apparent expression in {lessons}. Last: {values}."
STUDENT_SEEN = "That is the average over {lessons} that a consent covers."
STUDENT_LEFT_OUT = (
    "Left out: {lessons}, in which, with those known who agreed, the figures of the class would speak of fewer than "
    "{group} of the others."
)
STUDENT_CAUTION = (
    "A report about one person is the least certain of all: one face is misread easily, and in the same way in every "
    "lesson. It belongs to the student as much as to you; look at it together."
)
COURSE_FOOTER = "Made by emotionkit {version} of {lessons} in {course}."
STUDENT_FOOTER = "Student {student_id}. Made by emotionkit {version}."

INDEX = "Reports"
INDEX_EMPTY = "No lesson has been processed yet."
INDEX_SEARCH = "Search lessons, courses, teachers and dates"
INDEX_FOUND = "{shown} of {all} lessons"
INDEX_NO_COURSE = "Without a course"
INDEX_WHOLE_COURSE = "The whole course"
INDEX_NO_REPORT = "no report yet"
