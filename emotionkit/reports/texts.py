"""Every word of the report for teachers: another language is another file like this one.

Texts with braces are filled by ``str.format``; whatever fills them is escaped by the templates.
"""

from __future__ import annotations

LANGUAGE = "en"

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
FACES = "Faces at a time"
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
FACES_VALUE = "{mean} on average, {most} at most"

SUMMARY = (
    "Faces looked {first} for {first_share} of the time and {second} for {second_share}, "
    "averaged over the {students} seen. A face could be read during {seen} of the lesson."
)
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
    "{group} students or more, so that it never speaks of one of them; what fewer looked like is left out. Below is "
    "how much was seen."
)

EXPRESSIONS = "Expressions in the whole lesson"
EXPRESSIONS_CAPTION = {
    "students": (
        "Bars: share of the time of an average student; {students} seen. Thin lines: where the share would lie, 19 "
        "times out of 20, had other students like these sat in this lesson. What differs by less than these lines may "
        "be chance."
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
EXPRESSIONS_TABLE = "The numbers behind this figure"
EFFECTIVE_NOTE = (
    "“Worth” says how many unconnected readings would be as informative as the {readings} that were made: pictures of "
    "the same student moments apart say almost the same."
)

TIMELINE = "Through the lesson"
TIMELINE_CAPTION = (
    "One strip per expression, all to the same scale; each point is the average of {bin}. Shaded: the range of 19 "
    "times out of 20 (see above), for each point alone. Where no face was seen there is a gap. At the bottom: faces at "
    "a time."
)
TIMELINE_WITHHELD = (
    "{points} points of {bin} are left out: fewer than {group} students were seen then, or what was left out elsewhere "
    "could be worked out from them."
)
TIMELINE_ALT = "Line charts of the share of each apparent expression from 0:00 to {end}. {peaks}."
TIMELINE_PEAK = "{emotion} was highest at {time} with {share}"
TIMELINE_TABLE = "The numbers behind this figure"
TIMELINE_START = "From time"
TIMELINE_FACES = "Faces"
FACES_AXIS = "Faces"

QUALITY = "What these figures stand on"
QUALITY_TERMS = {
    "seen": "Part of the lesson with a readable face",
    "frames": "Pictures looked at",
    "found": "Faces found in them",
    "used": "Faces read",
    "quality": "Left out: too small, blurred or turned away",
    "students": "People told apart",
    "brief": "Of these, seen only briefly",
    "effective": "Worth, in students seen throughout",
}
QUALITY_VALUES = {"seen": "{share} ({seconds} of {total})", "quality": "{faces} ({share})"}
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
COURSE_NOTHING = "Against {lessons}, nothing differs by more than chance."
COURSE_LEAD = "Against {lessons}, more than chance:"
COURSE_LESSONS = ("the one earlier lesson", "the {count} earlier lessons")
COURSE_MORE = "{emotion} more often: {here} of the time, {there} before"
COURSE_LESS = "{emotion} less often: {here} of the time, {there} before"
COURSE_MORE_ALONE = "{emotion} more often"
COURSE_LESS_ALONE = "{emotion} less often"
COURSE_TABLE = "The numbers behind this comparison"
COURSE_COLUMNS = ("Expression", "Here", "Before", "Difference", "From", "To", "By chance")
COURSE_NOTE = {
    "paired": "The same {students} are compared with their own earlier lessons.",
    "independent": (
        "Students are not known from lesson to lesson, so each lesson counts as one of different people; that makes "
        "the comparison more careful than it need be."
    ),
}
COURSE_CHANCE = (
    "Chance here means which students sat there and how they happened to look. Every lesson has its own topic and "
    "hour: a difference does not say why."
)
