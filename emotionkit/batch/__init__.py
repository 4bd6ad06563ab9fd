"""From recordings to rows: the pipeline for one recording, and the running of it over several."""
