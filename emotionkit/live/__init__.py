"""A class while it runs: read as it comes, stored as it goes, shown to its teacher."""
