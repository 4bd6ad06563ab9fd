"""Die Worte der Berichte auf Deutsch."""

from __future__ import annotations

LANGUAGE = "de"
PERCENT = "{value}\N{NO-BREAK SPACE}%"
DECIMAL_MARK = ","
THOUSANDS_MARK = "."

EMOTIONS = {
    "angry": "Verärgert",
    "disgust": "Angewidert",
    "fear": "Ängstlich",
    "happy": "Fröhlich",
    "neutral": "Neutral",
    "sad": "Traurig",
    "surprise": "Überrascht",
}

COURSE = "Kurs"
TEACHER = "Lehrkraft"
DATE = "Datum"
LENGTH = "Dauer"
UNKNOWN = "nicht bekannt"
DATE_FORMAT = "{day}. {month} {year}, {time} Uhr"
DAY_FORMAT = "{day}. {month} {year}"
MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)

SUMMARY = "Gesichter wirkten {first_share} der Zeit {first} und {second_share} der Zeit {second}."
SEEN = (
    "Das ist der Durchschnitt über {students}, {mean} gleichzeitig; während {seen} der Stunde war ein Gesicht lesbar."
)
OPENING_LEAD = "Im Vergleich mit {lessons}{same}: {differences}."
OPENING_MORE = "{emotion} häufiger ({here}, zuvor {there})"
OPENING_LESS = "{emotion} seltener ({here}, zuvor {there})"
OPENING_SAME = " (bei den {students}, die von zuvor bekannt sind)"
OPENING_MORE_ALONE = "{emotion} häufiger"
OPENING_LESS_ALONE = "{emotion} seltener"
OPENING_NO_EARLIER = "Eine frühere Stunde dieses Kurses zum Vergleichen gibt es hier nicht."
STUDENTS = ("eine Person", "{count} Personen")

NO_FACE = "In dieser Stunde war kein Gesicht zu sehen."
NO_FACE_WHY = (
    "{frames} Bilder der Aufnahme wurden angesehen, verteilt über {length}, und in keinem fand sich ein Gesicht. Das "
    "kommt vor, wenn Kameras aus sind, wenn die Aufnahme Folien oder einen geteilten Bildschirm zeigt oder wenn die "
    "Gesichter sehr klein sind. Über die Klasse sagt es nichts."
)
NO_USABLE_FACE = "Kein Gesicht war deutlich genug, um es zu lesen."
NO_USABLE_FACE_WHY = (
    "{frames} Bilder der Aufnahme wurden angesehen, verteilt über {length}. Gesichter fanden sich {found}-mal, doch "
    "alle waren zu klein, zu unscharf, zu dunkel oder zu weit abgewandt. Über die Klasse sagt es nichts."
)
WITHHELD = "Zu wenige waren zu sehen, um etwas über eine Gruppe zu sagen."
WITHHELD_WHY = (
    "Gesehen: {students}; während {seen} der Stunde war ein Gesicht lesbar. Was diese Seite zeigt, spricht von {group} "
    "oder mehr, die mehr als einen Augenblick zu sehen waren, damit es nie von einem Einzelnen spricht; wie weniger "
    "aussahen, bleibt weg. Unten steht, wie viel zu sehen war."
)

EXPRESSIONS = "Ausdrücke in der ganzen Stunde"
EXPRESSIONS_OVER = "Ausdrücke über alle Stunden"
EXPRESSIONS_SEEN = "; {students} gesehen"
EXPRESSIONS_CAPTION = {
    "students": (
        "Balken: Anteil an der Zeit im Mittel{seen}. Dünne Linien: wo der Anteil in {times} von "
        "{out_of} Fällen läge, hätten hier andere wie diese gesessen. Kleinere Unterschiede können Zufall sein."
    ),
    "lessons": (
        "Balken: Anteil an der Zeit in einer mittleren Stunde. Dünne Linien: wo der Anteil in {times} von "
        "{out_of} Fällen läge, in anderen Stunden wie diesen. Kleinere Unterschiede können Zufall sein."
    ),
    "time": (
        "Balken: Anteil an der Zeit dieser Person. Dünne Linien: wie sehr er von den angesehenen Augenblicken abhängt. "
        "Eine Person sagt nichts über eine Klasse."
    ),
    "nothing": "Balken: Anteil an der Zeit. Es war zu wenig zu sehen, um zu sagen, wie sicher er ist.",
}
EXPRESSIONS_ALT = "Balkendiagramm der Anteile der scheinbaren Ausdrücke: {values}."
SHARE = "Anteil"
FROM = "Von"
TO = "Bis"
EXPRESSION = "Ausdruck"
EFFECTIVE = "Wert (Ablesungen)"
NUMBERS = "Die Zahlen hinter dieser Abbildung"
NUMBERS_ENDS = "In Klammern: wo jeder Anteil in {times} von {out_of} Fällen liegt, in Prozent."
ABOUT = "Was"
EFFECTIVE_NOTE = (
    "„Wert“ sagt, wie viele voneinander unabhängige Ablesungen so viel sagen würden wie die {readings}, die gemacht "
    "wurden: Bilder derselben Person kurz nacheinander sagen fast dasselbe."
)

TIMELINE = "Durch die Stunde"
TIMELINE_CAPTION = (
    "Ein Streifen je Ausdruck, alle außer „neutral“ im selben Maßstab; jeder Punkt ist der Durchschnitt von {bin}. "
    "Schattiert: der Bereich von {times} aus {out_of} Fällen (siehe oben), für jeden Punkt allein. Wo kein Gesicht "
    "zu sehen war, ist eine Lücke. Ganz unten: Gesichter gleichzeitig."
)
TIMELINE_WITHHELD = (
    "Fehlende Punkte von {bin}: {points}. Es waren weniger als {group} zu sehen, oder was anderswo fehlt, ließe sich "
    "aus ihnen berechnen."
)
TIMELINE_ALT = "Verläufe des Anteils jedes scheinbaren Ausdrucks von 0:00 bis {end}. {peaks}."
TIMELINE_PEAK = "{emotion} am höchsten bei {time} mit {share}"
TIMELINE_MOMENTS = "Schwarze Dreiecke: Zeitpunkte, zu denen sich die Klasse mehr als zufällig änderte; siehe unten."
TIMELINE_START = "Ab"
TIMELINE_FACES = "Gesichter"
FACES_AXIS = "Gesichter"

QUALITY = "Worauf diese Zahlen beruhen"
QUALITY_TERMS = {
    "seen": "Teil der Stunde mit einem lesbaren Gesicht",
    "frames": "Angesehene Bilder",
    "dropped": "Weggelassen: keine Zeit dafür, während die Stunde lief",
    "gaps": "Kein Bild",
    "found": "Gesichter darin",
    "used": "Gelesene Gesichter",
    "quality": "Weggelassen: zu klein, unscharf oder abgewandt",
    "students": "Unterschiedene Personen",
    "brief": "Davon nur kurz zu sehen",
    "effective": "Entspricht so vielen durchgehend gesehenen",
}
QUALITY_VALUES = {
    "seen": "{share} ({seconds} von {total})",
    "quality": "{faces} ({share})",
}
QUALITY_GAPS = ("einmal, {total}", "{times}-mal, zusammen {total}")
QUALITY_NOTE = (
    "Wer weniger als {full} der Stunde zu sehen war, zählt entsprechend weniger. Wer geht und wiederkommt, kann für "
    "zwei gehalten werden."
)

GUIDE = "Wie das zu lesen ist und was es nicht sagen kann"
GUIDE_POINTS = (
    "Es geht darum, wie Gesichter aussahen, nicht was jemand fühlte, dachte oder lernte. Ein unbewegtes Gesicht kann "
    "versunken sein, ein Stirnrunzeln angestrengtes Denken.",
    "Ein Programm beurteilte einzelne Bilder, eines nach dem anderen. Bei einem Gesicht irrt es sich oft; nur der "
    "Durchschnitt vieler Gesichter und Minuten bedeutet etwas, bei seltenen Ausdrücken am wenigsten.",
    "Programme dieser Art lesen manche Gesichter schlechter als andere, je nach Alter, Haut, Brille, Licht und Kultur. "
    "Ein Teil dessen, was Sie sehen, ist das und nicht Ihre Klasse.",
    "Nur Gesichter vor einer Kamera kommen vor. Wer sie aus hatte oder wegsah, kann ganz anders gewesen sein.",
    "Benoten und beurteilen Sie damit niemanden. Fragen Sie damit: Was geschah in diesem Augenblick, und woran "
    "erinnere ich mich?",
)

FOOTER = "Stunde {lesson_id}. Erstellt von emotionkit {version}; Einstellungen {fingerprint}, Netz {model}."
ELLIPSIS = "…"

MOMENTS = "Wann sich die Klasse änderte"
MOMENTS_LEAD = "Zeitpunkte, zu denen sich mehrere Gesichter gemeinsam änderten, mehr als durch Zufall:"
MOMENTS_SOME = (
    "Die {shown} größten von {all} Zeitpunkten, zu denen sich mehrere Gesichter gemeinsam mehr als zufällig änderten:"
)
MOMENTS_NONE = "Zu keinem Zeitpunkt änderten sich Gesichter gemeinsam mehr als durch Zufall."
MOMENT_RISE = "{emotion} stieg von {before} auf {after}"
MOMENT_FALL = "{emotion} fiel von {before} auf {after}"
MOMENT_BETWEEN = "{told} (zwischen {early} und {late})"
MOMENT_RISE_ALONE = "{emotion} stieg"
MOMENT_FALL_ALONE = "{emotion} fiel"
MOMENTS_TABLE = "Die Zahlen hinter dieser Liste"
MOMENTS_COLUMNS = ("Zeit", "Frühestens", "Spätestens", "Ausdruck", "Vorher", "Nachher", "Änderung von", "bis")
MOMENTS_NOTE = (
    "Anteile sind Durchschnitte der Sekunden kurz davor und danach. Weil die größten Änderungen genannt werden, wirken "
    "sie etwas größer, als sie sind. Auch wenn sich Licht oder Bild für alle ändert, ist das eine Änderung."
)

COURSE_SO_FAR = "Im Vergleich mit dem bisherigen Kurs"
COURSE_NO_EARLIER = "Von diesem Kurs ist keine frühere Stunde bekannt, also gibt es nichts zu vergleichen."
COURSE_TOO_FEW = "Es waren zu wenige zu sehen, um diese Stunde mit früheren zu vergleichen."
COURSE_FEW_EARLIER = "In früheren Stunden waren zu wenige zu sehen, um diese mit ihnen zu vergleichen."
COURSE_NOTHING = "Im Vergleich mit {lessons} weicht nichts mehr als durch Zufall ab."
COURSE_SMALL = (
    "Was im Vergleich mit {lessons} mehr als durch Zufall abweicht, weicht um weniger als einen Prozentpunkt ab."
)
COURSE_LEAD = "Im Vergleich mit {lessons}, mehr als durch Zufall:"
COURSE_LESSONS = ("der einen früheren Stunde", "den {count} früheren Stunden")
COURSE_LESSONS_SOME = "{count} der {all} früheren Stunden"
COURSE_MORE = "{emotion} häufiger: {here} der Zeit, zuvor {there}"
COURSE_LESS = "{emotion} seltener: {here} der Zeit, zuvor {there}"
COURSE_MORE_ALONE = "{emotion} häufiger"
COURSE_LESS_ALONE = "{emotion} seltener"
COURSE_TABLE = "Die Zahlen hinter diesem Vergleich"
COURSE_COLUMNS = ("Ausdruck", "Hier", "Zuvor", "Unterschied", "Von", "Bis", "Durch Zufall")
COURSE_NOTE = {
    "paired": "Dieselben {students} werden mit ihren eigenen früheren Stunden verglichen.",
    "independent": (
        "Zu wenige sind von Stunde zu Stunde bekannt, also wird gerechnet, als säßen jedes Mal andere da; das "
        "macht den Vergleich vorsichtiger als nötig."
    ),
}
COURSE_CHANCE = (
    "Zufall heißt hier: wer gerade dasaß und wie er eben aussah. Jede Stunde hat ihr Thema und ihre Tageszeit: Ein "
    "Unterschied sagt nicht, warum."
)
COURSE_IN_TABLE = "Unterschiede unter einem Prozentpunkt stehen nur in der Tabelle."

PARTS = "Die Teile der Stunde"
PART = "Teil"
PARTS_CAPTION = (
    "Jeder Teil, als wäre er eine Stunde für sich, alle im selben Maßstab, ohne „neutral“. Ein Teil, in dem weniger "
    "als {group} zu sehen waren oder der Einzelne verriete, bleibt weg."
)
STUDENTS_SHOWN = "Wer zugestimmt hat, gezeigt zu werden"
STUDENT = "Name"
STUDENTS_CAPTION = (
    "Nur mit einer gültigen Einwilligung. Dünne Linien: wie sehr es von den angesehenen Augenblicken abhängt. Ein "
    "einzelnes Gesicht wird leicht falsch gelesen, und die ganze Stunde auf dieselbe Weise: Vergleichen Sie jeden mit "
    "sich selbst, nie mit anderen."
)
STUDENTS_WITHHELD = (
    "Weggelassen: Wären sie bekannt, sprächen die Zahlen der Klasse von weniger als {group} der Übrigen."
)
PICTURES = "Bilder"
TOO_FEW = "zu wenige"
MORE_IN_TABLE = "Die ersten {count} sind gezeichnet; alle stehen in der Tabelle."

LESSONS = "Stunden"
PERIOD = "Vom"
PERIOD_VALUE = "{first} bis {last}"
LESSON = "Stunde"
COURSE_SEEN = "Das ist der Durchschnitt über {lessons}; gesehen wurden insgesamt {students}."
COURSE_SEEN_UNKNOWN = "Das ist der Durchschnitt über {lessons}."
COUNTED_LESSONS = ("eine Stunde", "{count} Stunden")
COURSE_WITHHELD = (
    "In keiner Stunde waren genug länger als einen Augenblick zu sehen, um etwas über eine Gruppe zu sagen."
)
COURSE_WITHHELD_WHY = (
    "Zahlen sprechen von {group} oder mehr, damit sie nie von einem Einzelnen sprechen. Der Bericht jeder Stunde sagt, "
    "wie viel zu sehen war."
)
TREND_NONE = "Von Stunde zu Stunde nahm nichts mehr als zufällig zu oder ab."
TREND_SMALL = (
    "Was von Stunde zu Stunde mehr als zufällig zu- oder abnahm, tat es um weniger als 0,1 Prozentpunkte je Woche."
)
TREND_TOO_FEW = "Es gibt zu wenige Stunden mit Datum oder zu wenige darin, um zu sagen, was zunahm oder abnahm."
TREND_SAID = "Von Stunde zu Stunde, mehr als durch Zufall: {trends}."
TREND_UP = "{emotion} nahm um {points} Prozentpunkte je Woche zu"
TREND_DOWN = "{emotion} nahm um {points} Prozentpunkte je Woche ab"
TREND = "Was zunimmt und was abnimmt"
TREND_TABLE = "Die Zahlen dahinter"
TREND_COLUMNS = ("Ausdruck", "Änderung je Woche", "Von", "Bis", "Durch Zufall")
TREND_NOTE = {
    "students and lessons": "Zufall heißt hier: wer gerade dasaß und wie die Stunden eben waren.",
    "students": (
        "Zufall heißt hier: wer gerade dasaß. So wenige Stunden sagen nichts darüber, wie der Kurs weiterginge."
    ),
}
OVER_LESSONS = "Stunde für Stunde"
OVER_LESSONS_CAPTION = (
    "Ein Streifen je Ausdruck, alle außer „neutral“ im selben Maßstab; ein Punkt je Stunde, nach Datum. Dicke Linien: "
    "wo der Anteil in {times} von {out_of} Fällen läge. Eine Stunde mit weniger als {group}, die länger als "
    "einen Augenblick zu sehen waren, ist eine Lücke."
)
OVER_LESSONS_STUDENT = (
    "Ein Streifen je Ausdruck, alle außer „neutral“ im selben Maßstab; ein Punkt je Stunde, nach Datum. Dicke Linien: "
    "wie sehr es von den angesehenen Augenblicken abhängt. Eine Stunde ohne lesbares Gesicht ist eine Lücke."
)
OVER_LESSONS_ALT = "Anteil jedes scheinbaren Ausdrucks über {lessons}. Zuletzt: {values}."
STUDENT_SEEN = "Das ist der Durchschnitt über {lessons}, für die eine Einwilligung gilt."
STUDENT_LEFT_OUT = (
    "Weggelassen: {lessons}, da die Zahlen der Klasse dort von weniger als {group} der Übrigen sprächen, wären alle "
    "bekannt, die einwilligten."
)
STUDENT_CAUTION = (
    "Ein Bericht über eine Person ist von allen der unsicherste: Ein Gesicht wird leicht falsch gelesen, und in jeder "
    "Stunde auf dieselbe Weise. Er gehört ihr so sehr wie Ihnen; sehen Sie ihn gemeinsam an."
)
COURSE_FOOTER = "Erstellt von emotionkit {version} aus {lessons} in {course}."
STUDENT_FOOTER = "Person {student_id}. Erstellt von emotionkit {version}."

INDEX = "Berichte"
INDEX_EMPTY = "Noch wurde keine Stunde verarbeitet."
INDEX_SEARCH = "Stunden, Kurse, Lehrkräfte und Daten suchen"
INDEX_FOUND = "{shown} von {all} Stunden"
INDEX_NO_COURSE = "Ohne Kurs"
INDEX_WHOLE_COURSE = "Der ganze Kurs"
INDEX_NO_REPORT = "noch kein Bericht"
