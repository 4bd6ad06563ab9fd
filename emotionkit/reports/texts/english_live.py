"""The words of what teacher and participants see while a class runs, in English."""

from __future__ import annotations

UNTITLED = "Class of {date}"

TITLE = "The class now"
STATE = {
    "connecting": "Connecting …",
    "running": "Live",
    "lost": "Picture lost",
    "ended": "The class has ended",
    "offline": "No connection to emotionkit",
}
STATE_LOST = "{source} {reason} Trying again; the time without a picture stays empty below."
STATE_ENDED = "It is being stored as {lesson_id}; its report can be made then."
STATE_STORED = "It is stored as {lesson_id}; its report can be made now."
NO_PICTURE = "No picture came, so nothing is stored."
NOT_STORED = "{reason} The class is not stored; what was written of it is kept for `emotionkit live --resume`."
STATE_OFFLINE = (
    "This page shows what was last known. It goes on by itself when the connection is back; a class that is begun anew "
    "has a new page."
)
STATE_RUNNING = "{clock} of class"
UNWRITTEN = "{reason} What is read stays in memory and is written as soon as that is mended."
FACES = ("no face is seen", "one face is seen", "{count} faces are seen")
FACES_UNUSABLE = "{count} more cannot be read"
NOTICE_LINK = "Page for the participants"
END = "End the class"

HINTS = "What changed"
HINT_NONE = "Nothing in the last minute differs from the lesson before by more than chance."
HINT_TOO_EARLY = "Two minutes with {group} faces are needed before changes can be told from chance."
HINT_MORE = "{emotion}: more in the last minute than before"
HINT_LESS = "{emotion}: less in the last minute than before"

EXPRESSIONS = "The last minute, and the lesson so far"
EXPRESSIONS_CAPTION = (
    "Bar and first number: last minute. Line below and second number: the lesson so far. Thin lines: where the share "
    "would lie, 19 times out of 20, with other students like these. What differs by less may be chance."
)
EXPRESSIONS_ROW = "{emotion}: {minute} in the last minute, {so_far} in the lesson so far"
MINUTE = "minute"
SO_FAR = "so far"
NOTHING = "–"
WITHHELD = (
    "Fewer than {group} faces could be read at once, so nothing is shown: figures here speak of {group} students or "
    "more, never of one of them."
)

TIMELINE = "Through the lesson"
TIMELINE_CAPTION = "Each strip: share from 0 to {top}, one step per {bin}. Grey: no picture or too few faces."
TIMELINE_ALT = "{emotion} from 0:00 to {end}"
FACES_AXIS = "Faces"
FACES_TOP = "0 to {top}"

READ_THIS = (
    "This is how faces look, not what anyone feels, thinks or learns. Judge no one by it; ask the class instead."
)
LOSSES_DROPPED = (
    "",
    "One picture was left out because this machine had no time for it.",
    "{count} pictures were left out because this machine had no time for them.",
)
LOSSES_GAPS = ("", "The source was lost once.", "The source was lost {count} times.")

NOTICE_TITLE = "About the analysis of this class"
NOTICE_SIGN = {
    "connecting": "Analysis is starting",
    "running": "Analysis is on",
    "lost": "Analysis is on, without a picture right now",
    "ended": "Analysis is off",
    "offline": "This page has lost its connection, so it does not know whether analysis is on",
}
NOTICE_PURPOSES = {
    "research": "research",
    "medical or safety": "medical or safety reasons",
    "teaching feedback": "teaching feedback",
    "demonstration": "demonstration",
}
NOTICE_PURPOSE = "Done for: {purpose}. Jurisdiction: {jurisdiction}."
NOTICE_POINTS = (
    "A program looks at the faces in this class and estimates how their expressions look: angry, disgusted, fearful, "
    "happy, neutral, sad or surprised. It cannot tell what anyone feels or thinks, and it is often wrong.",
    "Your teacher sees averages over the class, never over fewer than {group} people, and never your name or face.",
    "Numbers are stored on this computer: where a face was, and what it looked like to the program. No picture and no "
    "sound is kept, and nothing is sent anywhere.",
    "You may turn your camera off: the program then sees nothing of you. Ask your teacher for anything stored to be "
    "erased.",
    "If you do not agree, say so to your teacher or turn your camera off. That must have no consequences for you.",
)
