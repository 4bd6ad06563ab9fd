"""Die Wörter der Seite einer Nacht und des Erkunders auf Deutsch, für Verwaltung und Forschung."""

from __future__ import annotations

NIGHT = "Die letzte Nacht"
NIGHT_NONE = "Noch ist keine Nacht gelaufen."
NIGHT_STATUS = {
    "all well": "Alles ging gut.",
    "some failed": "Einige Aufnahmen schlugen fehl.",
    "failed": "Die Nacht schlug fehl.",
}
NIGHT_WHEN = "{date}: {done} fertig, {unchanged} unverändert, {failed} fehlgeschlagen{aside}, {left} noch übrig."
NIGHT_WHEN_ASIDE = ", {count} zurückgestellt"
NIGHT_PAGE = "Mehr"
NIGHT_FAILED = "Was fehlschlug"
NIGHT_AGAIN = ("", "seit {nights} Nächten")
NIGHT_ASIDE = "wird erst wieder versucht, wenn sich die Aufnahme ändert"
NIGHT_LEFT = "Noch übrig"
NIGHT_PROBLEMS = "Was sonst nicht ging"
NIGHT_OF = "Nacht vom {date}"
NIGHT_FROM = "Von"
NIGHT_TO = "Bis"
NIGHT_REMOVED = "Überfällig und entfernt: {kinds}."
NIGHT_ERASED = "Eine unterbrochene Löschung wurde vollendet."
NIGHT_KINDS = {
    "segments": "Stunden",
    "reports": "Berichte",
    "notebooks": "Notebooks",
    "audit": "Zeilen des Protokolls",
    "recording": "Aufnahme",
    "crashed": "abgestürzt",
    "hung": "hängen geblieben",
    "memory": "Speicher",
    "pixels": "Bildgröße",
    "duration": "Dauer",
    "input": "Eingabe",
    "warehouse": "Datenbank",
    "report": "Bericht",
}
NIGHT_KIND = "{kind}, {nights} Nächte in Folge"
NIGHT_KIND_ONCE = "{kind}"
NIGHT_SET_ASIDE = "Zurückgestellt"
NIGHT_SET_ASIDE_NOTE = (
    "Diese schlugen drei Nächte fehl und werden erst wieder versucht, wenn sie sich ändern; hiermit sofort:"
)
NIGHT_DONE = "Fertig"
NIGHT_COLUMNS = ("Stunde", "Länge", "Dekodiert", "Bilder", "Gesichter")
NIGHT_SHORT = "(kurz)"
NIGHT_WITHHELD = (
    "In {lessons} waren weniger Personen länger als einen Augenblick zu sehen, als eine Zahl betreffen muss."
)

EXPLORER_SEARCH = "Stunden suchen"
EXPLORER_LESSONS = "Stunden"
EXPLORER_STUDENTS = "Wer zugestimmt hat (niemand: die Klasse)"
EXPLORER_EMOTIONS = "Ausdrücke"
EXPLORER_TIME = "Zeit in jeder Stunde, Sekunden"
EXPLORER_SMOOTHING = "Glättung des Verlaufs"
EXPLORER_FOCUS = "Verlauf und Bild von"
EXPLORER_CODE = "Als Code"
EXPLORER_SAVE = "Als Parquet sichern"
EXPLORER_TOP = "bis {share}"
EXPLORER_MOMENT = "Augenblick der Stunde"
EXPLORER_NO_LESSONS = "Noch ist keine Stunde da: `emotionkit process` verarbeitet Aufnahmen."
EXPLORER_CHOOSE = "Wählen Sie eine Stunde."
EXPLORER_NO_PICTURE = "Kein Bild: {reason}"
EXPLORER_SAVED = "{count} Zeilen liegen in {path}."
EXPLORER_WITHHELD = (
    "In jeder dieser Stunden waren weniger als {group} Personen länger als einen Augenblick zu sehen: Die Zahlen "
    "bleiben weg."
)
EXPLORER_FIGURES = "{lessons}, {students}; {intervals}."
EXPLORER_FIGURES_UNNAMED = "{lessons}; {intervals}."
EXPLORER_INTERVALS = {
    "students": "Bereiche über Personen",
    "lessons": "Bereiche über Stunden",
    "time": "Bereiche über die Zeit",
    "nothing": "Bereiche unbekannt",
}
