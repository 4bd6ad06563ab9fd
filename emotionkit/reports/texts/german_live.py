"""Die Wörter dessen, was Lehrkraft und Teilnehmende sehen, während eine Klasse läuft, auf Deutsch."""

from __future__ import annotations

UNTITLED = "Unterricht vom {date}"

TITLE = "Die Klasse jetzt"
STATE = {
    "connecting": "Verbindung wird aufgebaut …",
    "running": "Läuft",
    "lost": "Bild verloren",
    "ended": "Der Unterricht ist zu Ende",
    "offline": "Keine Verbindung zu emotionkit",
}
STATE_LOST = "{source} {reason} Es wird weiter versucht; die Zeit ohne Bild bleibt unten leer."
STATE_ENDED = "Er wird als {lesson_id} gespeichert; dann kann sein Bericht erstellt werden."
STATE_STORED = "Er ist als {lesson_id} gespeichert; jetzt kann sein Bericht erstellt werden."
NO_PICTURE = "Es kam kein Bild, daher ist nichts gespeichert."
NOT_STORED = (
    "{reason} Der Unterricht ist nicht gespeichert; was davon geschrieben wurde, bleibt für `emotionkit live --resume`."
)
STATE_OFFLINE = (
    "Diese Seite zeigt, was zuletzt bekannt war. Sie läuft von selbst weiter, wenn die Verbindung wieder da ist; wird "
    "der Unterricht neu begonnen, hat er eine neue Seite."
)
STATE_RUNNING = "{clock} Unterricht"
UNWRITTEN = "{reason} Was gelesen wird, bleibt im Speicher und wird geschrieben, sobald das behoben ist."
FACES = ("kein Gesicht ist zu sehen", "ein Gesicht ist zu sehen", "{count} Gesichter sind zu sehen")
FACES_UNUSABLE = "{count} weitere sind nicht zu lesen"
NOTICE_LINK = "Seite für die Teilnehmenden"
END = "Unterricht beenden"

HINTS = "Was sich geändert hat"
HINT_NONE = "In der letzten Minute weicht nichts mehr als zufällig vom Verlauf bis dahin ab."
HINT_TOO_EARLY = "Zwei Minuten mit {group} Gesichtern sind nötig, um Änderungen von Zufall zu unterscheiden."
HINT_MORE = "{emotion}: in der letzten Minute mehr als davor"
HINT_LESS = "{emotion}: in der letzten Minute weniger als davor"

EXPRESSIONS = "Die letzte Minute und die Stunde bisher"
EXPRESSIONS_CAPTION = (
    "Balken und erste Zahl: letzte Minute. Linie darunter und zweite Zahl: die Stunde bisher. Dünne Linien: wo der "
    "Anteil in 19 von 20 Fällen läge, säßen andere Personen wie diese hier. Was sich um weniger unterscheidet, kann "
    "Zufall sein."
)
EXPRESSIONS_ROW = "{emotion}: {minute} in der letzten Minute, {so_far} in der Stunde bisher"
MINUTE = "Minute"
SO_FAR = "bisher"
NOTHING = "–"
WITHHELD = (
    "Weniger als {group} Gesichter waren zugleich zu lesen, daher wird nichts gezeigt: Zahlen betreffen hier "
    "mindestens {group} Personen, nie eine von ihnen."
)

TIMELINE = "Durch die Stunde"
TIMELINE_CAPTION = (
    "Jeder Streifen: Anteil von 0 bis {top}, eine Stufe je {bin}. Grau: kein Bild oder zu wenige Gesichter."
)
TIMELINE_ALT = "{emotion} von 0:00 bis {end}"
FACES_AXIS = "Gesichter"
FACES_TOP = "0 bis {top}"

READ_THIS = (
    "So sehen Gesichter aus; was jemand fühlt, denkt oder lernt, ist das nicht. Beurteilen Sie niemanden danach; "
    "fragen Sie lieber die Klasse."
)
LOSSES_DROPPED = (
    "",
    "Ein Bild wurde ausgelassen, weil dieser Rechner keine Zeit dafür hatte.",
    "{count} Bilder wurden ausgelassen, weil dieser Rechner keine Zeit für sie hatte.",
)
LOSSES_GAPS = ("", "Die Quelle ging einmal verloren.", "Die Quelle ging {count}-mal verloren.")

NOTICE_TITLE = "Über die Auswertung dieses Unterrichts"
NOTICE_SIGN = {
    "connecting": "Die Auswertung beginnt",
    "running": "Die Auswertung läuft",
    "lost": "Die Auswertung läuft, gerade ohne Bild",
    "ended": "Die Auswertung ist aus",
    "offline": "Diese Seite hat keine Verbindung und weiß nicht, ob die Auswertung an ist",
}
NOTICE_PURPOSES = {
    "research": "Forschung",
    "medical or safety": "medizinische Gründe oder Sicherheit",
    "teaching feedback": "Rückmeldung zum Unterricht",
    "demonstration": "Vorführung",
}
NOTICE_PURPOSE = "Zweck: {purpose}. Rechtsraum: {jurisdiction}."
NOTICE_POINTS = (
    "Ein Programm betrachtet die Gesichter in diesem Unterricht und schätzt, wie ihr Ausdruck wirkt: verärgert, "
    "angewidert, ängstlich, fröhlich, neutral, traurig oder überrascht. Es kann nicht sagen, was jemand fühlt oder "
    "denkt, und irrt sich oft.",
    "Die Lehrkraft sieht Durchschnitte über die Klasse, nie über weniger als {group} Personen, und nie Ihren Namen "
    "oder Ihr Gesicht.",
    "Gespeichert werden Zahlen, auf diesem Rechner: wo ein Gesicht war, und wie es auf das Programm wirkte. Kein Bild "
    "und kein Ton wird aufbewahrt, und nichts wird irgendwohin gesandt.",
    "Sie dürfen Ihre Kamera ausschalten: Dann sieht das Programm nichts von Ihnen. Bitten Sie die Lehrkraft, wenn "
    "etwas Gespeichertes gelöscht werden soll.",
    "Sind Sie nicht einverstanden, so sagen Sie es der Lehrkraft oder schalten Sie die Kamera aus. Das darf für Sie "
    "keine Folgen haben.",
)
